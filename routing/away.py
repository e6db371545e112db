"""Callers who came and went while we were away: nobody told us of them but the recording that the switch left."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from kernel.handling import Handles, on
from kernel.messages import Fact
from kernel.turn import Turn
from routing.messages import InteractionEnded
from routing.rows import Interaction, InteractionState, Match
from routing.state import MAIN_QUEUE, State

WHILE_AWAY = "while_away"
"""The end reason of such a call."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CallWhileAway(Fact):
    """A finished recording of a call of which nothing is known. `talked`: there is sound in it, so a phone of the
    switch's own queue had the caller; without, they gave up. Times are the switch's and the file's."""

    interaction_id: str
    began: datetime
    ended: datetime
    talked: bool


class Away(Handles):
    """Makes a row for each, closed at once, so that it is counted and its recording found. Who it was is not known."""

    def __init__(self, state: State) -> None:
        self._state = state

    @on(CallWhileAway)
    def _found(self, fact: CallWhileAway, turn: Turn) -> None:
        if fact.interaction_id in self._state.interactions:
            return
        ended = min(fact.ended, turn.at)
        began = min(fact.began, ended)
        state = InteractionState.closed if fact.talked else InteractionState.abandoned
        row = Interaction(
            id=fact.interaction_id,
            state=state,
            leg="",
            channel="",
            queue_id=MAIN_QUEUE,
            did="",
            language="",
            arrived_at=began,
            match=Match.unknown,
            ended_at=ended,
            end_reason=WHILE_AWAY,
            from_fallback=True,
            recording=True,
        )
        self._state.put_interaction(row)
        turn.emit(InteractionEnded(interaction_id=row.id, state=state.value, reason=WHILE_AWAY))
        self._state.tidy(row.id)
