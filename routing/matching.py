"""Who gets a caller: the one idle the longest or all who are free, and the reason for everybody else. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from routing.rows import Agent, Considered, Interaction, Queue, Strategy, rejection
from routing.teamwork import Profile, fitness, unfit


@dataclass(frozen=True, slots=True)
class Choice:
    """The chosen agents (several only where a queue rings all), and every agent considered, in the order of
    preference."""

    agents: tuple[Agent, ...]
    why: tuple[Considered, ...]


def choose(
    caller: Interaction,
    queue: Queue,
    agents: Iterable[Agent],
    profiles: Mapping[str, Profile],
    at: datetime,
    engaged: frozenset[str] = frozenset(),
) -> Choice:
    """The agents for `caller` at `at`: of those who serve the queue and can be offered a call, the one idle the
    longest, or all. Where the queue wants the best, who has the higher levels goes before who is idle for longer.

    Agents in `engaged` have a phone that already rings or talks (the switch's own queue may have rung it).
    A caller whose agent's phone was lost waits for that agent alone until `prefer_until`. Equal idle times
    are settled by agent id, so that a replay decides the same.
    """

    def better(agent: Agent) -> tuple[int, datetime, str]:
        return -fitness(queue, profiles.get(agent.id), caller.step), agent.idle_since, agent.id

    ranked = sorted(agents, key=better)
    waits_for = caller.prefer_agent if caller.prefer_until is not None and at < caller.prefer_until else None
    chosen: list[Agent] = []
    why: list[Considered] = []
    for agent in ranked:
        reason = unfit(queue, agent.id, profiles.get(agent.id), caller.step) or rejection(agent, at)
        if reason is None and agent.id in engaged:
            reason = "phone_in_use"
        if reason is None and waits_for is not None and agent.id != waits_for:
            reason = "caller_waits_for_another_agent"
        if reason is not None:
            verdict = "rejected"
        elif queue.strategy is Strategy.ring_all or not chosen:
            chosen.append(agent)
            verdict, reason = "chosen", queue.strategy.value
        else:
            first = fitness(queue, profiles.get(chosen[0].id), caller.step)
            less = fitness(queue, profiles.get(agent.id), caller.step) < first
            verdict, reason = "passed", "lower_skill" if less else "idle_for_less_time"
        idle = max(0.0, (at - agent.idle_since).total_seconds())
        why.append(Considered(agent.id, agent.name, verdict, reason, round(idle, 3)))
    return Choice(tuple(chosen), tuple(why))
