"""Queues open and close: what is known of it, what changes it, and what becomes of those who come while one is closed.
Nobody looks at the clock again and again: the next moment at which hours open or close is a deadline."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from cti.events import CallerWaits
from cti.facts import LinkDown
from kernel.handling import Handles, on
from kernel.messages import Due, Event
from kernel.turn import Turn
from routing.destinations import send_on
from routing.dismissal import dismiss
from routing.hoursrows import CLOSED, TURNED_AWAY, Opening, business_hours
from routing.queuerows import Queue
from routing.rows import Interaction, InteractionState
from routing.setupmessages import ChangeSetUp
from routing.state import State
from routing.tiers import Destination, Goes


@dataclass(frozen=True, slots=True, kw_only=True)
class OpeningDue(Due):
    """Hours open or close."""

    hours_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HoursTurned(Event):
    """Hours opened or closed: their time came, or somebody set them up otherwise."""

    hours_id: str
    open: bool


class Openings(Handles):
    """Comes after Setup, which says what the hours are."""

    def __init__(self, state: State) -> None:
        self._state = state

    @on(ChangeSetUp)
    def _changed(self, command: ChangeSetUp, turn: Turn) -> None:
        if any(edit.kind in ("hours", "calendar") for edit in command.edits):
            self._look(turn)

    @on(LinkDown)
    def _started(self, fact: LinkDown, turn: Turn) -> None:
        """What zones there are, and when they put their clocks on, is this machine's word: it may be another since."""
        if fact.reason == "start":
            self._look(turn)

    @on(OpeningDue)
    def _time_came(self, due: OpeningDue, turn: Turn) -> None:
        self._look(turn)

    def _look(self, turn: Turn) -> None:
        """At all hours: there are few."""
        calendars = {one.id: one for one in self._state.calendars}
        for hours in self._state.hours:
            found = business_hours(hours, calendars)
            opening = Opening(hours.id, found.is_open(turn.at), found.next_change(turn.at))
            self._is(opening, turn)
        for gone in [one for one in self._state.openings if one.id not in self._state.hours]:
            self._state.openings.drop(gone.id)
            turn.cancel(_key(gone.id))

    def _is(self, now: Opening, turn: Turn) -> None:
        was = self._state.openings.get(now.id)
        if now != was:
            self._state.openings.put(now)
        if was is not None and was.open is not now.open:
            turn.emit(HoursTurned(hours_id=now.id, open=now.open))
        if now.changes_at is None:
            turn.cancel(_key(now.id))
        else:
            turn.due(now.changes_at, OpeningDue(key=_key(now.id), hours_id=now.id))


def _key(hours_id: str) -> str:
    return f"opening-{hours_id}"


def admitted(state: State, caller: Interaction, turn: Turn) -> bool:
    """Whether somebody who begins to wait may, by the hours of the queue; who may not goes on or is turned away. It is
    open to whom it was open when they came: whoever called before closing time, and begins to wait only now (the
    platform was silent), is served."""
    queue = state.queue_of(caller)
    if caller.answered_at is not None or caller.direction != "inbound":
        return True
    if state.is_open_now(queue, turn.at) or state.is_open(queue, caller.arrived_at):
        return True
    _turn_away(state, caller, turn)
    return state.interactions[caller.id].state is InteractionState.queued


def _came_while_closed(state: State, caller: Interaction, at: datetime) -> bool:
    """Whether somebody who waits was let in only since a number was dialled for them, to a queue that is closed still:
    nobody comes there."""
    if caller.state is not InteractionState.queued or caller.moved_why != CLOSED or state.is_rung_for(caller.id):
        return False
    queue = state.queue_of(caller)
    if state.is_open_now(queue, at):
        return False
    return not any(state.is_open(queue, one) for one in (caller.arrived_at, caller.in_queue_since or at))


class Closed(Handles):
    """Whoever came to a closed queue and is with nobody again does not wait there. It comes after Visits, which says
    who waits, and before those who offer."""

    def __init__(self, state: State) -> None:
        self._state = state

    def not_reached(self, caller: Interaction, turn: Turn) -> None:
        """The number that was dialled for them instead came to nothing."""
        if _came_while_closed(self._state, caller, turn.at):
            dismiss(self._state, caller, CLOSED, CLOSED, turn)

    @on(CallerWaits)
    def _waits(self, event: CallerWaits, turn: Turn) -> None:
        """The line to that number broke, or the switch's own queue had them meanwhile: they go there again."""
        caller = self._state.interactions.get(event.interaction_id)
        if caller is not None and _came_while_closed(self._state, caller, turn.at):
            _turn_away(self._state, caller, turn)


def _turn_away(state: State, caller: Interaction, turn: Turn) -> None:
    """They go where the queue's rule says; where that is not there the call ends."""
    if not send_on(state, caller, _leads_to(state, state.queue_of(caller), turn.at), CLOSED, turn):
        dismiss(state, state.interactions[caller.id], CLOSED, CLOSED, turn)


def _leads_to(state: State, queue: Queue, at: datetime) -> Destination:
    """Where those go who come to a closed queue: through other queues that are closed too, to the first that is not."""
    passed: set[str] = set()
    while queue.id not in passed:
        passed.add(queue.id)
        to = queue.closed.to
        found = state.queues.get(to.queue_id) if to.kind is Goes.queue else None
        if found is None or not found.active or state.is_open_now(found, at):
            return to
        queue = found
    return TURNED_AWAY
