"""Tells callers who wait where they stand and how long it may take: never a worse figure than they were told before,
never while somebody is asked to take them."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from math import ceil

from cti.events import CallerHeard, CallerInFallback, CallerWaits, Joined, LegOrdered, OrderFailed, SwitchBack
from cti.orders import HushCaller, SayToCaller
from kernel.handling import Handles, on
from kernel.messages import Due, Event
from kernel.turn import Turn
from routing.announcements import MAX_LENGTH, NEXT, PLACE, WAIT, WAIT_SHORT, Announce, Told
from routing.expectation import Expectations
from routing.messages import CallerMoved, InteractionEnded, InteractionQueued, OfferMade
from routing.rows import Interaction, InteractionState
from routing.state import State

SAY = "say"
"""What the ids of sayings begin with."""
SETTLE = timedelta(seconds=2)
"""So long nothing is said to somebody who has just come to wait: they may be offered to somebody at once."""
PUT_OFF = timedelta(seconds=4)
LOST = timedelta(minutes=3)
"""After which a saying is over, whatever the switch says or does not say."""
MINUTES = (*range(2, 11), 12, 15, 20, 25, 30, 40, 50, 60, 90, 120)
"""Waits that are said, always the next longer one; beyond the last nothing is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CallerTold(Event):
    """What a caller is being told, under the name `step`: announcements by their ids, the figures in them, and the
    pieces that are played. CallerHeard says what became of it."""

    interaction_id: str
    queue_id: str
    step: str
    announcements: tuple[str, ...]
    sounds: tuple[str, ...]
    position: int | None = None
    minutes: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AnnounceDue(Due):
    """Time to tell a caller something, if there is anything to tell."""

    interaction_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldDue(Due):
    """The switch never told us that something said has ended."""

    interaction_id: str
    step: str


@dataclass(frozen=True, slots=True)
class Words:
    """What is to be said: `welcome`, or figures; None: that one is not."""

    welcome: str | None = None
    position: int | None = None
    minutes: int | None = None


def in_minutes(seconds: float | None) -> int | None:
    """A wait as it is said: 0 is less than a minute; None where nothing sensible can be."""
    if seconds is None:
        return None
    if seconds < 60:
        return 0
    step = bisect_left(MINUTES, ceil(seconds / 60))
    return MINUTES[step] if step < len(MINUTES) else None


def next_words(announce: Announce, told: Told, position: int, seconds: float | None) -> Words | None:
    """What a caller is told next, None: nothing. A figure is said when it is better than what was said, or as good
    where that was not heard to its end."""
    if announce.welcome is not None and not told.welcomed:
        return Words(welcome=announce.welcome)
    place = position if announce.position and _better(position, told.position, told.heard) else None
    wait = in_minutes(seconds) if announce.wait else None
    minutes = wait if wait is not None and _better(wait, told.minutes, told.heard) else None
    return None if place is None and minutes is None else Words(position=place, minutes=minutes)


def _better(now: int, said: int | None, heard: bool) -> bool:
    return said is None or now < said or (now == said and not heard)


