"""The end of an agent's leg that nobody waits for any more."""

from __future__ import annotations

from cti.events import LegUnwanted
from cti.orders import HangUp
from kernel.turn import Turn


def end_leg(leg: str, interaction_id: str, turn: Turn, cause: int = 16) -> None:
    """Order it, and tell the CallBook: answered in spite of that, it is no talk."""
    turn.emit(LegUnwanted(interaction_id=interaction_id, leg=leg))
    turn.send(HangUp(order_id=turn.new_id("hup"), leg=leg, cause=cause, interaction_id=interaction_id))
