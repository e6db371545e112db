"""What a queue made of its callers, told by the switch's own events and their own times: how soon somebody who could be
served was, and how evenly equals waited. Pure."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

PHONES = "PJSIP/cti-phone-"
TRUNK = "PJSIP/trunk-"
EQUALS = 5


@dataclass(frozen=True, slots=True)
class Served:
    """One caller, in seconds since the epoch: `came` is the switch's answer, `joined` the first bridge with an agent.
    `answerable` is when it could have been served in the order of coming: from then on the caller was there, and an
    agent for each one who came before and for this one."""

    came: float
    answerable: float
    joined: float

    @property
    def late_ms(self) -> float:
        """From answerable to joined. Negative for who was served before their turn."""
        return (self.joined - self.answerable) * 1000

    @property
    def waited(self) -> float:
        return self.joined - self.came


@dataclass(slots=True)
class _Seen:
    came: dict[str, float]
    joined: dict[str, float]
    free: list[float]


def served(events: Iterable[Mapping[str, str]], agents: int) -> tuple[list[Served], int]:
    """Callers in the order of coming, and how many were never joined. `events` are AMI events with Timestamp, from a
    moment on at which nobody waited and all agents were free.

    An agent is free again when the leg of a talk ends. So the caller who came n-th is answerable once there and once
    agents were free n times, the agents of the beginning counted."""
    seen = _read(events)
    free = [float("-inf")] * agents + sorted(seen.free)
    order = sorted(seen.came, key=lambda leg: seen.came[leg])
    found = [
        Served(seen.came[leg], max(seen.came[leg], at), seen.joined[leg])
        for leg, at in zip((one for one in order if one in seen.joined), free, strict=False)
    ]
    return found, len(order) - len(found)


def _read(events: Iterable[Mapping[str, str]]) -> _Seen:
    seen, talked = _Seen({}, {}, []), set[str]()
    for one in events:
        at, leg, channel = float(one.get("Timestamp", 0)), one.get("Uniqueid", ""), one.get("Channel", "")
        if one["Event"] == "Newstate" and one["ChannelStateDesc"] == "Up" and channel.startswith(TRUNK):
            seen.came.setdefault(leg, at)
        elif one["Event"] == "BridgeEnter" and channel.startswith(TRUNK):
            seen.joined.setdefault(leg, at)
        elif one["Event"] == "BridgeEnter" and channel.startswith(PHONES):
            talked.add(leg)
        elif one["Event"] == "Hangup" and leg in talked:
            seen.free.append(at)
    return seen


def spread(found: Sequence[Served]) -> float:
    """How unevenly equals waited: the standard deviation of the waits of five who came one after the other, in seconds,
    the mean over all such fives."""
    fives = [found[first : first + EQUALS] for first in range(0, len(found) - EQUALS + 1, EQUALS)]
    return statistics.fmean(statistics.pstdev(one.waited for one in five) for five in fives)


def overtaken(found: Sequence[Served]) -> float:
    """The share of callers, in percent, before whom somebody was served who had come later."""
    last, count = float("inf"), 0
    for one in reversed(found):
        count += one.joined > last
        last = min(last, one.joined)
    return 100 * count / len(found)
