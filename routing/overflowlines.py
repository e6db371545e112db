"""Who waits in queues that send callers on, in the order in which they are served: an index over the rows."""

from __future__ import annotations

from collections import defaultdict

from sortedcontainers import SortedList

from routing.matching.demand import Rank
from routing.matchmaking import place_in_line
from routing.queuerows import Queue
from routing.rows import Interaction, InteractionState
from routing.state import State
from routing.tiers import LEFT, unfired, watched


def movable(state: State, caller: Interaction) -> bool:
    """Whether a caller waits and nobody is offered to them: then they can be sent somewhere else."""
    waits = caller.state is InteractionState.queued and caller.ended_at is None
    return waits and caller.offer_id is None and not state.is_rung_for(caller.id)


class Line:
    """The callers of one queue; of each tier, and of the rule for who waits (LEFT), those for whom it has not
    come yet."""

    def __init__(self) -> None:
        self.order: SortedList[Rank] = SortedList()
        self.tiers: defaultdict[int, SortedList[Rank]] = defaultdict(SortedList)

    def left(self, nth: int) -> list[str]:
        return [rank[-1] for rank in self.tiers[nth]] if nth in self.tiers else []


class Lines:
    """Follows the rows. `waits` says whether somebody is to be looked at."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._touched: set[str] = set()
        self._lines: dict[str, Line] = {}
        self._filed: dict[str, tuple[str, Rank, tuple[int, ...]]] = {}
        state.interactions.follow(self._caller_changed)
        state.queues.follow(self._queue_changed)
        state.outside.follow(lambda *rows: self._touched.update(one.interaction_id for one in rows if one is not None))

    @property
    def waits(self) -> bool:
        return bool(self._touched)

    def _caller_changed(self, before: Interaction | None, after: Interaction | None) -> None:
        self._touched.update(one.id for one in (before, after) if one is not None)

    def _queue_changed(self, before: Queue | None, after: Queue | None) -> None:
        """Only of queues that send callers on, or did."""
        ids = {one.id for one in (before, after) if one is not None and watched(one)}
        if ids:
            waiting = self._state.interactions.where("state", InteractionState.queued)
            self._touched.update(one.id for one in waiting if one.queue_id in ids)

    def look_again(self, caller_id: str) -> None:
        self._touched.add(caller_id)

    def touched(self) -> list[str]:
        """Whose rows changed, or whose queue's."""
        found, self._touched = sorted(self._touched), set()
        return found

    def of(self, queue_id: str) -> Line | None:
        return self._lines.get(queue_id)

    def file(self, caller: Interaction, queue: Queue) -> None:
        left = tuple(nth for nth, _ in unfired(queue, caller.tiers))
        left += () if LEFT in caller.tiers else (LEFT,)
        place = (queue.id, place_in_line(caller, queue.priority), left)
        if self._filed.get(caller.id) == place:
            return
        self.remove(caller.id)
        self._filed[caller.id] = place
        line = self._lines.setdefault(queue.id, Line())
        line.order.add(place[1])
        for nth in left:
            line.tiers[nth].add(place[1])

    def remove(self, caller_id: str) -> None:
        place = self._filed.pop(caller_id, None)
        if place is None:
            return
        queue_id, rank, left = place
        line = self._lines[queue_id]
        line.order.remove(rank)
        for nth in left:
            line.tiers[nth].remove(rank)
        if not line.order:
            del self._lines[queue_id]

    def last(self, queue_id: str, nth: int) -> str | None:
        """Of those for whom a tier has not come, who is served last."""
        line = self._lines.get(queue_id)
        left = line.tiers.get(nth) if line is not None else None
        return left[-1][-1] if left else None
