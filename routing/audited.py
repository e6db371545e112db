"""What people change of a call goes into the audit trail; changes of the set-up are told where they are made."""

from __future__ import annotations

from kernel.handling import Handles, on
from kernel.turn import Turn
from routing.messages import LinkCustomer
from routing.state import State
from routing.trail import note


class Audited(Handles):
    """Comes first, and so sees what was there before. A turn that is refused takes its line back."""

    def __init__(self, state: State) -> None:
        self._state = state

    @on(LinkCustomer)
    def _linked(self, command: LinkCustomer, turn: Turn) -> None:
        call = self._state.interactions.get(command.interaction_id)
        was = call.customer_id if call is not None else None
        ids = {"customer": command.customer_id, "customer_before": was or ""}
        note(turn, command, "caller_linked", command.interaction_id, **ids)
