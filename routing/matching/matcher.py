"""The matcher: told of agents and callers as they change, it says who is to be offered to whom next."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice

from routing.matching.abilities import Abilities
from routing.matching.demand import Caller, Demand, Rank, Supply, unfit
from routing.matching.lines import Line, Lines
from routing.matching.pool import Pool
from routing.matching.ranking import BEHIND, LOWER_SKILL, NOT_PICKED, PICKED, score
from routing.matching.why import SHOWN, Candidate, Record, numbers
from routing.queuerows import Strategy

WAITS_FOR_ANOTHER = "caller_waits_for_another_agent"


@dataclass(frozen=True, slots=True)
class Choice:
    """A caller and the agents to offer them to: one, or all who are free where a queue rings all."""

    caller: str
    agents: tuple[str, ...]
    why: Record


@dataclass(slots=True)
class _Agent:
    supply: Supply
    pools: list[Pool] = field(default_factory=list)


class Matcher:
    """An index over agents and callers. It changes nothing by itself: whoever is chosen is chosen again until the
    matcher is told that they are away, or the caller gone. Its answers do not depend on the order in which it was told.

    A change of an agent costs the logarithm of the free agents for each demand that they fit, one of a caller that of
    the callers in line; a choice looks only at lines that had somebody come since they were last found unservable.
    """

    def __init__(self, last_in_round: Callable[[str], str | None]) -> None:
        """`last_in_round` tells whom a queue's round robin came to last."""
        self._last = last_in_round
        self._agents: dict[str, _Agent] = {}
        self._numbers: dict[int, str] = {}
        self._abilities = Abilities()
        self._callers: dict[str, Caller] = {}
        self._pools: dict[Demand, Pool] = {}
        self._lines: dict[Demand, Lines] = {}
        self._kept: frozenset[Demand] = frozenset()
        self._hot: set[Line] = set()
        self._free = 0
        self._away: dict[str, int] = {}
        self._fit: dict[Demand, int] = {}

    # ── being told ──────────────────────────────────────────────────────────────────────────────────────

    def keep(self, demands: Iterable[Demand]) -> None:
        """Which demands there may be, so that their orders are kept though nobody waits with them."""
        self._kept = frozenset(demands)
        for demand in [demand for demand in self._pools if demand not in self._kept]:
            self._tidy(demand)
        for demand in self._kept:
            self._pool(demand)

    def agent_changed(self, supply: Supply) -> None:
        old = self._agents.get(supply.id)
        if old is not None and old.supply == supply:
            return
        if old is None or (old.supply.number, old.supply.ability) != (supply.number, supply.ability):
            self.agent_gone(supply.id)
            self._fit.clear()
            self._abilities.add(supply.id, supply.number, supply.ability)
            fitting = [pool for demand, pool in self._pools.items() if not unfit(demand, supply.id, supply.ability)]
            self._agents[supply.id] = _Agent(supply, fitting)
            self._numbers[supply.number] = supply.id
        else:
            self._leave(old)
            old.supply = supply
        self._enter(self._agents[supply.id])

    def agent_gone(self, agent_id: str) -> None:
        """There is no such agent any more, or never was."""
        old = self._agents.pop(agent_id, None)
        if old is not None:
            self._leave(old)
            self._abilities.remove(agent_id, old.supply.ability)
            self._fit.clear()
            del self._numbers[old.supply.number]

    def caller_changed(self, caller: Caller) -> None:
        """A caller who can be offered: new, or with another rank or demand."""
        old = self._callers.get(caller.id)
        if old == caller:
            return
        pool = self._pool(caller.demand)  # before the old line goes, and perhaps with it what they share
        self._callers[caller.id] = caller
        self._hot.add(self._lines.setdefault(pool.demand, Lines(pool)).add(caller))
        if old is not None:
            self._take_out(old)

    def caller_gone(self, caller_id: str) -> None:
        """They cannot be offered just now, or have left."""
        old = self._callers.pop(caller_id, None)
        if old is not None:
            self._take_out(old)

    # ── deciding ────────────────────────────────────────────────────────────────────────────────────────

    def decide(self, at: datetime) -> Choice | None:
        """Of the callers for whom somebody is free, who comes first, and the agents chosen; None when there is none."""
        self._hot = {line for line in self._hot if line.servable}
        if not self._hot:
            return None
        line = min(self._hot, key=lambda one: one.head)
        caller = self._callers[line.head[-1]]
        pool = line.pool
        if line.only is not None:
            order, many = iter((line.only,)), 1
        else:
            order = pool.in_turn(caller, self._last(caller.queue), at)
            many = len(pool) if pool.demand.strategy is Strategy.ring_all else 1
        ranked = list(islice(order, max(many, SHOWN)))
        return Choice(caller.id, tuple(ranked[:many]), self._why(line, caller, ranked, many, at))

    def picked(self, caller_id: str, agent_id: str, at: datetime) -> Record | None:
        """The record of an agent's own choice of a caller, whoever's turn it is and whether or not the agent fits; None
        when that caller cannot be offered now."""
        caller, picker = self._callers.get(caller_id), self._agents.get(agent_id)
        if caller is None or picker is None:
            return None
        pool = self._pools[caller.demand]
        order = pool.in_turn(caller, self._last(caller.queue), at) if len(pool) else ()
        others = [(nth, one) for nth, one in enumerate(islice(order, SHOWN), start=1) if one != agent_id]
        ranked = [self._candidate(picker.supply, PICKED, None, at)]
        for nth, other in others:
            supply = self._agents[other].supply
            ranked.append(self._candidate(supply, NOT_PICKED, (caller.demand, nth), at))
        listed = sum(1 << one.number for one in ranked)
        sets: dict[str, int] = {}
        for reason, bits in self._rejected(caller.demand):
            _add(sets, reason, bits & ~listed)
        for bits in pool.levels.values():
            _add(sets, NOT_PICKED, bits & ~listed)
        return Record(1, tuple(ranked), sets)

    def _candidate(self, agent: Supply, reason: str, order: tuple[Demand, int] | None, at: datetime) -> Candidate:
        """With the figure of the strategy, for who is the so-manieth in its order."""
        idle = round(max(0.0, (at - agent.idle_since).total_seconds()), 3)
        return Candidate(agent.number, reason, idle, None if order is None else score(order[0], agent, idle, order[1]))

    def _rejected(self, demand: Demand) -> Iterator[tuple[str, int]]:
        """Who could not have the caller now, by reason."""
        yield from self._away.items()
        for reason, bits in self._abilities.unfit(demand).items():
            yield reason, bits & self._free

    def _why(self, line: Line, caller: Caller, ranked: list[str], many: int, at: datetime) -> Record:
        pool, demand = line.pool, line.pool.demand
        best = pool.level(ranked[0])
        chosen, behind = caller.because or demand.strategy.value, BEHIND[demand.strategy]
        found, listed = [], 0
        for nth, agent_id in enumerate(ranked):
            agent = self._agents[agent_id].supply
            reason = chosen if nth < many else behind if pool.level(agent_id) == best else LOWER_SKILL
            found.append(self._candidate(agent, reason, (demand, nth + 1), at))
            listed |= 1 << agent.number
        sets: dict[str, int] = {}
        for reason, bits in self._rejected(demand):
            _add(sets, reason, bits)
        for level, bits in pool.levels.items():
            reason = WAITS_FOR_ANOTHER if line.only is not None else behind if level == best else LOWER_SKILL
            _add(sets, reason, bits & ~listed)
        return Record(many, tuple(found), sets)

    # ── looking ahead ───────────────────────────────────────────────────────────────────────────────────

    def alike(self, demand: Demand) -> list[Demand]:
        """Those demands, of all that are known, that the very same agents can serve."""
        fit = self._fitting(demand)
        return [one for one in self._pools if self._fitting(one) == fit]

    def before(self, rank: Rank, demands: Iterable[Demand]) -> tuple[int, Rank | None]:
        """How many callers with these demands go before somebody of that rank, and the first of them. It costs the
        logarithm of the callers, for each demand."""
        lines = [found for one in demands if (found := self._lines.get(one)) is not None]
        ahead = [(count, one.first) for one in lines if (count := one.before(rank))]
        return sum(count for count, _ in ahead), min((first for _, first in ahead), default=None)

    def somebody_free(self, demand: Demand) -> bool:
        """Whether an agent is free who can serve that demand."""
        return bool(self._fitting(demand) & self._free)

    def _fitting(self, demand: Demand) -> int:
        found = self._fit.get(demand)
        if found is None:
            found = self._fit[demand] = self._abilities.fit(demand)
        return found

    # ── what is kept ────────────────────────────────────────────────────────────────────────────────────

    def _enter(self, agent: _Agent) -> None:
        bit, away = 1 << agent.supply.number, agent.supply.away
        if away is not None:
            self._away[away] = self._away.get(away, 0) | bit
            return
        self._free |= bit
        for pool in agent.pools:
            pool.enter(agent.supply)
            lines = self._lines.get(pool.demand)
            if lines is not None:
                self._hot.update(lines.waiting_for(agent.supply.id))

    def _leave(self, agent: _Agent) -> None:
        bit, away = 1 << agent.supply.number, agent.supply.away
        if away is None:
            self._free &= ~bit
            for pool in agent.pools:
                pool.leave(agent.supply)
            return
        self._away[away] &= ~bit
        if not self._away[away]:
            del self._away[away]

    def _pool(self, demand: Demand) -> Pool:
        pool = self._pools.get(demand)
        if pool is None:
            pool = self._pools[demand] = Pool(demand)
            fitting = [self._agents[self._numbers[number]] for number in numbers(self._abilities.fit(demand))]
            pool.fill(agent.supply for agent in fitting if agent.supply.away is None)
            for agent in fitting:
                agent.pools.append(pool)
        return pool

    def _take_out(self, caller: Caller) -> None:
        lines = self._lines[caller.demand]
        lines.remove(caller)
        if not lines:
            del self._lines[caller.demand]
            self._tidy(caller.demand)

    def _tidy(self, demand: Demand) -> None:
        """An order that nobody needs is not kept."""
        if demand in self._kept or demand in self._lines:
            return
        pool = self._pools.pop(demand, None)
        self._fit.pop(demand, None)
        for agent in self._agents.values() if pool is not None else ():
            if pool in agent.pools:
                agent.pools.remove(pool)


def _add(sets: dict[str, int], reason: str, bits: int) -> None:
    if bits:
        sets[reason] = sets.get(reason, 0) | bits
