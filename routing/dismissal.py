"""Callers who are turned away: they hear why, in their language, and the call ends. They did not give up."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta

from cti.events import CallerHeard, CallerWaits, OrderFailed, SwitchBack
from cti.orders import HangUp, SayToCaller
from kernel.handling import Handles, on
from kernel.messages import Due, Event
from kernel.turn import Turn
from routing.machines import INTERACTION
from routing.rows import Dismissal, Interaction, InteractionState
from routing.state import State

TELL = "tell"
"""What the ids of the orders to tell them begin with."""
TOLD = timedelta(minutes=2)
"""In which the announcement is over, whatever the switch says or does not say."""
GOES = timedelta(seconds=5)
"""In which the switch ends the call of somebody who has heard all of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CallerDismissed(Event):
    """The caller is turned away: they do not wait any more. `reason` is a code: closed, or why nobody can serve. It
    comes again where they have to be told again."""

    interaction_id: str
    queue_id: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DismissedDue(Due):
    """Whoever was turned away is gone by now, or the switch did not say that they heard why."""

    interaction_id: str


def dismiss(state: State, caller: Interaction, reason: str, announcement_id: str | None, turn: Turn) -> bool:
    """Turn a caller away who waits and is offered to nobody; False, and nothing is done, with any other: they talk, or
    somebody's phone may ring for them. `reason` is a code: the visit ends as `turned_away_` and that. Without an
    announcement, or where nothing of it can be played, the call ends at once."""
    if not INTERACTION.allows(caller.state, "dismiss") or state.is_rung_for(caller.id):
        return False
    away = state.put_interaction(
        caller,
        state=INTERACTION.after(caller.state, "dismiss"),
        dismissal=Dismissal(reason, announcement_id, turn.new_id(TELL)),
    )
    turn.cancel(f"widen-{caller.id}")
    _tell(state, away, turn)
    return True


def end_reason(caller: Interaction) -> str | None:
    """How the visit of somebody who was turned away ends; None of anybody else's."""
    return None if caller.dismissal is None else f"turned_away_{caller.dismissal.reason}"


class Dismissals(Handles):
    """Comes after Visits, which says who waits, and before those who offer."""

    def __init__(self, state: State) -> None:
        self._state = state

    @on(CallerWaits)
    def _waits(self, event: CallerWaits, turn: Turn) -> None:
        """Whoever was turned away is there again: the switch's own queue had them meanwhile, and nobody there took
        them; or the switch began their wait anew. They are told again."""
        caller = self._state.interactions.get(event.interaction_id)
        if caller is None or caller.dismissal is None or _told_now(caller, turn):
            return
        again = replace(caller.dismissal, step=turn.new_id(TELL))
        if caller.state is InteractionState.dismissed:
            _tell(self._state, self._state.put_interaction(caller, dismissal=again), turn)
        elif not dismiss(self._state, caller, again.reason, again.announcement_id, turn):
            self._state.put_interaction(caller, dismissal=None)

    @on(CallerHeard)
    def _heard(self, event: CallerHeard, turn: Turn) -> None:
        """The switch ends the call by itself when all was said; what cannot be said is not waited for."""
        caller = self._dismissed(event.interaction_id)
        if caller is None or caller.dismissal is None or caller.dismissal.step != event.step:
            return
        if event.done:
            _due(caller, turn, GOES)
        else:
            _end(caller, turn)

    @on(OrderFailed)
    def _failed(self, event: OrderFailed, turn: Turn) -> None:
        """It may have failed because the link broke, which is heard of only after it: then they are told once it is
        back. Else the call ends soon. Of an order that nobody knows about, the switch decides, or the time."""
        caller = self._dismissed(event.interaction_id)
        if caller is not None and not event.unknown and event.order_id.startswith(f"{TELL}-"):
            _due(caller, turn, GOES)

    @on(SwitchBack)
    def _switch_back(self, event: SwitchBack, turn: Turn) -> None:
        """The order may be lost with the link, or with the platform: given again it is carried out once."""
        for caller in self._state.interactions.where("state", InteractionState.dismissed):
            _tell(self._state, caller, turn)

    @on(DismissedDue)
    def _over(self, due: DismissedDue, turn: Turn) -> None:
        caller = self._dismissed(due.interaction_id)
        if caller is not None and self._state.line_up:
            _end(caller, turn)

    def _dismissed(self, interaction_id: str | None) -> Interaction | None:
        found = self._state.interactions.get(interaction_id)
        return found if found is not None and found.state is InteractionState.dismissed else None


def _tell(state: State, caller: Interaction, turn: Turn) -> None:
    """Once a turn: a link that is back may tell of the caller and of itself."""
    away = caller.dismissal
    if away is None or _told_now(caller, turn):
        return
    turn.emit(CallerDismissed(interaction_id=caller.id, queue_id=caller.queue_id, reason=away.reason))
    sounds = () if away.announcement_id is None else state.sounds_of(away.announcement_id, caller.language)
    if not sounds:
        _end(caller, turn)
        return
    _due(caller, turn, TOLD)
    turn.send(
        SayToCaller(
            order_id=turn.new_id(TELL),
            caller_channel=caller.channel,
            interaction_id=caller.id,
            step=away.step,
            sounds=sounds,
            leave=True,
        )
    )


def _told_now(caller: Interaction, turn: Turn) -> bool:
    """Whether this very turn turns them away."""
    said = (one for one in turn.orders if isinstance(one, SayToCaller) and one.interaction_id == caller.id)
    return any(one.leave for one in said) or _ended_now(caller, turn)


def _ended_now(caller: Interaction, turn: Turn) -> bool:
    return any(isinstance(one, HangUp) and one.leg == caller.leg for one in turn.orders)


def _due(caller: Interaction, turn: Turn, within: timedelta) -> None:
    turn.due(turn.at + within, DismissedDue(key=f"dismissed-{caller.id}", interaction_id=caller.id))


def _end(caller: Interaction, turn: Turn) -> None:
    """Once a turn; should the order be lost, the link's end or the deadline gives it again."""
    _due(caller, turn, GOES)
    if not _ended_now(caller, turn):
        turn.send(HangUp(order_id=turn.new_id("hup"), leg=caller.leg, interaction_id=caller.id))
