"""The life of a recording, from the switch's word that it started to the file that is kept."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

from cti.events import CallerAfter, CallerHeld, CallerInFallback, CallerWaits, Joined
from cti.facts import RecordingStarted
from kernel.handling import Handles, on
from kernel.shelf import Shelf
from kernel.turn import Turn
from recordings.messages import FindAgainDue, FindRecording, RecordingFound, RecordingMissing
from recordings.rows import RECORDING, Recording, RecordingState
from routing.messages import InteractionEnded, RecordingFailed

FIND_AGAIN = timedelta(seconds=30)
"""How long a look for a file may take, the switch's own time to finish it included."""


SLACK, SHARE = 3.0, 0.1
"""Seconds, and share of the talk, that may be missing: facts of talk and sound come by different ways."""


def lacks_sound(talked: float, seconds: float) -> bool:
    """Whether a recording holds less than was talked."""
    return talked - seconds > max(SLACK, SHARE * talked)


class Recordings(Handles):
    """Keeps the row of each recording true."""

    def __init__(self, is_on: Callable[[str], bool] = lambda _: True) -> None:
        """`is_on` tells whether an interaction lives."""
        self._is_on = is_on
        self.shelf: Shelf[Recording] = Shelf("recordings", Recording, ("interaction_id",))

    @property
    def shelves(self) -> tuple[Shelf[Any], ...]:
        return (self.shelf,)

    @on(RecordingStarted)
    def _started(self, fact: RecordingStarted, turn: Turn) -> None:
        if self.shelf.where("interaction_id", fact.interaction_id):
            return
        state = RECORDING.observe(RECORDING.initial, "started")
        row = self.shelf.put(
            Recording(turn.new_id("rec"), fact.interaction_id, state, fact.file, fact.since or turn.at)
        )
        if not self._is_on(fact.interaction_id):  # told late: nothing else would ever end it
            self._end(row, turn)

    @on(Joined)
    def _joined(self, event: Joined, turn: Turn) -> None:
        for row in self.shelf.where("interaction_id", event.interaction_id):
            if row.talk_since is None and row.ended_at is None:
                self.shelf.put(replace(row, talk_since=turn.at))

    @on(CallerHeld, CallerAfter, CallerWaits, CallerInFallback)
    def _parted(self, event: CallerHeld | CallerAfter | CallerWaits | CallerInFallback, turn: Turn) -> None:
        for row in self.shelf.where("interaction_id", event.interaction_id):
            if row.ended_at is None:
                self.shelf.put(replace(row, talked=row.talk_until(turn.at), talk_since=None))

    @on(InteractionEnded)
    def _call_ended(self, event: InteractionEnded, turn: Turn) -> None:
        for row in self.shelf.where("interaction_id", event.interaction_id):
            self._end(row, turn)

    def _end(self, row: Recording, turn: Turn) -> None:
        state, talked = RECORDING.observe(row.state, "call_ended"), row.talk_until(turn.at)
        ended = replace(row, state=state, ended_at=turn.at, talked=talked, talk_since=None)
        self._find(self.shelf.put(ended), turn)

    @on(FindAgainDue)
    def _find_again(self, due: FindAgainDue, turn: Turn) -> None:
        row = self.shelf.get(due.recording_id)
        if row is not None and row.state is RecordingState.ended:
            self._find(row, turn)

    def _find(self, row: Recording, turn: Turn) -> None:
        turn.send(
            FindRecording(
                order_id=turn.new_id("find"),
                recording_id=row.id,
                interaction_id=row.interaction_id,
                file=row.file,
            )
        )
        turn.due(turn.at + FIND_AGAIN, FindAgainDue(key=f"find-{row.id}", recording_id=row.id))

    @on(RecordingFound)
    def _found(self, fact: RecordingFound, turn: Turn) -> None:
        row = self.shelf.get(fact.recording_id)
        if row is not None:
            state = RECORDING.observe(row.state, "found")
            problem = "short" if lacks_sound(row.talked, fact.seconds) else None
            self.shelf.put(replace(row, state=state, seconds=fact.seconds, bytes=fact.bytes, problem=problem))
            self._tell(row, problem, turn)
            self._retire(row.id, state, turn)

    @on(RecordingMissing)
    def _missing(self, fact: RecordingMissing, turn: Turn) -> None:
        row = self.shelf.get(fact.recording_id)
        if row is not None:
            nothing_said = fact.reason == "empty" and not lacks_sound(row.talked, 0.0)
            state = RECORDING.observe(row.state, "empty" if nothing_said else "missing")
            problem = None if nothing_said else fact.reason
            self.shelf.put(replace(row, state=state, problem=problem))
            self._tell(row, problem, turn)
            self._retire(row.id, state, turn)

    def _tell(self, row: Recording, problem: str | None, turn: Turn) -> None:
        if problem is not None:
            turn.emit(RecordingFailed(interaction_id=row.interaction_id, problem=problem))

    def _retire(self, key: str, state: RecordingState, turn: Turn) -> None:
        if state in (RecordingState.stored, RecordingState.lost, RecordingState.purged):
            turn.cancel(f"find-{key}")
            self.shelf.retire(key)
