"""Who gets a caller: the one idle the longest or all who are free, and the reason for everybody else. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from routing.rows import Agent, Considered, Interaction, Strategy, rejection


@dataclass(frozen=True, slots=True)
class Choice:
    """The chosen agents (several only where a queue rings all), and every agent considered, in the order of
    preference."""

    agents: tuple[Agent, ...]
    why: tuple[Considered, ...]


def choose(
    caller: Interaction,
    agents: Iterable[Agent],
    at: datetime,
    engaged: frozenset[str] = frozenset(),
    strategy: Strategy = Strategy.longest_idle,
) -> Choice:
    """The agents for `caller` at `at`: of those who can be offered a call, the one idle the longest, or all.

    Agents in `engaged` have a phone that already rings or talks (the switch's own queue may have rung it).
    A caller whose agent's phone was lost waits for that agent alone until `prefer_until`. Equal idle times
    are settled by agent id, so that a replay decides the same.
    """
    ranked = sorted(agents, key=lambda agent: (agent.idle_since, agent.id))
    waits_for = caller.prefer_agent if caller.prefer_until is not None and at < caller.prefer_until else None
    chosen: list[Agent] = []
    why: list[Considered] = []
    for agent in ranked:
        reason = rejection(agent, at)
        if reason is None and agent.id in engaged:
            reason = "phone_in_use"
        if reason is None and waits_for is not None and agent.id != waits_for:
            reason = "caller_waits_for_another_agent"
        if reason is not None:
            verdict = "rejected"
        elif strategy is Strategy.ring_all or not chosen:
            chosen.append(agent)
            verdict, reason = "chosen", strategy.value
        else:
            verdict, reason = "passed", "idle_for_less_time"
        idle = max(0.0, (at - agent.idle_since).total_seconds())
        why.append(Considered(agent.id, agent.name, verdict, reason, round(idle, 3)))
    return Choice(tuple(chosen), tuple(why))
