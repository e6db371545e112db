"""What an outcome's flags bring about: who asked not to be called is not called again, a promised call stays in sight
until the customer was called. Rules key on flags, never on names."""

from __future__ import annotations

from crm_core.donotcall.writes import ForbidNumber
from crm_core.timeline.writes import KeepPromises, SaveTimelineEntry
from kernel.errors import Refused
from kernel.turn import Turn
from routing.messages import FinishWrapUp
from routing.queuerows import Disposition, Flag
from routing.rows import Interaction, Stint
from routing.state import State


def take_up(state: State, stint: Stint, disposition: Disposition, command: FinishWrapUp, turn: Turn) -> None:
    """Do what the flags of the chosen outcome want, in this turn's commit. Raises Refused (`callback_needs_customer`)
    where a promise would be lost."""
    interaction = state.interaction(stint.interaction_id)
    if Flag.callback in disposition.flags:
        _promise(state, interaction, stint, turn)
    if Flag.do_not_call in disposition.flags:
        turn.save(
            ForbidNumber(number=interaction.number, at=turn.at, call=interaction.id, actor=command.actor, ip=command.ip)
        )


def _promise(state: State, interaction: Interaction, stint: Stint, turn: Turn) -> None:
    """An open item of the customer: whoever has them on the screen sees it."""
    if interaction.customer_id is None:
        words = "A promise to call back belongs to a customer: say who the caller was, or choose another outcome."
        raise Refused("callback_needs_customer", words)
    agent = state.agents.get(stint.agent_id)
    turn.save(
        SaveTimelineEntry(
            id=f"tl-cb-{stint.id}",
            customer_id=interaction.customer_id,
            at=turn.at,
            kind="callback",
            title="Call back promised",
            status="open",
            ref=interaction.id,
            staff_id=stint.agent_id,
            staff_name=agent.name if agent else None,
            details={"phone": interaction.number},
        )
    )


def keep(interaction: Interaction, stint: Stint, turn: Turn) -> None:
    """We called, and talked with the customer: what was promised before is kept."""
    if interaction.direction == "outbound" and interaction.customer_id and stint.joined_at is not None:
        turn.save(KeepPromises(customer_id=interaction.customer_id, before=stint.joined_at))
