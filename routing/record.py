"""The call's line on the customer's timeline, written again at each step under one id."""

from __future__ import annotations

from crm_core.timeline.writes import SaveTimelineEntry
from kernel.turn import Turn
from routing.rows import Interaction, InteractionState, Stint
from routing.state import State

OUTCOMES = {
    InteractionState.closed: "answered",
    InteractionState.abandoned: "abandoned",
    InteractionState.dialling: "dialling",
    InteractionState.active: "talking",
    InteractionState.held: "talking",
    InteractionState.after_call: "answered",
}


def record_call(
    state: State,
    interaction: Interaction,
    turn: Turn,
    *,
    stint: Stint | None = None,
) -> None:
    """Write (again) the timeline entry of `interaction`; nothing while the customer is not known, or not yet dialled.

    Its id never changes, so that it moves along when an agent links another customer.
    """
    if interaction.customer_id is None or (interaction.state is InteractionState.dialling and not interaction.channel):
        return
    stint = stint or state.last_talk(interaction)
    agent = state.agents.get(stint.agent_id) if stint is not None else None
    outcome = OUTCOMES.get(interaction.state, "waiting")
    if interaction.dismissal is not None and interaction.answered_at is None:
        outcome = "turned_away"
    outbound = interaction.direction == "outbound"
    if outbound and interaction.ended_at is not None and interaction.answered_at is None:
        outcome = interaction.end_reason or outcome
    details: dict[str, object] = {
        "direction": interaction.direction,
        "outcome": outcome,
        "queue": None if outbound else state.queue_of(interaction).name,
        "phone": interaction.number,
        "end_reason": interaction.end_reason,
        "outside": interaction.outside,
        "waited_seconds": _waited(interaction, turn),
        "expected_wait": interaction.expected_wait,
        "resumed": interaction.resumed is not None,
        "recording": interaction.recording,
        "recording_problem": interaction.recording_problem,
    }
    if stint is not None:
        disposition = state.dispositions.get(stint.disposition_id)
        details["talk_seconds"] = round(stint.talk_seconds(turn.at), 1)
        details["disposition"] = disposition.label if disposition else None
        details["flags"] = list(disposition.flags) if disposition else []
    turn.save(
        SaveTimelineEntry(
            id=entry_id(interaction.id),
            customer_id=interaction.customer_id,
            at=interaction.arrived_at,
            kind="call",
            title="Outbound call" if outbound else "Inbound call",
            body="",
            status="done" if interaction.ended_at else "open",
            ref=interaction.id,
            staff_id=stint.agent_id if stint else None,
            staff_name=agent.name if agent else None,
            details=details,
        )
    )


def entry_id(interaction_id: str) -> str:
    """The id of the call's line on the timeline."""
    return f"tl-{interaction_id}"


def _waited(interaction: Interaction, turn: Turn) -> float:
    end = interaction.answered_at or interaction.ended_at or turn.at
    return round((end - interaction.arrived_at).total_seconds(), 1)
