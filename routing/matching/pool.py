"""The free agents of one demand in the order of its strategy, and who does not fit it, by reason."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from itertools import chain

from sortedcontainers import SortedList

from routing.matching.demand import Caller, Demand, Key, Supply, unfit
from routing.matching.ranking import drawn, key
from routing.rows import Strategy


class Pool:
    """`fits` notes once for each agent whether they fit; `enter` and `leave` follow those who do as they are free or
    not, at the cost of a sorted list. `unfit` holds bits of agents' numbers by reason, `levels` those of the free by
    how well they fit."""

    def __init__(self, demand: Demand) -> None:
        self.demand = demand
        self.unfit: dict[str, int] = {}
        self.levels: dict[int, int] = {}
        self._order: SortedList[Key] = SortedList()
        self._keys: dict[str, Key] = {}
        self._positions = {agent_id: nth for nth, agent_id in enumerate(demand.members)}

    def __len__(self) -> int:
        return len(self._order)

    def __contains__(self, agent_id: str) -> bool:
        return agent_id in self._keys

    def fits(self, agent: Supply) -> bool:
        reason = unfit(self.demand, agent.id, agent.ability)
        if reason is not None:
            self.unfit[reason] = self.unfit.get(reason, 0) | 1 << agent.number
        return reason is None

    def forget(self, number: int) -> None:
        """Whether they fit is to be looked at anew, or never again."""
        for reason in [reason for reason, bits in self.unfit.items() if bits >> number & 1]:
            self.unfit[reason] &= ~(1 << number)
            if not self.unfit[reason]:
                del self.unfit[reason]

    def enter(self, agent: Supply) -> None:
        made = key(self.demand, agent, self._positions.get(agent.id, len(self._positions)))
        self._keys[agent.id] = made
        self._order.add(made)
        self.levels[made[0]] = self.levels.get(made[0], 0) | 1 << agent.number

    def leave(self, agent: Supply) -> None:
        made = self._keys.pop(agent.id, None)
        if made is None:
            return
        self._order.remove(made)
        self.levels[made[0]] &= ~(1 << agent.number)
        if not self.levels[made[0]]:
            del self.levels[made[0]]

    def level(self, agent_id: str) -> int:
        """How well a free agent fits; the least is the best, and 0 everybody's where that does not count."""
        return int(self._keys[agent_id][0])

    def in_turn(self, caller: Caller, last: str | None, at: datetime) -> Iterator[str]:
        """All free agents from the one whose turn it is on. Round robin goes on behind `last`, a lot falls on anybody;
        both among those who fit best."""
        first = self._order[0][0]
        group = self._order.bisect_left((first + 1,))
        start = 0
        if self.demand.strategy is Strategy.round_robin and last is not None:
            start = self._order.bisect_right((first, last)) % group
        elif self.demand.strategy is Strategy.random:
            start = drawn(caller, at, group)
        slices = ((start, group), (0, start), (group, None))
        return (made[-1] for made in chain.from_iterable(self._order.islice(*one) for one in slices))
