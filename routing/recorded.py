"""Whether a call's sound is there: noted on the call, and later on what is kept of it."""

from __future__ import annotations

from crm_core.timeline.writes import FlagTimelineEntry
from cti.facts import RecordingStarted
from kernel.handling import Handles, on
from kernel.turn import Turn
from routing.messages import RecordingFailed, SaveRecordingProblem
from routing.record import entry_id, record_call
from routing.state import State


class Recorded(Handles):
    """Keeps `recording` and `recording_problem` of the calls true."""

    def __init__(self, state: State) -> None:
        self._state = state

    @on(RecordingStarted)
    def _recording(self, fact: RecordingStarted, turn: Turn) -> None:
        interaction = self._state.interactions.get(fact.interaction_id)
        if interaction is not None:
            self._state.put_interaction(interaction, recording=True)

    @on(RecordingFailed)
    def _recording_failed(self, event: RecordingFailed, turn: Turn) -> None:
        interaction = self._state.interactions.get(event.interaction_id)
        if interaction is not None:
            record_call(self._state, self._state.put_interaction(interaction, recording_problem=event.problem), turn)
            return
        turn.save(SaveRecordingProblem(interaction_id=event.interaction_id, problem=event.problem))
        turn.save(FlagTimelineEntry(id=entry_id(event.interaction_id), flag="recording_problem", value=event.problem))
