"""Sticky agent and owner agent: a caller who comes back waits a while for the one who knows them, then for anybody. It
delays that caller alone, and the place is kept."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime, timedelta

from cti.events import CallerWaits
from kernel.handling import Handles, on
from kernel.messages import Message
from kernel.turn import Turn
from routing.demands import ability_of, demand_of
from routing.matching.demand import unfit
from routing.messages import CallerIdentified, OfferEnded
from routing.queuerows import Queue
from routing.returning import CallerPrefers, PreferenceDue, PreferenceEnded
from routing.rows import Agent, Interaction, InteractionState, Preferred, Presence, Reach
from routing.state import State


class Preferences(Handles):
    """Comes before Offers, which match: a preference that cannot be met any more ends before anybody is chosen. It
    follows the shelves, so whatever makes an agent go is seen."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._waiting: defaultdict[str, set[str]] = defaultdict(set)
        self._agents: set[str] = set()
        self._all = False
        state.interactions.follow(self._caller_changed)
        state.agents.follow(lambda *rows: self._agents.update(one.id for one in rows if one is not None))
        state.profiles.follow(lambda *rows: self._agents.update(one.id for one in rows if one is not None))
        state.queues.follow(self._queue_changed)

    def _caller_changed(self, before: Interaction | None, after: Interaction | None) -> None:
        old, new = _wants(before), _wants(after)
        if old != new or (before and after and (before.queue_id, before.step) != (after.queue_id, after.step)):
            if before is not None and old is not None:
                self._waiting[old].discard(before.id)
                if not self._waiting[old]:
                    del self._waiting[old]
            if after is not None and new is not None:
                self._waiting[new].add(after.id)
                self._agents.add(new)

    def _queue_changed(self, before: Queue | None, after: Queue | None) -> None:
        self._all = True

    def handle(self, message: Message, turn: Turn) -> None:
        super().handle(message, turn)
        changed = set(self._waiting) if self._all else self._agents & self._waiting.keys()
        self._all = False
        self._agents.clear()
        for agent_id in sorted(changed):
            for caller_id in sorted(self._waiting.get(agent_id, ())):
                self._look(self._state.interactions[caller_id], agent_id, turn)

    def _look(self, caller: Interaction, agent_id: str, turn: Turn) -> None:
        gone = self._gone(agent_id, caller)
        if gone is not None and caller.state is not InteractionState.offered:  # else the offer's end decides
            self._end(caller, gone, turn)

    # ── whom a caller waits for ─────────────────────────────────────────────────────────────────────────

    @on(CallerIdentified)
    def _identified(self, fact: CallerIdentified, turn: Turn) -> None:
        caller = self._state.interactions.get(fact.interaction_id)
        if caller is None or caller.ended_at is not None or not (fact.owner or fact.last_agent):
            return
        if caller.owner_agent is not None or caller.last_agent is not None:  # looked up again, after a restart
            return
        known = {"owner_agent": fact.owner, "last_agent": fact.last_agent, "last_talk_at": fact.last_talk_at}
        self._prefer(self._state.put_interaction(caller, **known), turn)

    @on(CallerWaits)
    def _waits(self, event: CallerWaits, turn: Turn) -> None:
        caller = self._state.interactions.get(event.interaction_id)
        if caller is not None and caller.queued_at == turn.at:
            self._prefer(caller, turn)

    def _prefer(self, caller: Interaction, turn: Turn) -> None:
        """Once a caller, and not while a phone rings for them. The time counts from when they began to wait, so that is
        for how long it can delay them at most."""
        if caller.state is not InteractionState.queued or caller.front or caller.queued_at is None:
            return
        if caller.prefer_agent is not None or caller.preferred is not None or caller.answered_at is not None:
            return
        for why, agent_id, seconds in self._wanted(caller, turn.at):
            until = caller.queued_at + timedelta(seconds=seconds)
            if until <= turn.at or self._gone(agent_id, caller) is not None:
                continue
            self._state.put_interaction(caller, prefer_agent=agent_id, prefer_until=until, preferred=why)
            key = f"prefer-{caller.id}"
            turn.due(until, PreferenceDue(key=key, interaction_id=caller.id))
            turn.emit(CallerPrefers(interaction_id=caller.id, agent_id=agent_id, why=why.value, until=until))
            return

    def _wanted(self, caller: Interaction, at: datetime) -> Iterator[tuple[Preferred, str, int]]:
        queue = self._state.queue_of(caller)
        found = []
        since = caller.last_talk_at
        recent = since is not None and at - since <= timedelta(days=queue.sticky_days)
        if caller.last_agent is not None and queue.sticky_seconds and recent:
            found.append((Preferred.last_agent, caller.last_agent, queue.sticky_seconds))
        if caller.owner_agent is not None and queue.owner_seconds:
            found.append((Preferred.owner, caller.owner_agent, queue.owner_seconds))
        return reversed(found) if queue.owner_first else iter(found)

    def _gone(self, agent_id: str, caller: Interaction) -> str | None:
        """Why the caller cannot wait for that agent: not that they are busy, but that they are not there."""
        agent = self._state.agents.get(agent_id)
        away = "agent_out" if agent is None else _away(agent)
        demand = demand_of(self._state.queue_of(caller), caller.step, caller.tiers)
        if away is None and unfit(demand, agent_id, ability_of(self._state.profiles.get(agent_id))) is not None:
            return "agent_not_in_queue"
        return away

    # ── when it is over ─────────────────────────────────────────────────────────────────────────────────

    @on(PreferenceDue)
    def _due(self, due: PreferenceDue, turn: Turn) -> None:
        caller = self._state.interactions.get(due.interaction_id)
        if caller is None or caller.state is InteractionState.offered:
            return
        if caller.prefer_until is not None and caller.prefer_until <= turn.at:
            self._end(caller, "waited_long_enough", turn)

    @on(OfferEnded)
    def _offer_ended(self, event: OfferEnded, turn: Turn) -> None:
        """Declined, missed, or the phone failed: the next one may be anybody."""
        caller = self._state.interactions.get(event.interaction_id)
        if caller is not None and caller.prefer_agent == event.agent_id:
            self._end(caller, event.reason, turn)

    def _end(self, caller: Interaction, reason: str, turn: Turn) -> None:
        if caller.preferred is None or caller.prefer_agent is None or caller.ended_at is not None:
            return
        agent_id, why = caller.prefer_agent, caller.preferred.value
        self._state.put_interaction(caller, prefer_agent=None, prefer_until=None, preferred=None)
        turn.cancel(f"prefer-{caller.id}")
        turn.emit(PreferenceEnded(interaction_id=caller.id, agent_id=agent_id, why=why, reason=reason))


def _wants(row: Interaction | None) -> str | None:
    """The agent whom a caller waits for alone as one who comes back."""
    return row.prefer_agent if row is not None and row.preferred is not None and row.ended_at is None else None


def _away(agent: Agent) -> str | None:
    """Also who is going to be, when the call that they have is over."""
    presence = agent.next_presence or agent.presence
    if presence is Presence.out:
        return "agent_out"
    if presence is Presence.paused:
        return "agent_paused"
    return "agent_phone_lost" if agent.device is Reach.lost else None
