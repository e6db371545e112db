"""Who waits with which demand: one line for each, in the order of the callers' ranks."""

from __future__ import annotations

from sortedcontainers import SortedList

from routing.matching.demand import Caller, Rank
from routing.matching.pool import Pool


class Line:
    """Callers of one demand; with `only`, those of them who wait for that agent alone."""

    def __init__(self, pool: Pool, only: str | None) -> None:
        self.pool = pool
        self.only = only
        self._order: SortedList[Rank] = SortedList()

    def __len__(self) -> int:
        return len(self._order)

    def add(self, caller: Caller) -> None:
        self._order.add(caller.rank)

    def remove(self, caller: Caller) -> None:
        self._order.remove(caller.rank)

    @property
    def head(self) -> Rank:
        """The rank of who is served first; its last value is the caller's id."""
        first: Rank = self._order[0]
        return first

    @property
    def servable(self) -> bool:
        """Whether somebody waits for whom somebody is free."""
        return bool(self._order) and (self.only in self.pool if self.only is not None else len(self.pool) > 0)


class Lines:
    """All lines of one pool. Those that are empty are forgotten."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._lines: dict[str | None, Line] = {}
        self._ranks: SortedList[Rank] = SortedList()

    def __len__(self) -> int:
        return len(self._lines)

    def add(self, caller: Caller) -> Line:
        line = self._lines.get(caller.only)
        if line is None:
            line = self._lines[caller.only] = Line(self._pool, caller.only)
        line.add(caller)
        self._ranks.add(caller.rank)
        return line

    def remove(self, caller: Caller) -> None:
        line = self._lines[caller.only]
        line.remove(caller)
        self._ranks.remove(caller.rank)
        if not line:
            del self._lines[caller.only]

    def before(self, rank: Rank) -> int:
        """How many go before somebody of that rank, whomever they wait for."""
        return int(self._ranks.bisect_left(rank))

    @property
    def first(self) -> Rank:
        """The rank of who is served first, if the one they wait for is free."""
        found: Rank = self._ranks[0]
        return found

    def waiting_for(self, agent_id: str) -> list[Line]:
        """The lines that an agent who became free may serve."""
        found = (self._lines.get(None), self._lines.get(agent_id))
        return [line for line in found if line is not None]
