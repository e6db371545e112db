"""An attempt to reach a public number: its row, its state table, and what an end on the switch means. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from kernel.machine import Machine, table


class AttemptState(StrEnum):
    """`ending`: over for the agent, but nobody knows yet that the number's leg is gone, so the number is not free."""

    asked = "asked"
    permitted = "permitted"
    dialing = "dialing"
    answered = "answered"
    bridged = "bridged"
    ending = "ending"
    ended = "ended"


class Outcome(StrEnum):
    """What came of an attempt. `refused`: no permit. `cancelled`: the agent gave up first. `dropped`: answered, but
    nobody was there to talk. `unknown`: nobody can say whether it rang; it counts like one that did."""

    reached = "reached"
    busy = "busy"
    no_answer = "no_answer"
    rejected = "rejected"
    invalid = "invalid"
    failed = "failed"
    dropped = "dropped"
    cancelled = "cancelled"
    refused = "refused"
    unknown = "unknown"


A = AttemptState

ATTEMPT: Machine[AttemptState] = Machine(
    name="attempt",
    states=AttemptState,
    initial=A.asked,
    commands={},
    facts=table(
        (A.asked, "permit", A.permitted),
        (A.permitted, "dialed", A.dialing),
        (A.dialing, "answered", A.answered),
        ((A.dialing, A.answered), "joined", A.bridged),
        ((A.dialing, A.answered), "let_go", A.ending),
        ((A.asked, A.permitted, A.dialing, A.answered, A.bridged, A.ending), "ends", A.ended),
    ),
)

SENT = frozenset({A.dialing, A.answered, A.bridged, A.ending})
"""The switch was told to dial; whatever happens now, it is not told again."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """One dial of one number. `leg` is the agent's, `customer_leg` that of the number; `permit_id` what allowed it.
    `let_go_at` is when it was over for the agent, if that was before its end: the number is free from `ended_at` on."""

    id: str
    interaction_id: str
    agent_id: str
    purpose: str
    state: AttemptState
    asked_at: datetime
    leg: str
    customer_leg: str
    number: str
    customer_id: str | None = None
    contact_id: str | None = None
    permit_id: str | None = None
    dialed_at: datetime | None = None
    ringing_at: datetime | None = None
    answered_at: datetime | None = None
    ended_at: datetime | None = None
    let_go_at: datetime | None = None
    outcome: Outcome | None = None
    reason: str | None = None


def wanted(attempt: Attempt) -> bool:
    """Whether somebody waits for the number to answer: nobody gave it up, and no time ran out."""
    return attempt.state in (A.dialing, A.answered) and attempt.reason is None


@dataclass(frozen=True, slots=True)
class Trunk:
    """The way out: a dial string with a place for the number (empty: none is set up), the number that we show, and how
    many seconds a number may ring."""

    id: str
    dial: str
    caller_number: str = ""
    ring_seconds: int = 60


BUSY = frozenset({17})
NO_ANSWER = frozenset({18, 19})
REJECTED = frozenset({21})
INVALID = frozenset({1, 2, 3, 22, 28})


def outcome_of(cause: int, *, unseen: bool, answered: bool, given_up: bool) -> Outcome:
    """What the end of a number's leg means, before anybody talked. `unseen`: an outage hid how it ended."""
    if answered:
        return Outcome.dropped
    if given_up:
        return Outcome.cancelled
    if unseen:
        return Outcome.unknown
    for causes, outcome in (
        (BUSY, Outcome.busy),
        (NO_ANSWER, Outcome.no_answer),
        (REJECTED, Outcome.rejected),
        (INVALID, Outcome.invalid),
    ):
        if cause in causes:
            return outcome
    return Outcome.failed
