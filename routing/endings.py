"""How an offer ends, by what its leg's end says: whose fault it was, and how long the agent rests. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from cti.events import AgentLegEnded
from routing.queuerows import Queue
from routing.rows import Offer, OfferState

ANSWERED_ELSEWHERE = 26
BUSY = frozenset({17})
REJECTED = frozenset({21})
ABSENT = frozenset({1, 3, 20, 27, 28})
"""The phone was not there."""
CONGESTED = frozenset({0, 34, 38, 41, 42, 58})
"""The way to it was, or the switch names no cause: no miss, and no reason to ring again at once."""
LEAST = 1
"""Seconds that an agent rests at least after a refusal or a failure, or they would be rung again at once for ever."""


@dataclass(frozen=True, slots=True)
class Ending:
    """How an offer ends: the fact for its machine, the reason in words, and the agent's rest in seconds.
    `missed` counts towards the pause after N misses, `silent` as a ring that a phone did not give although the switch
    reaches it; `by` is the agent who has the caller instead."""

    fact: str
    reason: str
    rest: int = 0
    missed: bool = False
    silent: bool = False
    by: str | None = None


def ending_of(offer: Offer, event: AgentLegEnded, queue: Queue, there: bool) -> Ending:
    """What the end of an open offer's leg means. `there`: the switch reaches the agent's phone."""
    if offer.state is OfferState.accepted:
        reason = "stale_claim" if event.stale else "answered_but_not_joined"
        return Ending("broken", reason, refused_rest(queue))
    if event.cause in REJECTED:
        return Ending("rejected", "rejected_on_phone", refused_rest(queue))
    if event.cause in BUSY:
        return Ending("failed", "phone_busy", failed_rest(queue))
    if event.unseen:  # the snapshot after an outage did not show the leg: nobody knows what came of it
        return Ending("failed", "leg_gone")
    if event.cause in CONGESTED or (event.cause in ABSENT and offer.ringing_at is not None):
        there = False
    return unanswered(offer, queue, there)


def unanswered(offer: Offer, queue: Queue, there: bool) -> Ending:
    """A miss of the agent only when the phone said that it rings, and is still there."""
    if there and offer.ringing_at is None:
        return _no_ring(queue)
    if not there:
        return Ending("failed", "phone_unreachable", failed_rest(queue))
    return Ending("expired", "no_answer", queue.no_answer_delay, missed=True)


def _no_ring(queue: Queue) -> Ending:
    return Ending("failed", "phone_silent", failed_rest(queue), silent=True)


def refused_rest(queue: Queue) -> int:
    return max(LEAST, queue.reject_delay)


def failed_rest(queue: Queue) -> int:
    return max(LEAST, queue.busy_delay)
