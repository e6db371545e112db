"""The life of a leg: ordered, asked for, come to be, ringing, answered, ended; and legs that come when nobody waits."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta

from cti.book import Book
from cti.events import (
    AgentLegEnded,
    AgentLegRinging,
    CallerLeft,
    CustomerDialled,
    CustomerRinging,
    LegOrdered,
    LegUnwanted,
    StrayLeg,
)
from cti.facts import LegAsked, LegEnded, LegRinging, LegStarted, LegUp
from cti.ids import is_dialled, is_ours
from cti.machines import LEG, LegState
from cti.rows import LegRole, LegRow
from kernel.handling import Handles, on
from kernel.messages import Due
from kernel.turn import Turn

REMEMBERED = timedelta(seconds=30)
"""How long an ended leg is remembered, so that a late fact about it cannot bring it back."""
SWEEP = timedelta(seconds=5)
"""How often those that ended longer ago are forgotten: a few at a time, so that no turn has thousands to drop."""
FADE = "legs-fade"
NEVER_CAME = timedelta(seconds=60)
"""How long a leg may be asked for without a channel, whatever became of its order: longer than an order can take."""
UNKNOWN_ENDS = timedelta(seconds=5)
"""The same, once its order ended and nobody can say whether it happened."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LegsFade(Due):
    """Time to forget legs that ended a while ago."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LegNeverCameDue(Due):
    """A leg was asked for, and its channel should have come by now."""

    leg: str


def await_channel(leg: str, within: timedelta, turn: Turn) -> None:
    """Give up on the leg when its channel does not come in time."""
    turn.due(turn.at + within, LegNeverCameDue(key=f"came-{leg}", leg=leg))


class Legs(Handles):
    """Facts about a leg as such."""

    def __init__(self, book: Book) -> None:
        self._book = book

    @on(LegOrdered)
    def _ordered(self, event: LegOrdered, turn: Turn) -> None:
        """Before it is sent: so a leg is known from the commit that orders it on, whatever dies in between."""
        if event.leg not in self._book.legs:
            self._new(event, LegState.asked, turn)

    @on(LegAsked)
    def _asked(self, fact: LegAsked, turn: Turn) -> None:
        row = self._book.legs.get(fact.leg)
        if row is None:
            self._new(fact, LegState.new, turn)
        elif row.state is LegState.asked:
            self._book.legs.put(replace(row, state=LEG.observe(row.state, "sent")))
        else:
            self._book.ignore(fact)

    def _new(self, one: LegOrdered | LegAsked, state: LegState, turn: Turn) -> None:
        role = LegRole.dialled if one.dialled else LegRole.agent
        self._book.legs.put(LegRow(one.leg, role, one.interaction_id, state, turn.at, endpoint=one.endpoint))
        await_channel(one.leg, NEVER_CAME, turn)

    @on(LegStarted)
    def _started(self, fact: LegStarted, turn: Turn) -> None:
        row = self._book.legs.get(fact.leg)
        if row is None:
            return self._stray(fact, None, turn) if is_ours(fact.leg) else self._rung_by_switch(fact, turn)
        if row.channel:
            return self._book.ignore(fact)
        if not row.live:
            return self._stray(fact, row, turn)
        state = LegState.new if row.state is LegState.asked else row.state
        self._book.legs.put(replace(row, state=state, channel=fact.channel, endpoint=fact.endpoint, linked=fact.linked))
        turn.cancel(f"came-{row.id}")
        if row.role is LegRole.dialled:
            turn.emit(CustomerDialled(interaction_id=row.interaction_id, leg=row.id, channel=fact.channel))

    def _stray(self, fact: LegStarted, before: LegRow | None, turn: Turn) -> None:
        """A leg of ours that was given up (`before`), or of which we know nothing any more, comes after all."""
        interaction_id = before.interaction_id if before is not None else ""
        dialled = before.role is LegRole.dialled if before is not None else is_dialled(fact.leg)
        self._book.legs.put(_row(fact, LegRole.dialled if dialled else LegRole.agent, interaction_id, turn))
        about = {"leg": fact.leg, "endpoint": fact.endpoint, "channel": fact.channel}
        turn.emit(StrayLeg(interaction_id=interaction_id, dialled=dialled, **about))

    def _rung_by_switch(self, fact: LegStarted, turn: Turn) -> None:
        """A leg that we did not ask for is ours when it belongs to one of our callers."""
        caller = self._book.caller_of(fact.linked)
        if caller is None:
            return self._book.ignore(fact)
        first = not self._book.companions(caller)
        self._book.legs.put(_row(fact, LegRole.switch, caller.interaction_id, turn))
        if first:
            self._book.tell_fallback(caller, turn)

    @on(LegRinging)
    def _rings(self, fact: LegRinging, turn: Turn) -> None:
        row = self._book.live(fact.leg)
        if row is None or LEG.observe(row.state, "rings") is row.state:
            return self._book.ignore(fact)
        self._book.legs.put(replace(row, state=LegState.ringing))
        if row.role is LegRole.agent:
            turn.emit(AgentLegRinging(interaction_id=row.interaction_id, leg=row.id, endpoint=row.endpoint))
        elif row.role is LegRole.dialled:
            turn.emit(CustomerRinging(interaction_id=row.interaction_id, leg=row.id))

    @on(LegUp)
    def _answers(self, fact: LegUp, turn: Turn) -> None:
        row = self._book.live(fact.leg)
        if row is None or row.state is LegState.up:
            return self._book.ignore(fact)
        self._book.answer(row, turn)

    @on(LegUnwanted)
    def _unwanted(self, event: LegUnwanted, turn: Turn) -> None:
        row = self._book.live(event.leg)
        if row is not None:
            self._book.legs.put(replace(row, stale=True))

    @on(LegNeverCameDue)
    def _never_came(self, due: LegNeverCameDue, turn: Turn) -> None:
        row = self._book.live(due.leg)
        if row is not None and not row.channel:
            self._ends(LegEnded(leg=row.id, cause=0, text="it never came", unseen=True), turn)

    @on(LegEnded)
    def _ends(self, fact: LegEnded, turn: Turn) -> None:
        row = self._book.live(fact.leg)
        if row is None:
            return self._book.ignore(fact)
        row = self._book.leave(row)
        row = self._book.legs.put(replace(row, state=LEG.observe(row.state, "ends"), ended_at=turn.at))
        turn.cancel(f"came-{row.id}")
        if turn.deadlines.get(FADE) is None:
            turn.due(turn.at + SWEEP, LegsFade(key=FADE))
        self._tell_end(row, fact, turn)
        if row.role is LegRole.switch:
            caller = self._book.caller_of(row.linked)
            if caller is not None and not self._book.companions(caller):
                self._book.tell_fallback(caller, turn)

    @staticmethod
    def _tell_end(row: LegRow, fact: LegEnded, turn: Turn) -> None:
        if row.outside:
            turn.emit(CallerLeft(interaction_id=row.interaction_id, leg=row.id, cause=fact.cause, unseen=fact.unseen))
            return
        turn.emit(
            AgentLegEnded(
                interaction_id=row.interaction_id,
                leg=row.id,
                endpoint=row.endpoint,
                cause=fact.cause,
                stale=row.stale,
                ours=row.role is LegRole.agent,
                unseen=fact.unseen,
            )
        )

    @on(LegsFade)
    def _fade(self, due: LegsFade, turn: Turn) -> None:
        ended = self._book.legs.where("live", False)
        for row in ended:
            if row.ended_at is not None and row.ended_at <= turn.at - REMEMBERED:
                self._book.legs.drop(row.id)
        if any(row.id in self._book.legs for row in ended):
            turn.due(turn.at + SWEEP, LegsFade(key=FADE))


def _row(fact: LegStarted, role: LegRole, interaction_id: str, turn: Turn) -> LegRow:
    return LegRow(
        id=fact.leg,
        role=role,
        interaction_id=interaction_id,
        state=LegState.new,
        since=turn.at,
        channel=fact.channel,
        endpoint=fact.endpoint,
        linked=fact.linked,
    )
