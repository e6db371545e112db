"""Abandoned and resumed: who gave up waiting and calls again soon has the old place back, once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from cti.events import CallerArrived
from kernel.handling import Handles, on
from kernel.turn import Turn
from routing.messages import InteractionEnded
from routing.returning import PlaceDue, PlaceResumed
from routing.rows import InteractionState

if TYPE_CHECKING:
    from routing.state import State

KEPT_LONGER = timedelta(minutes=10)
"""Of somebody who calls again while we are away we hear only when we are back."""


@dataclass(frozen=True, slots=True)
class GivenUpPlace:
    """A place in a queue that its caller gave up by hanging up: `id` is their call, `first` the one in which they came
    to the place. It is kept for whoever calls that queue again from that number until then."""

    id: str
    queue_id: str
    number: str
    place: datetime
    until: datetime
    first: str


class Resuming(Handles):
    """Comes after Visits, which says that a caller is there. The queue is the one that the number called leads to, so
    who was sent on to another has the place again as well. A number that is withheld is nobody's."""

    def __init__(self, state: State) -> None:
        self._state = state

    @on(InteractionEnded)
    def _ended(self, event: InteractionEnded, turn: Turn) -> None:
        caller = self._state.interactions.get(event.interaction_id)
        if caller is None or event.reason != "abandoned" or caller.direction != "inbound":
            return
        entered = self._state.entered_by(caller.did)
        queue = self._state.queues.get(entered)
        if not caller.number or caller.place is None or queue is None or not queue.resume_seconds:
            return
        until = turn.at + timedelta(seconds=queue.resume_seconds)
        self._state.given_up.put(
            GivenUpPlace(caller.id, entered, caller.number, caller.place, until, caller.resumed or caller.id)
        )
        turn.due(until + KEPT_LONGER, PlaceDue(key=f"place-{caller.id}", interaction_id=caller.id))

    @on(PlaceDue)
    def _due(self, due: PlaceDue, turn: Turn) -> None:
        self._state.given_up.drop(due.interaction_id)

    @on(CallerArrived)
    def _arrived(self, event: CallerArrived, turn: Turn) -> None:
        """The earliest of several places, which is gone then: who calls beside has a place of their own."""
        caller = self._state.interactions.get(event.interaction_id)
        if caller is None or caller.state is not InteractionState.arriving or caller.resumed or not caller.number:
            return
        if caller.queued_at is not None or caller.answered_at is not None:
            return
        there = self._state.given_up.where("number", caller.number)
        fits = [one for one in there if self._is_for(one, caller.queue_id) and caller.arrived_at <= one.until]
        if not fits:
            return
        old = min(fits, key=lambda one: (one.place, one.id))
        self._state.given_up.drop(old.id)
        turn.cancel(f"place-{old.id}")
        place = min(old.place, caller.place or caller.arrived_at)
        self._state.put_interaction(caller, place=place, resumed=old.first)
        turn.emit(PlaceResumed(interaction_id=caller.id, was=old.id, place=place))

    def _is_for(self, place: GivenUpPlace, queue_id: str) -> bool:
        """Those who stayed in a queue that was removed since wait at their places where its callers go."""
        queue = self._state.queues.get(place.queue_id)
        gone = queue is None or not queue.active
        return queue_id == (self._state.entered_by("") if gone else place.queue_id)
