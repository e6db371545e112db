"""The life of a recording, from the switch's word that it started to the file that is kept."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

from cti.facts import RecordingStarted
from kernel.handling import Handles, on
from kernel.shelf import Shelf
from kernel.turn import Turn
from recordings.messages import FindAgainDue, FindRecording, RecordingFound, RecordingMissing
from recordings.rows import RECORDING, Recording, RecordingState
from routing.messages import InteractionEnded

FIND_AGAIN = timedelta(seconds=30)
"""How long a look for a file may take, the switch's own time to finish it included."""


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
        row = self.shelf.put(Recording(turn.new_id("rec"), fact.interaction_id, state, fact.file, turn.at))
        if not self._is_on(fact.interaction_id):  # told late: nothing else would ever end it
            self._end(row, turn)

    @on(InteractionEnded)
    def _call_ended(self, event: InteractionEnded, turn: Turn) -> None:
        for row in self.shelf.where("interaction_id", event.interaction_id):
            self._end(row, turn)

    def _end(self, row: Recording, turn: Turn) -> None:
        ended = replace(row, state=RECORDING.observe(row.state, "call_ended"), ended_at=turn.at)
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
            self.shelf.put(replace(row, state=state, seconds=fact.seconds, bytes=fact.bytes))
            self._retire(row.id, state, turn)

    @on(RecordingMissing)
    def _missing(self, fact: RecordingMissing, turn: Turn) -> None:
        row = self.shelf.get(fact.recording_id)
        if row is not None:
            state = RECORDING.observe(row.state, "empty" if fact.reason == "empty" else "missing")
            self.shelf.put(replace(row, state=state))
            self._retire(row.id, state, turn)

    def _retire(self, key: str, state: RecordingState, turn: Turn) -> None:
        if state in (RecordingState.stored, RecordingState.lost, RecordingState.purged):
            turn.cancel(f"find-{key}")
            self.shelf.retire(key)
