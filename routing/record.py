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
    turn.save(
        SaveTimelineEntry(
            id=entry_id(interaction.id),
            customer_id=interaction.customer_id,
            at=interaction.arrived_at,
            kind="call",
            title="Outbound call" if interaction.direction == "outbound" else "Inbound call",
            body="",
            status="done" if interaction.ended_at else "open",
            ref=interaction.id,
            staff_id=stint.agent_id if stint else None,
            staff_name=agent.name if agent else None,
            details={**_of_call(state, interaction, turn), **_of_talk(state, stint, turn)},
        )
    )


def _of_call(state: State, interaction: Interaction, turn: Turn) -> dict[str, object]:
    outbound = interaction.direction == "outbound"
    return {
        "direction": interaction.direction,
        "outcome": _outcome(interaction),
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


def _of_talk(state: State, stint: Stint | None, turn: Turn) -> dict[str, object]:
    if stint is None:
        return {}
    disposition = state.dispositions.get(stint.disposition_id)
    return {
        "talk_seconds": round(stint.talk_seconds(turn.at), 1),
        "disposition": disposition.label if disposition else None,
        "flags": list(disposition.flags) if disposition else [],
    }


def _outcome(interaction: Interaction) -> str:
    known = OUTCOMES.get(interaction.state, "waiting")
    if interaction.answered_at is not None:
        return known
    if interaction.direction == "outbound" and interaction.ended_at is not None:
        return interaction.end_reason or known
    return known if interaction.dismissal is None else "turned_away"


def entry_id(interaction_id: str) -> str:
    """The id of the call's line on the timeline."""
    return f"tl-{interaction_id}"


def _waited(interaction: Interaction, turn: Turn) -> float:
    end = interaction.answered_at or interaction.ended_at or turn.at
    return round((end - interaction.arrived_at).total_seconds(), 1)
