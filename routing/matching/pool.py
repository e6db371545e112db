"""The free agents of one demand in the order of its strategy."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import chain

from sortedcontainers import SortedList

from routing.matching.demand import Caller, Demand, Key, Supply
from routing.matching.ranking import drawn, key
from routing.queuerows import Strategy


class Pool:
    """`enter` and `leave` follow those who fit as they become free and do something else, at the cost of a sorted list.
    `levels` holds bits of their numbers by how well they fit."""

    def __init__(self, demand: Demand) -> None:
        self.demand = demand
        self.levels: dict[int, int] = {}
        self._order: SortedList[Key] = SortedList()
        self._keys: dict[str, Key] = {}
        self._positions = {agent_id: nth for nth, agent_id in enumerate(demand.members)}

    def __len__(self) -> int:
        return len(self._order)

    def __contains__(self, agent_id: str) -> bool:
        return agent_id in self._keys

    def fill(self, agents: Iterable[Supply]) -> None:
        """The first to enter, many at once."""
        for agent in agents:
            self._note(agent)
        self._order.update(self._keys.values())

    def enter(self, agent: Supply) -> None:
        self._order.add(self._note(agent))

    def _note(self, agent: Supply) -> Key:
        made = key(self.demand, agent, self._positions.get(agent.id, len(self._positions)))
        self._keys[agent.id] = made
        self.levels[made[0]] = self.levels.get(made[0], 0) | 1 << agent.number
        return made

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
