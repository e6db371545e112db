"""Sends callers on whom their queue cannot serve soon, or not at all: its overflow tiers, and its rules for when nobody
is there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from cti.events import SwitchBack
from kernel.handling import Handles, on
from kernel.messages import Due, Event, Message
from kernel.turn import Turn
from routing.attempts import Outcome
from routing.destinations import reachable, send_on
from routing.dialling import TrunkConfigured
from routing.expectation import Expectations
from routing.headcount import Headcount
from routing.messages import CallerMoved, InteractionEnded, InteractionQueued, StintJoined
from routing.opening import HoursTurned
from routing.outlook import level
from routing.outside import OutsideEnded
from routing.overflowlines import Line, Lines, movable
from routing.queuerows import Queue
from routing.rows import Interaction, InteractionState
from routing.setupmessages import ChangeSetUp
from routing.state import State
from routing.tiers import LEFT, REFUSED, Factor, Lack, Tier, When, kept, leads_away, unfired, watched

AGAIN = timedelta(seconds=10)
"""How often the expected wait is reckoned again where nothing happens that changes it but the time."""
RETRY = timedelta(seconds=60)
"""After which somebody may be sent again to a number that was not reached."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TierTaken(Event):
    """A tier of a queue's overflow has come for a caller: the `tier`th, from 0 on. `to` is the kind of its destination,
    or groups."""

    interaction_id: str
    queue_id: str
    tier: int
    when: str
    to: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TierDue(Due):
    """A caller has waited long enough for a tier of their queue, or to leave one without anybody."""

    interaction_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RetryDue(Due):
    """A caller may be sent again where they were not taken."""

    interaction_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LackDue(Due):
    """Something has been missing in a queue for so long that callers go elsewhere."""

    queue_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpectDue(Due):
    """Time to reckon again how long callers of a queue will wait."""

    queue_id: str


