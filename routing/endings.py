"""How an offer ends, by what its leg's end says: whose fault it was, and how long the agent rests. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from cti.events import AgentLegEnded
from routing.rows import Offer, OfferState, Queue

ANSWERED_ELSEWHERE = 26
BUSY = frozenset({17})
REJECTED = frozenset({21})
UNREACHABLE = frozenset({1, 3, 20, 27, 28, 34, 38, 41, 42, 58})
"""The phone was not there, or the way to it was congested: no fault of the agent."""


@dataclass(frozen=True, slots=True)
class Ending:
    """How an offer ends: the fact for its machine, the reason in words, and the agent's rest in seconds.
    `missed` counts towards the pause after N misses; `by` is the agent who has the caller instead."""

    fact: str
    reason: str
    rest: int = 0
    missed: bool = False
    by: str | None = None


def ending_of(offer: Offer, event: AgentLegEnded, queue: Queue, there: bool) -> Ending:
    """What the end of an open offer's leg means. `there`: the switch reaches the agent's phone."""
    if offer.state is OfferState.accepted:
        reason = "stale_claim" if event.stale else "answered_but_not_joined"
        return Ending("broken", reason, queue.reject_delay)
    if event.cause in REJECTED:
        return Ending("rejected", "rejected_on_phone", queue.reject_delay)
    if event.cause in BUSY:
        return Ending("failed", "phone_busy", queue.busy_delay)
    if event.cause == 0:  # the snapshot after an outage did not show the leg: nobody knows what came of it
        return Ending("failed", "leg_gone")
    if event.cause in UNREACHABLE:
        return Ending("failed", "phone_unreachable", queue.busy_delay)
    return unanswered(offer, queue, there)


def unanswered(offer: Offer, queue: Queue, there: bool) -> Ending:
    """A miss of the agent only when the phone said that it rings, and is still there."""
    if offer.ringing_at is None or not there:
        return Ending("failed", "phone_unreachable", queue.busy_delay)
    return Ending("expired", "no_answer", queue.no_answer_delay, missed=True)
