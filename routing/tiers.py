"""What becomes of callers whom a queue cannot serve soon, or not at all: destinations, overflow tiers, and the rules of
a queue without anybody. Rows of the set-up, pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from routing.queuerows import Queue

REFUSED, LEFT = -2, -1
"""Among the tiers that have come for a caller: the rules of a queue without anybody, for coming and for waiting."""


class Goes(StrEnum):
    """Where a caller can be sent. A kind more stands here, in `destinations.SEND` (how it is done) and in
    `overflowcheck` (what has to be there for it)."""

    queue = "queue"
    outside = "outside"
    hang_up = "hang_up"


@dataclass(frozen=True, slots=True)
class Destination:
    """Another queue, an outside number, or the end of the call after an announcement (without one: at once)."""

    kind: Goes = Goes.hang_up
    queue_id: str | None = None
    number: str | None = None
    announcement_id: str | None = None


class When(StrEnum):
    """What makes a tier's time come for a caller: they waited for so many seconds in this queue; they can expect to
    wait for so many more; of the queue's last calls fewer than so many of a hundred were answered within so many
    seconds; nobody who serves it has been ready for so many seconds."""

    waited = "waited"
    expected_wait = "expected_wait"
    service_level = "service_level"
    nobody_ready = "nobody_ready"


@dataclass(frozen=True, slots=True)
class Tier:
    """`when` (with `seconds`, of a service level also `percent`) comes true for a caller, once each: `groups` may serve
    them too from then on, or they go `to` somewhere else."""

    when: When
    seconds: int
    percent: int = 0
    groups: tuple[str, ...] = ()
    to: Destination | None = None


class Factor(StrEnum):
    """What is said of all who serve a queue, at its widest: none is ready with a phone that the switch reaches; all
    who are signed in are paused; somebody is ready, and all of them are busy; none is signed in."""

    nobody_ready = "nobody_ready"
    all_paused = "all_paused"
    all_busy = "all_busy"
    none_signed_in = "none_signed_in"


NOBODY = Destination(Goes.hang_up, announcement_id="nobody")


@dataclass(frozen=True, slots=True)
class EmptyRules:
    """Whoever comes while one of `join` holds goes to `join_to` at once; whoever waits when one of `leave` has held for
    `grace_seconds` goes to `leave_to`. Without factors everybody waits."""

    join: tuple[Factor, ...] = ()
    join_to: Destination = NOBODY
    leave: tuple[Factor, ...] = ()
    leave_to: Destination = NOBODY
    grace_seconds: int = 60


@dataclass(frozen=True, slots=True)
class Lack:
    """Since when each factor holds for the queue `id`, None where it does not."""

    id: str
    nobody_ready: datetime | None = None
    all_paused: datetime | None = None
    all_busy: datetime | None = None
    none_signed_in: datetime | None = None

    def since(self, factor: Factor) -> datetime | None:
        found: datetime | None = getattr(self, factor.value)
        return found


def watched(queue: Queue) -> bool:
    """Whether a queue ever sends callers on."""
    return queue.active and bool(queue.overflow or queue.empty.join or queue.empty.leave)


def unfired(queue: Queue, taken: Sequence[int]) -> list[tuple[int, Tier]]:
    """The tiers that have not come yet."""
    return [(nth, tier) for nth, tier in enumerate(queue.overflow) if nth not in taken]


def leads_away(queue: Queue) -> bool:
    """Whether it sends callers who wait somewhere else."""
    return bool(queue.empty.leave) or any(tier.to is not None for tier in queue.overflow)


def kept(queue: Queue, taken: Sequence[int]) -> tuple[int, ...]:
    """Of what has come for a caller who is in the queue still, what need not come again: groups serve them, and they
    have passed its door. Where they were sent nobody took them."""
    groups = [nth for nth in taken if 0 <= nth < len(queue.overflow) and queue.overflow[nth].to is None]
    return (*(one for one in taken if one == REFUSED), *groups)


def carried(before: Sequence[Tier], after: Sequence[Tier], taken: Sequence[int]) -> tuple[int, ...]:
    """Which tiers have come for a caller, where their queue's are others now: a tier that is as it was goes by another
    number at most. One that was changed is a new one."""
    kept = [one for one in taken if one < 0]
    left = list(enumerate(after))
    for nth in taken:
        found = next((one for one in left if 0 <= nth < len(before) and one[1] == before[nth]), None)
        if found is not None:
            left.remove(found)
            kept.append(found[0])
    return tuple(kept)