class Overflow(Handles):
    """Looks at callers before they are offered to anybody: who is offered already is left alone until that is over.

    What makes a tier come true is either in the rows of a caller and a queue, then it is looked at when those change;
    or the time, then a deadline wakes it; or a reckoning (the expected wait), then it is done at messages that a replay
    has too."""

    def __init__(self, state: State, expectations: Expectations) -> None:
        self._state = state
        self._expectations = expectations
        self._heads = Headcount(state)
        self._lines = Lines(state)
        self._queues: set[str] = set()
        self._lacking: set[str] = set()
        self._reckon: dict[str, int] = {}

    # ── what happens ────────────────────────────────────────────────────────────────────────────────────

    @on(TierDue)
    def _tier_due(self, due: TierDue, turn: Turn) -> None:
        self._lines.look_again(due.interaction_id)

    @on(LackDue)
    def _lack_due(self, due: LackDue, turn: Turn) -> None:
        self._queues.add(due.queue_id)
        self._lacking.add(due.queue_id)
        lack = self._state.lacks.get(due.queue_id)
        if lack is not None:
            self._await(lack, turn)

    @on(ExpectDue)
    def _expect_due(self, due: ExpectDue, turn: Turn) -> None:
        self._look_ahead(due.queue_id, turn)

    @on(InteractionQueued, CallerMoved, StintJoined, InteractionEnded)
    def _came_or_went(self, event: Message, turn: Turn) -> None:
        caller = self._state.interactions.get(getattr(event, "interaction_id", None))
        if caller is not None:
            self._look_ahead(caller.queue_id, turn)
        if isinstance(event, CallerMoved | InteractionEnded):
            turn.cancel(f"retry-{event.interaction_id}")

    def _look_ahead(self, queue_id: str, turn: Turn) -> None:
        """At what is reckoned too."""
        self._reckon[queue_id] = turn.seq
        self._queues.add(queue_id)

    @on(OutsideEnded)
    def _came_to_nothing(self, event: OutsideEnded, turn: Turn) -> None:
        caller = self._state.interactions.get(event.interaction_id)
        if caller is not None and caller.ended_at is None and caller.tiers and event.outcome != Outcome.reached.value:
            turn.due(turn.at + RETRY, RetryDue(key=f"retry-{caller.id}", interaction_id=caller.id))

    @on(RetryDue)
    def _retry(self, due: RetryDue, turn: Turn) -> None:
        """Whoever is here still was taken nowhere."""
        caller = self._state.interactions.get(due.interaction_id)
        if caller is not None and caller.ended_at is None and self._state.outside_of(caller.id) is None:
            queue = self._state.queue_of(caller)
            self._state.put_interaction(caller, tiers=kept(queue, caller.tiers))

    @on(HoursTurned, TrunkConfigured, ChangeSetUp)
    def _way_may_be_open(self, event: Message, turn: Turn) -> None:
        """Where nobody could be sent they may be sent now; nothing else makes it so, so nothing asks in between."""
        for queue in self._state.queues:
            line = self._lines.of(queue.id)
            if line is not None and leads_away(queue):
                self._look_ahead(queue.id, turn)
                for rank in line.order:
                    self._lines.look_again(rank[-1])

    @on(SwitchBack)
    def _switch_back(self, event: SwitchBack, turn: Turn) -> None:
        """What came while the switch could not be told of it."""
        for caller in self._state.interactions.where("state", InteractionState.queued):
            self._lines.look_again(caller.id)
            self._look_ahead(caller.queue_id, turn)

    def look(self, turn: Turn) -> None:
        """Whom something has come true for goes. Before each matching."""
        for lack in self._heads.look(turn.at):
            self._await(lack, turn)
            self._queues.add(lack.id)
            self._lacking.add(lack.id)
        if not self._state.line_up:
            return
        while True:
            for caller_id in self._lines.touched():
                self._look_at(caller_id, turn)
            queues, self._queues = sorted(self._queues), set()
            for queue_id in queues:
                self._look_at_queue(queue_id, turn)
            if not self._lines.waits and not self._queues:
                break
        self._reckon.clear()

    # ── a caller ────────────────────────────────────────────────────────────────────────────────────────

    def _look_at(self, caller_id: str, turn: Turn) -> None:
        caller = self._state.interactions.get(caller_id)
        if caller is None or not movable(self._state, caller):
            return self._lines.remove(caller_id)
        queue = self._state.queue_of(caller)
        if not watched(queue):
            self._lines.remove(caller_id)
            return turn.cancel(f"tier-{caller_id}")
        self._lines.file(caller, queue)
        if not self._empty(caller, queue, turn):
            self._tiers(caller, queue, turn)

    def _empty(self, caller: Interaction, queue: Queue, turn: Turn) -> bool:
        """Whether the caller went since nobody is there."""
        rules, since = queue.empty, caller.in_queue_since or turn.at
        if REFUSED not in caller.tiers and since == turn.at and caller.answered_at is None:
            for factor in rules.join:
                if self._since(queue, factor) is not None:
                    return self._go(caller, REFUSED, f"join_{factor.value}", turn)
        if LEFT not in caller.tiers:
            for factor in rules.leave:
                began = self._since(queue, factor)
                if began is not None and turn.at >= max(began, since) + timedelta(seconds=rules.grace_seconds):
                    return self._go(caller, LEFT, f"empty_{factor.value}", turn)
        return False

    def _go(self, caller: Interaction, mark: int, reason: str, turn: Turn) -> bool:
        """Where that leads nowhere they wait, as if there were no rule."""
        rules = self._state.queue_of(caller).empty
        to = rules.join_to if mark == REFUSED else rules.leave_to
        if not reachable(self._state, caller.queue_id, to, turn.at):
            return False
        marked = self._state.put_interaction(caller, tiers=(*caller.tiers, mark))
        return send_on(self._state, marked, to, reason, turn)

    def _tiers(self, caller: Interaction, queue: Queue, turn: Turn) -> None:
        for nth, tier in unfired(queue, caller.tiers):
            now = self._state.interactions[caller.id]
            if self._holds(tier, queue, now, turn.at) and self._fire(now, nth, tier, turn):
                return
        self._again(self._state.interactions[caller.id], queue, turn)

    def _holds(self, tier: Tier, queue: Queue, caller: Interaction, at: datetime) -> bool:
        """Whether the time of a tier has come; what is reckoned is not looked at here."""
        seconds = timedelta(seconds=tier.seconds)
        if tier.when is When.waited:
            return at >= (caller.in_queue_since or at) + seconds
        if tier.when is When.nobody_ready:
            since = self._since(queue, Factor.nobody_ready)
            return since is not None and at >= since + seconds
        return tier.when is When.service_level and self._below(tier, queue)

    def _fire(self, caller: Interaction, nth: int, tier: Tier, turn: Turn) -> bool:
        """Whether the caller went. Nothing has come for them where they cannot be sent yet."""
        if not self._can_go(caller.queue_id, tier, turn):
            return False
        taken = self._state.put_interaction(caller, tiers=(*caller.tiers, nth))
        to = tier.to.kind.value if tier.to is not None else "groups"
        ids = {"interaction_id": caller.id, "queue_id": caller.queue_id}
        turn.emit(TierTaken(**ids, tier=nth, when=tier.when.value, to=to))
        return tier.to is not None and send_on(self._state, taken, tier.to, f"overflow_{tier.when.value}", turn)

    def _can_go(self, queue_id: str, tier: Tier, turn: Turn) -> bool:
        return tier.to is None or reachable(self._state, queue_id, tier.to, turn.at)

    def _again(self, caller: Interaction, queue: Queue, turn: Turn) -> None:
        """Wake up when the next of what only waits for the time has come; what has come and leads nowhere yet waits for
        another message."""
        since, key = caller.in_queue_since or turn.at, f"tier-{caller.id}"
        left = unfired(queue, caller.tiers)
        times = [since + timedelta(seconds=tier.seconds) for _, tier in left if tier.when is When.waited]
        if LEFT not in caller.tiers:
            grace = timedelta(seconds=queue.empty.grace_seconds)
            began = (self._since(queue, factor) for factor in queue.empty.leave)
            times += [max(one, since) + grace for one in began if one is not None]
        times = [one for one in times if one > turn.at]
        if times:
            turn.due(min(times), TierDue(key=key, interaction_id=caller.id))
        else:
            turn.cancel(key)

    # ── a queue ─────────────────────────────────────────────────────────────────────────────────────────

    def _since(self, queue: Queue, factor: Factor) -> datetime | None:
        lack = self._state.lacks.get(queue.id)
        return None if lack is None else lack.since(factor)

    def _look_at_queue(self, queue_id: str, turn: Turn) -> None:
        queue, line = self._state.queues.get(queue_id), self._lines.of(queue_id)
        if queue is None or line is None:
            return
        if queue_id in self._lacking:
            self._leave(queue, line, turn)
        for nth, tier in enumerate(queue.overflow):
            if not self._can_go(queue_id, tier, turn):
                continue
            if tier.when is When.expected_wait:
                if self._reckon.get(queue_id) == turn.seq:
                    self._reckon_all(queue, nth, tier, turn)
            elif tier.when is not When.waited and self._holds_for_all(tier, queue, turn.at):
                for caller_id in line.left(nth):
                    self._look_at(caller_id, turn)

    def _leave(self, queue: Queue, line: Line, turn: Turn) -> None:
        """Who came since then has a deadline of their own."""
        self._lacking.discard(queue.id)
        rules = queue.empty
        if not reachable(self._state, queue.id, rules.leave_to, turn.at):
            return
        if any(self._over(self._since(queue, one), rules.grace_seconds, turn.at) for one in rules.leave):
            for caller_id in line.left(LEFT):
                self._look_at(caller_id, turn)

    def _holds_for_all(self, tier: Tier, queue: Queue, at: datetime) -> bool:
        if tier.when is When.nobody_ready:
            return self._over(self._since(queue, Factor.nobody_ready), tier.seconds, at)
        return self._below(tier, queue)

    def _below(self, tier: Tier, queue: Queue) -> bool:
        recent = self._state.recent.get(queue.id)
        found = level(recent.waits, tier.seconds) if recent is not None else None
        return found is not None and found < tier.percent

    @staticmethod
    def _over(since: datetime | None, seconds: int, at: datetime) -> bool:
        return since is not None and at >= since + timedelta(seconds=seconds)

    def _reckon_all(self, queue: Queue, nth: int, tier: Tier, turn: Turn) -> None:
        """The further behind, the longer the wait: it is looked at from the end on, until one waits for less."""
        while (caller_id := self._lines.last(queue.id, nth)) is not None:
            caller = self._state.interactions[caller_id]
            seconds = self._expectations.of(caller, turn.at).seconds
            if seconds is None or seconds < tier.seconds:
                turn.due(turn.at + AGAIN, ExpectDue(key=f"expect-{queue.id}", queue_id=queue.id))
                return
            self._fire(caller, nth, tier, turn)
            self._look_at(caller_id, turn)

    def _await(self, lack: Lack, turn: Turn) -> None:
        """Wake up when something has been missing for so long that those who wait go. A deadline that has come stands
        until its own turn, which sets the next: a start looks at every queue, a replay has no starts."""
        key, queue = f"lack-{lack.id}", self._state.queues.get(lack.id)
        standing = turn.deadlines.get(key)
        if standing is not None and standing.at <= turn.at:
            return
        times = sorted(one for one in _ends(queue, lack) if one > turn.at) if queue is not None else []
        if not times:
            turn.cancel(key)
        elif standing is None or standing.at != times[0]:
            turn.due(times[0], LackDue(key=key, queue_id=lack.id))


def _ends(queue: Queue, lack: Lack) -> Iterator[datetime]:
    for tier in queue.overflow:
        if tier.when is When.nobody_ready and lack.nobody_ready is not None:
            yield lack.nobody_ready + timedelta(seconds=tier.seconds)
    for factor in queue.empty.leave:
        since = lack.since(factor)
        if since is not None:
            yield since + timedelta(seconds=queue.empty.grace_seconds)
