"""What the matcher must say, by looking at everybody each time: O(agents x callers), and nothing kept in between."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import UTC, datetime, timedelta

from routing.matching.demand import Ability, Caller, Demand, Evaluation, Supply, rank_of
from routing.matching.ranking import drawn
from routing.queuerows import Strategy

START = datetime(2026, 3, 2, 9, tzinfo=UTC)


def can(demand: Demand, agent: Supply) -> bool:
    """Whether an agent fits a demand."""
    belongs = demand.everyone or agent.id in demand.members or bool(demand.groups & agent.ability.groups)
    has = [agent.ability.skills.get(name, 0) >= least for name, least in demand.skills]
    enough = any(has) if demand.evaluation is Evaluation.any and has else all(has)
    return belongs and enough


def level(demand: Demand, agent: Supply) -> int:
    if demand.evaluation is not Evaluation.best:
        return 0
    return sum(agent.ability.skills[name] for name, _ in demand.skills)


def candidates(caller: Caller, agents: Collection[Supply]) -> list[Supply]:
    free = [agent for agent in agents if agent.away is None and can(caller.demand, agent)]
    return [agent for agent in free if caller.only in (None, agent.id)]


def order(caller: Caller, found: list[Supply], last: str | None, at: datetime) -> list[Supply]:
    """All candidates in the order of the strategy."""
    demand = caller.demand
    places = {agent_id: nth for nth, agent_id in enumerate(demand.members)}
    by_id = sorted(found, key=lambda one: one.id)
    by_idle = sorted(by_id, key=lambda one: one.idle_since)
    match demand.strategy:
        case Strategy.longest_idle | Strategy.ring_all:
            line = by_idle
        case Strategy.fewest_calls:
            line = sorted(by_idle, key=lambda one: one.calls)
        case Strategy.least_talk:
            line = sorted(by_idle, key=lambda one: one.talk)
        case Strategy.top_down | Strategy.ring_progressively:
            line = sorted(by_id, key=lambda one: places.get(one.id, len(places)))
        case _:
            line = by_id
    best = max((level(demand, one) for one in line), default=0)
    first = [one for one in line if level(demand, one) == best]
    if demand.strategy is Strategy.round_robin and last is not None:
        first = [one for one in first if one.id > last] + [one for one in first if one.id <= last]
    if demand.strategy is Strategy.random and first and caller.only is None:
        start = drawn(caller, at, len(first))
        first = first[start:] + first[:start]
    rest = [one for one in line if level(demand, one) != best]
    return first + sorted(rest, key=lambda one: -level(demand, one))


def decide(
    callers: Collection[Caller], agents: Collection[Supply], last: Mapping[str, str], at: datetime
) -> tuple[str, list[str]] | None:
    """The first caller for whom somebody is free, and whom they are to be offered to."""
    for caller in sorted(callers, key=lambda one: one.rank):
        found = order(caller, candidates(caller, agents), last.get(caller.queue), at)
        if found:
            many = len(found) if caller.demand.strategy is Strategy.ring_all else 1
            return caller.id, [one.id for one in found[:many]]
    return None


def supply(number: int, **more: object) -> Supply:
    """A free agent, idle since the start."""
    values: dict[str, object] = {"away": None, "idle_since": START, **more}
    return Supply(f"a{number:03}", number, **values)  # type: ignore[arg-type]


def caller(name: str, place: float, demand: Demand, bonus: float = 0, **more: str) -> Caller:
    """Somebody who came `place` seconds after the start."""
    rank = rank_of(False, START + timedelta(seconds=place), bonus, (), name)
    return Caller(name, rank, demand, **more)


def able(*groups: str, **skills: int) -> Ability:
    return Ability(skills, frozenset(groups))
