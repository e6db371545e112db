"""What becomes of callers whom a queue cannot serve soon, or not at all: destinations, overflow tiers, and the rules of
a queue without anybody. Rows of the set-up, pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


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
