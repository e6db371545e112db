"""Orders for legs that more than one room gives."""

from __future__ import annotations

from cti.events import LegUnwanted
from cti.orders import HangUp, QueueCaller
from kernel.turn import Turn
from routing.rows import Interaction


def end_leg(leg: str, interaction_id: str, turn: Turn, cause: int = 16) -> None:
    """End an agent's leg that nobody waits for, and tell the CallBook: answered in spite of that, it is no talk."""
    turn.emit(LegUnwanted(interaction_id=interaction_id, leg=leg))
    turn.send(HangUp(order_id=turn.new_id("hup"), leg=leg, cause=cause, interaction_id=interaction_id))


def queue_again(interaction: Interaction, turn: Turn) -> None:
    """The caller back into our waiting loop; ordered once a turn."""
    if any(isinstance(one, QueueCaller) and one.interaction_id == interaction.id for one in turn.orders):
        return
    turn.send(QueueCaller(order_id=turn.new_id("q"), caller_channel=interaction.channel, interaction_id=interaction.id))