class Announcing(Handles):
    """Comes after Offers: whoever can be served is, and hears nothing."""

    def __init__(self, state: State, expectations: Expectations) -> None:
        self._state = state
        self._expectations = expectations

    # ── when ────────────────────────────────────────────────────────────────────────────────────────────

    @on(InteractionQueued, CallerMoved, CallerWaits)
    def _waits(self, event: InteractionQueued | CallerMoved | CallerWaits, turn: Turn) -> None:
        caller = self._state.interactions.get(event.interaction_id)
        if caller is None:
            return
        if isinstance(event, CallerWaits):  # the switch has begun their wait anew: nothing is being said
            caller = self._not_heard(caller, turn)
        plan(self._state, caller, turn)

    @on(SwitchBack)
    def _switch_back(self, event: SwitchBack, turn: Turn) -> None:
        for caller in list(self._state.interactions.where("state", InteractionState.queued)):
            plan(self._state, caller, turn)

    @on(CallerInFallback, Joined)
    def _waits_no_more(self, event: CallerInFallback | Joined, turn: Turn) -> None:
        caller = self._state.interactions.get(event.interaction_id)
        if caller is not None:
            self._not_heard(caller, turn)
        turn.cancel(_key(event.interaction_id))

    @on(InteractionEnded)
    def _ended(self, event: InteractionEnded, turn: Turn) -> None:
        turn.cancel(_key(event.interaction_id))
        turn.cancel(f"told-{event.interaction_id}")

    @on(OfferMade, LegOrdered)
    def _offered(self, event: OfferMade | LegOrdered, turn: Turn) -> None:
        """Whoever is about to be talked to is told nothing any more: an agent's phone or an outside number rings."""
        caller = self._state.interactions.get(event.interaction_id)
        if caller is None or caller.told.step is None:
            return
        self._not_heard(caller, turn)
        turn.send(HushCaller(order_id=turn.new_id("hush"), caller_channel=caller.channel, interaction_id=caller.id))

    # ── what became of it ───────────────────────────────────────────────────────────────────────────────

    @on(CallerHeard)
    def _heard(self, event: CallerHeard, turn: Turn) -> None:
        """What the switch cannot play is not said again as it is."""
        self._over(event.interaction_id, event.step, event.done or event.missing, turn)

    @on(ToldDue)
    def _lost(self, due: ToldDue, turn: Turn) -> None:
        self._over(due.interaction_id, due.step, False, turn)

    @on(OrderFailed)
    def _failed(self, event: OrderFailed, turn: Turn) -> None:
        if not event.unknown and event.order_id.startswith(f"{SAY}-"):
            self._over(event.interaction_id, event.order_id, False, turn)

    def _over(self, interaction_id: str | None, step: str, heard: bool, turn: Turn) -> None:
        caller = self._state.interactions.get(interaction_id)
        if caller is None or caller.told.step != step:
            return
        turn.cancel(f"told-{caller.id}")
        told = replace(caller.told, step=None, heard=heard)
        plan(self._state, self._state.put_interaction(caller, told=told), turn)

    def _not_heard(self, caller: Interaction, turn: Turn) -> Interaction:
        if caller.told.step is None:
            return caller
        turn.cancel(f"told-{caller.id}")
        return self._state.put_interaction(caller, told=replace(caller.told, step=None, heard=False))

    # ── what ────────────────────────────────────────────────────────────────────────────────────────────

    @on(AnnounceDue)
    def _due(self, due: AnnounceDue, turn: Turn) -> None:
        """Put off while somebody is asked to take the caller or something is being said; without a link until that is
        back."""
        caller = self._state.interactions.get(due.interaction_id)
        if caller is None or not _waits_first(caller) or not self._state.line_up:
            return
        if not _undisturbed(self._state, caller):
            _set(caller, turn.at + PUT_OFF, turn)
            return
        announce = self._state.queue_of(caller).announce
        expected = self._expectations.of(caller, turn.at)
        words = next_words(announce, caller.told, expected.ahead + 1, expected.seconds)
        if words is not None:
            self._say(caller, words, turn)
        again = announce.every_seconds if words is None or words.welcome is None else announce.first_seconds
        _set(caller, turn.at + max(SETTLE, timedelta(seconds=again)), turn)

    def _say(self, caller: Interaction, words: Words, turn: Turn) -> None:
        """What is too long for one saying waits for the next; what has no sounds counts as said."""
        ids: list[str] = []
        sounds: list[str] = []
        for id, more in self._sounds(caller, words):
            if len("&".join((*sounds, *more))) <= MAX_LENGTH:
                ids.append(id)
                sounds += more
        step = turn.new_id(SAY)
        position = words.position if {NEXT, PLACE} & set(ids) else None
        minutes = words.minutes if {WAIT, WAIT_SHORT} & set(ids) else None
        told = caller.told
        said = Told(
            position=told.position if position is None else position,
            minutes=told.minutes if minutes is None else minutes,
            heard=not sounds,
            welcomed=told.welcomed or words.welcome is not None,
            step=step if sounds else None,
            count=told.count + 1,
        )
        self._state.put_interaction(caller, told=said)
        if not sounds:
            return
        turn.due(turn.at + LOST, ToldDue(key=f"told-{caller.id}", interaction_id=caller.id, step=step))
        turn.emit(
            CallerTold(
                interaction_id=caller.id,
                queue_id=caller.queue_id,
                step=step,
                announcements=tuple(ids),
                sounds=tuple(sounds),
                position=position,
                minutes=minutes,
            )
        )
        turn.send(
            SayToCaller(
                order_id=step,
                caller_channel=caller.channel,
                interaction_id=caller.id,
                step=step,
                sounds=tuple(sounds),
            )
        )

    def _sounds(self, caller: Interaction, words: Words) -> Iterator[tuple[str, tuple[str, ...]]]:
        """Each announcement, and what is played of it."""
        if words.welcome is not None:
            yield words.welcome, self._state.sounds_of(words.welcome, caller.language)
        if words.position is not None:
            id = NEXT if words.position == 1 else PLACE
            yield id, self._state.sounds_of(id, caller.language, position=words.position)
        if words.minutes is not None:
            id = WAIT if words.minutes else WAIT_SHORT
            yield id, self._state.sounds_of(id, caller.language, minutes=words.minutes)


def _waits_first(caller: Interaction) -> bool:
    """Whether they wait and have not talked yet. Whose talk broke off waits for one agent, or goes before all: figures
    would only confuse them."""
    waits = caller.state in (InteractionState.queued, InteractionState.offered)
    return waits and caller.answered_at is None and not caller.front


def _undisturbed(state: State, caller: Interaction) -> bool:
    """Whether nobody is asked to take them, and nothing is being said."""
    queued = caller.state is InteractionState.queued
    return queued and caller.told.step is None and not state.is_rung_for(caller.id)


def plan(state: State, caller: Interaction, turn: Turn) -> None:
    """When the caller is told something next, unless that is known already."""
    announce = state.queue_of(caller).announce
    if not announce.anything or not _waits_first(caller):
        turn.cancel(_key(caller.id))
    elif turn.deadlines.get(_key(caller.id)) is None:
        begun = caller.told.count > 0 or announce.welcome is not None
        since = caller.queued_at or turn.at
        first = since if begun else since + timedelta(seconds=announce.first_seconds)
        _set(caller, max(turn.at + SETTLE, first), turn)


def plan_all(state: State, queue_id: str, turn: Turn) -> None:
    """What a queue tells its callers is something else now."""
    for caller in list(state.interactions.where("state", InteractionState.queued)):
        if caller.queue_id == queue_id:
            plan(state, caller, turn)


def _set(caller: Interaction, at: datetime, turn: Turn) -> None:
    turn.due(at, AnnounceDue(key=_key(caller.id), interaction_id=caller.id))


def _key(interaction_id: str) -> str:
    return f"announce-{interaction_id}"
