"""Who of those who serve a queue is there, and since when nobody is: kept for the queues whose rules ask for it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from routing.demands import serves
from routing.queuerows import Queue
from routing.rows import Agent, Duty, Presence, Reach
from routing.state import State
from routing.teamwork import Profile
from routing.tiers import Factor, Lack, When

OUT, PAUSED, LOST, BUSY, FREE = "out", "paused", "lost", "busy", "free"


def doing(agent: Agent) -> str:
    """What an agent does, as the rules of an empty queue see it. Who rests after a missed offer is free again in a
    moment; whose phone cannot be reached is neither ready nor paused."""
    if agent.presence is Presence.out:
        return OUT
    if agent.presence is Presence.paused:
        return PAUSED
    if agent.duty is not Duty.idle:
        return BUSY
    return LOST if agent.device is Reach.lost else FREE


def facts(counts: Mapping[str, int]) -> dict[Factor, bool]:
    """Which factors hold for so many agents who do this and that."""
    get = counts.get
    signed_in = get(PAUSED, 0) + get(LOST, 0) + get(BUSY, 0) + get(FREE, 0)
    return {
        Factor.nobody_ready: get(BUSY, 0) + get(FREE, 0) == 0,
        Factor.all_paused: 0 < signed_in == get(PAUSED, 0),
        Factor.all_busy: get(BUSY, 0) > 0 and get(FREE, 0) == 0,
        Factor.none_signed_in: signed_in == 0,
    }


def asks(queue: Queue) -> bool:
    """Whether a queue's rules go by who is there."""
    rules = queue.empty.join or queue.empty.leave
    return queue.active and bool(rules or any(one.when is When.nobody_ready for one in queue.overflow))


class Headcount:
    """An index over agents, profiles and queues, never saved: how many of those who serve a queue at its widest do
    what. A change of an agent costs the queues that they serve; one of a queue looks at every agent once."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._agents: set[str] = set()
        self._queues: set[str] = set()
        self._counts: dict[str, Counter[str]] = {}
        self._serves: defaultdict[str, set[str]] = defaultdict(set)
        self._does: dict[str, str] = {}
        state.agents.follow(self._agent_changed)
        state.profiles.follow(self._profile_changed)
        state.queues.follow(self._queue_changed)

    def _agent_changed(self, before: Agent | None, after: Agent | None) -> None:
        self._agents.update(one.id for one in (before, after) if one is not None)

    def _profile_changed(self, before: Profile | None, after: Profile | None) -> None:
        for one in (before, after):
            if one is not None:
                self._forget(one.id)
                self._agents.add(one.id)

    def _queue_changed(self, before: Queue | None, after: Queue | None) -> None:
        self._queues.update(one.id for one in (before, after) if one is not None)

    def look(self, at: datetime) -> Iterator[Lack]:
        """What is missing where, of the queues where that is different now (then the rows are put on their shelf), or
        that were set up anew or loaded."""
        new = self._look_at_queues()
        touched = set(new)
        for agent_id in self._agents:
            touched |= self._look_at_agent(agent_id)
        self._agents.clear()
        for queue_id in sorted(touched):
            if queue_id in self._counts:
                before = self._state.lacks.get(queue_id)
                after = _noted(before or Lack(queue_id), facts(self._counts[queue_id]), at)
                if after != before:
                    yield self._state.lacks.put(after)
                elif queue_id in new:
                    yield after

    def _look_at_queues(self) -> set[str]:
        """The queues that are counted, and were set up just now. Who serves what is another question then."""
        changed, self._queues = self._queues, set()
        asking = {one for one in changed if (queue := self._state.queues.get(one)) is not None and asks(queue)}
        if asking or not changed.isdisjoint(self._counts):
            for agent_id in list(self._does):
                self._forget(agent_id)
                self._agents.add(agent_id)
        for queue_id in sorted(changed):
            self._counts.pop(queue_id, None)
            if queue_id in asking:
                self._counts[queue_id] = Counter()
            elif queue_id in self._state.lacks:
                self._state.lacks.drop(queue_id)
        return asking

    def _look_at_agent(self, agent_id: str) -> set[str]:
        agent = self._state.agents.get(agent_id)
        if agent is None:
            return self._forget(agent_id)
        old, new = self._does.get(agent_id), doing(agent)
        if old == new:
            return set()
        if old is None:
            profile = self._state.profiles.get(agent_id)
            queues = (self._state.queues[one] for one in self._counts)
            self._serves[agent_id] = {one.id for one in queues if serves(one, agent_id, profile)}
        for queue_id in self._serves[agent_id]:
            counts = self._counts[queue_id]
            if old is not None:
                counts[old] -= 1
            counts[new] += 1
        self._does[agent_id] = new
        return self._serves[agent_id]

    def _forget(self, agent_id: str) -> set[str]:
        old, queues = self._does.pop(agent_id, None), self._serves.pop(agent_id, set())
        for queue_id in queues:
            if old is not None and queue_id in self._counts:
                self._counts[queue_id][old] -= 1
        return queues


def _noted(lack: Lack, found: Mapping[Factor, bool], at: datetime) -> Lack:
    since: dict[str, Any] = {one.value: (lack.since(one) or at) if found[one] else None for one in Factor}
    return replace(lack, **since)
