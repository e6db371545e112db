"""What happened in each queue lately: how long callers waited until somebody was found for them, or until they gave up.
The expected wait is made of it (see estimate)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from cti.events import CallerLeft
from kernel.handling import Handles, on
from kernel.turn import Turn
from routing.messages import StintJoined
from routing.rows import Interaction, InteractionState

if TYPE_CHECKING:
    from routing.state import State

KEPT = 80
"""So many waits are kept of a queue."""

Wait = tuple[float, float, float | None]
"""When a wait ended (seconds since 1970), how long it was, and how long the phone rang before it was answered; None in
place of that: the caller gave up. The wait itself ends when the agent is found; see routing.rows.Offer.made_at."""


@dataclass(frozen=True, slots=True)
class Recent:
    """The last waits of the queue `id`, the oldest first. `since` is when the oldest ended that is not kept any more:
    of the time before it they do not tell everything."""

    id: str
    waits: tuple[Wait, ...] = ()
    since: float = 0.0


class Recently(Handles):
    """Notes each wait as it ends. It comes before Visits, which says that a caller is gone. Left out are waits that say
    nothing of the queue: of those whom the switch's own queue joined, or who gave up in it, and of those who
    waited for one agent alone."""

    def __init__(self, state: State) -> None:
        self._state = state

    @on(StintJoined)
    def _joined(self, event: StintJoined, turn: Turn) -> None:
        caller, stint = self._state.interactions.get(event.interaction_id), self._state.stints.get(event.stint_id)
        if caller is None or stint is None or caller.answered_at != turn.at or not _counts(caller):
            return
        self._note(caller, stint.offered_at, (turn.at - stint.offered_at).total_seconds())

    @on(CallerLeft)
    def _left(self, event: CallerLeft, turn: Turn) -> None:
        caller = self._state.interactions.get(event.interaction_id)
        if caller is None or event.unseen or caller.ended_at is not None or caller.answered_at is not None:
            return
        if caller.state in (InteractionState.queued, InteractionState.offered) and _counts(caller):
            self._note(caller, turn.at, None)

    def _note(self, caller: Interaction, until: datetime, rang: float | None) -> None:
        waited = max(0.0, (until - (caller.in_queue_since or caller.arrived_at)).total_seconds())
        old = self._state.recent.get(caller.queue_id) or Recent(caller.queue_id)
        rang = None if rang is None else round(max(0.0, rang), 3)
        waits = (*old.waits, (until.timestamp(), round(waited, 3), rang))
        since = waits[-KEPT - 1][0] if len(waits) > KEPT else old.since
        self._state.recent.put(replace(old, waits=waits[-KEPT:], since=since))


def _counts(caller: Interaction) -> bool:
    alone = caller.preferred is not None or caller.from_fallback
    return caller.direction == "inbound" and caller.queued_at is not None and not alone
