"""Keeps the matcher true to the rows: what changed on the shelves is looked at again before it decides."""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from routing.demands import ability_of, demand_of, demands_of
from routing.machines import INTERACTION
from routing.matching.demand import Caller, Demand, Rank, Supply, rank_of
from routing.matching.matcher import Choice, Matcher
from routing.matching.why import Record
from routing.queuerows import SHARING, Queue, Strategy
from routing.rows import WAITING, Agent, Interaction, InteractionState, Offer, OfferState, Presence, rejection
from routing.state import State, came
from routing.switchboard import Switchboard
from routing.tallies import day_of, next_day

Key = tuple[bool, str]
"""An agent (True) or a caller, by id."""


@dataclass(frozen=True, slots=True)
class Outlook:
    """What is before a caller. `ahead`: how many go before them of those who can be offered now and are in the same
    queue, at whatever step, or ask for the very same agents; `first` is the first of those. `queues` are all whose
    callers are counted, `free` whether somebody is free who could take them."""

    ahead: int
    first: str | None
    queues: frozenset[str]
    free: bool


class Matchmaker:
    """An index over the rows, never saved. It follows the shelves, so whatever changes them (a turn, one that is taken
    back, the load at the start) leaves the agents and callers in question to be looked at again; and it knows when time
    alone changes an answer (the end of a rest, a preference, a day)."""

    def __init__(self, state: State, switchboard: Switchboard) -> None:
        self._state = state
        self._switchboard = switchboard
        self._matcher = Matcher(state.last_in_round)
        self._agents: set[str] = set()
        self._callers: set[str] = set()
        self._phones: set[str] = set()
        self._queues_changed = True
        self._asking: dict[Demand, set[str]] = {}
        self._asked: dict[str, tuple[Demand, ...]] = {}
        self._demands: dict[tuple[str, int, tuple[int, ...]], Demand] = {}
        self._preferring: defaultdict[str, set[str]] = defaultdict(set)
        self._prefers: dict[str, str] = {}
        self._until: dict[Key, datetime] = {}
        self._times: list[tuple[datetime, Key]] = []
        state.agents.follow(lambda *rows: self._agents.update(one.id for one in rows if one is not None))
        state.tallies.follow(lambda *rows: self._agents.update(one.id for one in rows if one is not None))
        state.interactions.follow(lambda *rows: self._callers.update(one.id for one in rows if one is not None))
        state.offers.follow(self._offer_changed)
        state.outside.follow(lambda *rows: self._callers.update(one.interaction_id for one in rows if one is not None))
        state.profiles.follow(lambda *rows: self._agents.update(one.id for one in rows if one is not None))
        state.queues.follow(self._queue_changed)
        switchboard.follow_phones(self._phones.add)

    def _offer_changed(self, before: Offer | None, after: Offer | None) -> None:
        for offer in (before, after):
            if offer is not None:
                self._agents.add(offer.agent_id)
                self._callers.add(offer.interaction_id)

    def _queue_changed(self, before: Queue | None, after: Queue | None) -> None:
        self._queues_changed = True

    def due(self, at: datetime) -> bool:
        """Whether anything may have changed since it was last looked."""
        changed = self._agents or self._callers or self._phones or self._queues_changed
        return bool(changed) or bool(self._times and self._times[0][0] <= at)

    def next(self, at: datetime) -> Choice | None:
        """Who is to be offered to whom now; the rows say so before it is asked again."""
        self._look(at)
        return self._matcher.decide(at)

    def outlook(self, row: Interaction, at: datetime) -> Outlook:
        """What is before a caller, whether they can be offered yet or not. Not counted is who is being offered already
        (they have an agent), who is not looked up yet, or in the switch's own queue, and who asks for others too."""
        self._look(at)
        queue = self._state.queue_of(row)
        demand = self._demand(queue, row.step, row.tiers)
        same = dict.fromkeys([demand, *self._asked.get(queue.id, ())])
        same.update(dict.fromkeys(self._matcher.alike(demand)))
        ahead, first = self._matcher.before(place_in_line(row, queue.priority), same)
        queues = frozenset[str]().union({queue.id}, *(self._asking.get(one, ()) for one in same))
        return Outlook(ahead, None if first is None else first[-1], queues, self._matcher.somebody_free(demand))

    def picked(self, caller_id: str, agent_id: str, at: datetime) -> Record | None:
        """The record of an agent's own choice of a caller; None of one who cannot be offered now."""
        self._look(at)
        return self._matcher.picked(caller_id, agent_id, at)

    # ── looking again ───────────────────────────────────────────────────────────────────────────────────

    def _look(self, at: datetime) -> None:
        while self._times and self._times[0][0] <= at:
            until, key = heapq.heappop(self._times)
            if self._until.get(key) == until:
                del self._until[key]
                (self._agents if key[0] else self._callers).add(key[1])
        for endpoint in self._phones:
            self._agents.update(one.id for one in self._state.agents.where("endpoint", endpoint))
        for agent_id in self._agents:
            self._callers |= self._preferring.get(agent_id, set())
            self._look_at_agent(agent_id, at)
        if self._queues_changed:
            self._look_at_queues()
        for caller_id in self._callers:
            self._look_at_caller(caller_id, at)
        for done in (self._phones, self._agents, self._callers):
            done.clear()

    def _look_at_queues(self) -> None:
        self._queues_changed = False
        self._demands.clear()
        self._asking.clear()
        self._asked = {queue.id: tuple(demands_of(queue)) for queue in self._state.queues if queue.active}
        for queue in self._state.queues:
            for one in self._asked.get(queue.id, ()):
                self._asking.setdefault(one, set()).add(queue.id)
        self._matcher.keep(self._asking)
        for state in WAITING:
            self._callers.update(one.id for one in self._state.interactions.where("state", state))

    def _look_at_agent(self, agent_id: str, at: datetime) -> None:
        agent = self._state.agents.get(agent_id)
        if agent is None:
            self._again((True, agent_id), ())
            return self._matcher.agent_gone(agent_id)
        away = rejection(agent, at)
        if away is None and self.engaged(agent):
            away = "phone_in_use"
        tally = self._state.tallies.get(agent_id)
        today = tally is not None and tally.day == day_of(at)
        self._again((True, agent_id), (agent.not_before, next_day(at) if today else None), at)
        calls, talk = (tally.calls, tally.talk_seconds) if tally is not None and today else (0, 0.0)
        ability = ability_of(self._state.profiles.get(agent_id))
        self._matcher.agent_changed(Supply(agent.id, agent.number, away, agent.idle_since, ability, calls, talk))

    def engaged(self, agent: Agent) -> bool:
        """Whether their phone is in use, by the switch's own queue too, or will be: an offer to them is not over."""
        if any(one.live for one in self._state.offers.where("agent_id", agent.id)):
            return True
        return agent.endpoint is not None and self._switchboard.in_use(agent.endpoint)

    def _look_at_caller(self, caller_id: str, at: datetime) -> None:
        row = self._state.interactions.get(caller_id)
        offered_from = self._offered_from(row) if row is not None else None
        wanted = only = None
        if row is None or offered_from is None:
            self._again((False, caller_id), ())
        else:
            wanted, only = self._waits_for(row, at)
            self._again((False, caller_id), (offered_from, row.prefer_until if wanted else None), at)
        self._prefer(caller_id, wanted)
        if row is None or offered_from is None or offered_from > at:
            return self._matcher.caller_gone(caller_id)
        queue = self._state.queue_of(row)
        rank, demand = place_in_line(row, queue.priority), self._demand(queue, row.step, row.tiers)
        because = f"preferred_{row.preferred or 'phone_lost'}" if only else ""
        self._matcher.caller_changed(Caller(row.id, rank, demand, only, queue.id, because))

    def _demand(self, queue: Queue, step: int, tiers: tuple[int, ...]) -> Demand:
        found = self._demands.get((queue.id, step, tiers))
        if found is None:
            found = self._demands[queue.id, step, tiers] = demand_of(queue, step, tiers)
        return found

    def _offered_from(self, row: Interaction) -> datetime | None:
        """From when on a caller can be offered to somebody: nobody's phone rings for them, or several do and more may.
        None when something else has to happen first."""
        if not INTERACTION.allows(row.state, "offer") or self._state.outside_of(row.id) is not None:
            return None
        offers = self._state.live_offers(row.id)
        if row.state is InteractionState.queued:
            return row.arrived_at if row.match is not None and not offers else None
        queue = self._state.queue_of(row)
        if queue.strategy not in SHARING or not all(_may_be_joined(one) for one in offers):
            return None
        if not any(one.state is OfferState.pending for one in offers):
            return None
        if queue.strategy is Strategy.ring_all:
            return row.arrived_at
        return max(one.made_at for one in offers) + timedelta(seconds=queue.progress_seconds)

    def _waits_for(self, row: Interaction, at: datetime) -> tuple[str | None, str | None]:
        """The agent whom the caller would rather have, until then, and whom they wait for alone: nobody when that one
        has gone."""
        if row.prefer_agent is None or row.prefer_until is None or at >= row.prefer_until:
            return None, None
        agent = self._state.agents.get(row.prefer_agent)
        here = agent is not None and agent.presence is not Presence.out
        return row.prefer_agent, row.prefer_agent if here else None

    def _prefer(self, caller_id: str, agent_id: str | None) -> None:
        old = self._prefers.pop(caller_id, None)
        if old is not None and old != agent_id:
            self._preferring[old].discard(caller_id)
            if not self._preferring[old]:
                del self._preferring[old]
        if agent_id is not None:
            self._prefers[caller_id] = agent_id
            self._preferring[agent_id].add(caller_id)

    def _again(self, key: Key, times: Iterable[datetime | None], at: datetime | None = None) -> None:
        """Look at it again at the first of these times that is still to come."""
        coming = min((one for one in times if one is not None and at is not None and one > at), default=None)
        if coming is None:
            self._until.pop(key, None)
        elif self._until.get(key) != coming:
            self._until[key] = coming
            heapq.heappush(self._times, (coming, key))


def place_in_line(row: Interaction, bonus: float) -> Rank:
    """What orders callers, `bonus` being the priority of their queue; see rank_of."""
    return rank_of(row.front, row.place or row.arrived_at, bonus, came(row.resumed or row.id), row.id)


def _may_be_joined(offer: Offer) -> bool:
    """Whether another may be rung beside: nobody has answered, and the first to answer is to have the caller."""
    return offer.shared and offer.state is not OfferState.accepted
