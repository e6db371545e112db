"""What a caller can expect: how many are before them, and for how long they will wait. Noted when they begin to wait,
to stand beside what happened."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from cti.events import CallerWaits
from kernel.handling import Handles, on
from kernel.turn import Turn
from routing.estimate import expected_wait, ring_seconds
from routing.matchmaking import Matchmaker
from routing.rows import Interaction, rejection
from routing.state import State


@dataclass(frozen=True, slots=True)
class Expectation:
    """`ahead`: see routing.matchmaking.Outlook; `seconds` from now until somebody talks to them, None: not known."""

    ahead: int
    seconds: float | None


class Expectations(Handles):
    """Looks ahead for a caller."""

    def __init__(self, state: State, matchmaker: Matchmaker) -> None:
        self._state = state
        self._matchmaker = matchmaker

    def of(self, caller: Interaction, at: datetime) -> Expectation:
        """Of somebody who waits. With an agent free for them it is the ring: they are offered within this turn. For how
        long one agent, for whom alone they wait, will be busy is not known."""
        outlook = self._matchmaker.outlook(caller, at)
        recents = [one for queue in sorted(outlook.queues) if (one := self._state.recent.get(queue)) is not None]
        alone = self._state.agents.get(caller.prefer_agent)
        if alone is not None and rejection(alone, at) is not None:
            return Expectation(outlook.ahead, None)
        if alone is not None or outlook.free:
            return Expectation(0, round(ring_seconds(recents, at), 1))
        first = self._state.interactions.get(outlook.first)
        since = None if first is None else first.queued_at or first.place
        seconds = expected_wait(outlook.ahead, recents, at, since)
        return Expectation(outlook.ahead, None if seconds is None else round(seconds, 1))

    @on(CallerWaits)
    def _waits(self, event: CallerWaits, turn: Turn) -> None:
        """Before anybody is offered in this turn, so that who is free is seen."""
        caller = self._state.interactions.get(event.interaction_id)
        if caller is not None and caller.queued_at == turn.at and caller.expected_wait is None:
            self._state.put_interaction(caller, expected_wait=self.of(caller, turn.at).seconds)
