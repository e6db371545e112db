"""Keeps each agent's state as people see it: which, since when and why; every change is written down."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from kernel.messages import Message, Write
from kernel.turn import Turn
from routing.messages import AgentStateChanged
from routing.rows import Agent, Duty, Offer, Presence, Standing, Stint, StintState
from routing.state import State

MISSED = "missed"
"""The pause reason of an agent whom missed offers paused."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SaveAgentState(Write):
    """One change in the history of an agent's states: what it is now, what it was, since when, and why it changed."""

    id: str
    agent_id: str
    at: datetime
    standing: Standing
    was: Standing
    was_since: datetime
    why: str
    about: str | None = None


def standing_of(agent: Agent, offers: Iterable[Offer], stints: Iterable[Stint]) -> Standing:
    """The agent's visible state; `offers` and `stints` are the agent's own. A lost phone is no state: it stands beside
    it."""
    if agent.duty is Duty.busy:
        states = {stint.state for stint in stints}
        held = StintState.held in states and StintState.joined not in states
        return Standing.held if held else Standing.talking
    if agent.duty is Duty.wrapping:
        return Standing.wrapping
    if agent.duty is Duty.reserved:
        rings = any(one.ended_at is None and one.ringing_at is not None for one in offers)
        return Standing.ringing if rings else Standing.reserved
    if agent.presence is Presence.paused:
        return Standing.missed if agent.pause_reason == MISSED else Standing.paused
    return Standing.ready if agent.presence is Presence.ready else Standing.out


class Standings:
    """Comes after all other handlers of routing, and looks at the agents whom the message touched."""

    def __init__(self, state: State) -> None:
        self._state = state

    def handle(self, message: Message, turn: Turn) -> None:
        touched = sorted(self._state.touched)
        self._state.touched.clear()
        for agent_id in touched:
            agent = self._state.agents.get(agent_id)
            if agent is not None:
                self._look(agent, turn)

    def _look(self, agent: Agent, turn: Turn) -> None:
        offers = self._state.offers.where("agent_id", agent.id)
        stints = self._state.stints.where("agent_id", agent.id)
        standing = standing_of(agent, offers, stints)
        about = agent.pause_reason if standing is Standing.paused else agent.about
        if standing is agent.standing and (standing is not Standing.paused or about == agent.about):
            return
        why = _why(agent, standing)
        self._state.agents.put(replace(agent, standing=standing, since=turn.at, why=why, about=about))
        changed = AgentStateChanged(agent_id=agent.id, standing=standing, was=agent.standing, why=why, about=about)
        turn.emit(changed)
        turn.save(
            SaveAgentState(
                id=f"as-{turn.seq:012x}-{len(turn.writes):04x}",
                agent_id=agent.id,
                at=turn.at,
                standing=standing,
                was=agent.standing,
                was_since=agent.since,
                why=why,
                about=about,
            )
        )


def _why(agent: Agent, standing: Standing) -> str:
    """Of what only the switch tells of a call, the state itself is the reason."""
    if standing in (Standing.ringing, Standing.held):
        return standing.value
    if standing is Standing.missed:
        return "missed_too_often"
    if agent.standing is Standing.held and standing is Standing.talking:
        return "resumed"
    return agent.why
