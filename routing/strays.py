"""Legs of ours that nobody waits for: a phone that rings for nothing stops."""

from __future__ import annotations

from cti.events import AgentLegRinging, CustomerDialled, CustomerUp, StrayLeg, SwitchBack
from cti.orders import HangUp
from kernel.handling import Handles, on
from kernel.turn import Turn
from routing.attempts import AttemptState, wanted
from routing.legs import end_leg
from routing.state import State
from routing.switchboard import Switchboard


class Strays(Handles):
    """Comes after all who wait for legs."""

    def __init__(self, state: State, switchboard: Switchboard) -> None:
        self._state = state
        self._switchboard = switchboard

    @on(AgentLegRinging)
    def _ringing(self, event: AgentLegRinging, turn: Turn) -> None:
        if not self._wanted(event.leg):
            end_leg(event.leg, event.interaction_id, turn)

    @on(StrayLeg)
    def _stray(self, event: StrayLeg, turn: Turn) -> None:
        """A phone that rings for an offer that is long over stops, and a number that was given up; the leg's end is
        heard as any other's."""
        attempt = self._state.dialled_on(event.leg)
        if attempt is None or not wanted(attempt):
            end_leg(event.leg, event.interaction_id, turn)

    @on(CustomerDialled, CustomerUp)
    def _number_came(self, event: CustomerDialled | CustomerUp, turn: Turn) -> None:
        attempt = self._state.dialled_on(event.leg)
        if attempt is not None and attempt.state is AttemptState.ending:
            end_leg(event.leg, event.interaction_id, turn)

    @on(SwitchBack)
    def _switch_back(self, event: SwitchBack, turn: Turn) -> None:
        """Orders to end legs may be lost with the link, or with the platform."""
        ending = {order.leg for order in turn.orders if isinstance(order, HangUp)}
        for leg, interaction_id in self._switchboard.ours():
            if leg not in ending and not self._wanted(leg):
                end_leg(leg, interaction_id, turn)

    def _wanted(self, leg: str) -> bool:
        """Whether an offer, a part in a call or a dial has something to do with this leg."""
        return bool(self._state.offers.where("leg", leg)) or self._state.awaited(leg)
