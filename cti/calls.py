"""The CallBook: keeps the legs of our calls and the phones from what the switch says, and tells what it means."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from cti.events import (
    AgentLegEnded,
    AgentLegIdle,
    AgentLegRinging,
    AgentLegUp,
    CallerAfter,
    CallerArrived,
    CallerHeld,
    CallerInFallback,
    CallerLeft,
    CallerWaits,
    CallRepaired,
    Joined,
    OrderFailed,
    Parted,
    PhoneChanged,
    SwitchBack,
    SwitchLost,
)
from cti.facts import (
    BridgeEntered,
    BridgeLeft,
    Device,
    DeviceChanged,
    LegAsked,
    LegEnded,
    LegPlaced,
    LegRinging,
    LegStarted,
    LegUp,
    LinkDown,
    OrderDone,
    PickupEnded,
    Place,
    Snapshot,
)
from cti.ids import endpoint_of
from cti.machines import LEG, LegState
from cti.reconcile import repairs
from cti.rows import LegRole, LegRow, PhoneRow
from kernel.handling import Handles, on
from kernel.messages import Due
from kernel.shelf import Shelf
from kernel.turn import Turn

REMEMBERED = timedelta(seconds=60)
"""How long an ended leg is remembered, so that a late fact about it cannot bring it back."""
FADE = "legs-fade"


@dataclass(frozen=True, slots=True, kw_only=True)
class LegsFade(Due):
    """Time to forget legs that ended a while ago."""


class CallBook(Handles):
    """Handler of the engine. Facts that come late, twice or about foreign legs change nothing and are counted."""

    def __init__(self) -> None:
        self.legs: Shelf[LegRow] = Shelf("legs", LegRow, ("linked", "bridge", "endpoint"))
        self.phones: Shelf[PhoneRow] = Shelf("phones", PhoneRow)
        self.ignored: Counter[str] = Counter()

    @property
    def shelves(self) -> tuple[Shelf[Any], ...]:
        return (self.legs, self.phones)

    def alive(self, leg: str) -> bool:
        """Whether the switch has a leg of that id, as far as we know."""
        return self._live(leg) is not None

    def reachable(self, endpoint: str) -> bool:
        """Whether the switch reaches that phone, as far as it said so."""
        phone = self.phones.get(endpoint)
        return phone is not None and phone.reachable

    def engaged(self, endpoint: str) -> bool:
        """Whether that phone rings or talks now, in a call of ours."""
        return any(row.live for row in self.legs.where("endpoint", endpoint))

    # ── legs come, ring, answer and end ─────────────────────────────────────────────────────────────────

    @on(LegAsked)
    def _asked(self, fact: LegAsked, turn: Turn) -> None:
        if fact.leg in self.legs:
            return self._ignore(fact)
        new = LegRow(fact.leg, LegRole.agent, fact.interaction_id, LegState.new, turn.at, endpoint=fact.endpoint)
        self.legs.put(new)

    @on(LegStarted)
    def _started(self, fact: LegStarted, turn: Turn) -> None:
        row = self.legs.get(fact.leg)
        if row is None:
            return self._rung_by_switch(fact, turn)
        if not row.live or row.channel:
            return self._ignore(fact)
        self.legs.put(replace(row, channel=fact.channel, endpoint=fact.endpoint, linked=fact.linked))

    def _rung_by_switch(self, fact: LegStarted, turn: Turn) -> None:
        """A leg that we did not ask for is ours when it belongs to one of our callers."""
        caller = self._caller_of(fact.linked)
        if caller is None:
            return self._ignore(fact)
        first = not self._companions(caller)
        self.legs.put(
            LegRow(
                id=fact.leg,
                role=LegRole.switch,
                interaction_id=caller.interaction_id,
                state=LegState.new,
                since=turn.at,
                channel=fact.channel,
                endpoint=fact.endpoint,
                linked=fact.linked,
            )
        )
        if first:
            self._tell_fallback(caller, turn)

    @on(LegRinging)
    def _rings(self, fact: LegRinging, turn: Turn) -> None:
        row = self._live(fact.leg)
        if row is None or LEG.observe(row.state, "rings") is row.state:
            return self._ignore(fact)
        self.legs.put(replace(row, state=LegState.ringing))
        if row.role is LegRole.agent:
            turn.emit(AgentLegRinging(interaction_id=row.interaction_id, leg=row.id, endpoint=row.endpoint))

    @on(LegUp)
    def _answers(self, fact: LegUp, turn: Turn) -> None:
        row = self._live(fact.leg)
        if row is None or row.state is LegState.up:
            return self._ignore(fact)
        self._answer(row, turn)

    def _answer(self, row: LegRow, turn: Turn) -> LegRow:
        """Also for what only an answered leg can do, when the answer itself was not heard."""
        if row.state is LegState.up:
            return row
        row = self.legs.put(replace(row, state=LEG.observe(row.state, "answers")))
        if row.role is LegRole.agent:
            turn.emit(AgentLegUp(interaction_id=row.interaction_id, leg=row.id, endpoint=row.endpoint))
        return row

    @on(LegEnded)
    def _ends(self, fact: LegEnded, turn: Turn) -> None:
        row = self._live(fact.leg)
        if row is None:
            return self._ignore(fact)
        row = self._leave(row, turn)
        row = self.legs.put(replace(row, state=LEG.observe(row.state, "ends"), ended_at=turn.at))
        if turn.deadlines.get(FADE) is None:
            turn.due(turn.at + REMEMBERED, LegsFade(key=FADE))
        if row.role is LegRole.caller:
            turn.emit(CallerLeft(interaction_id=row.interaction_id, leg=row.id, cause=fact.cause, unseen=fact.unseen))
        else:
            turn.emit(
                AgentLegEnded(
                    interaction_id=row.interaction_id,
                    leg=row.id,
                    endpoint=row.endpoint,
                    cause=fact.cause,
                    stale=row.stale,
                    ours=row.role is LegRole.agent,
                )
            )
        if row.role is LegRole.switch:
            caller = self._caller_of(row.linked)
            if caller is not None and not self._companions(caller):
                self._tell_fallback(caller, turn)

    @on(LegsFade)
    def _fade(self, due: LegsFade, turn: Turn) -> None:
        ended = [row for row in self.legs if row.ended_at is not None]
        for row in ended:
            if row.ended_at is not None and row.ended_at <= turn.at - REMEMBERED:
                self.legs.drop(row.id)
        if any(row.id in self.legs for row in ended):
            turn.due(turn.at + REMEMBERED, LegsFade(key=FADE))

    # ── places in the dialplan kit ──────────────────────────────────────────────────────────────────────

    @on(LegPlaced)
    def _placed(self, fact: LegPlaced, turn: Turn) -> None:
        row = self.legs.get(fact.leg)
        known = row is not None
        if row is None:
            row = self._adopt(fact, turn)
        if fact.place is Place.entered:
            return self._ignore(fact) if known else None
        if not row.live or row.place is fact.place:
            return self._ignore(fact)
        row = self._answer(self._leave(row, turn), turn)
        row = self.legs.put(replace(row, place=fact.place))
        self._tell_place(row, turn)

    def _adopt(self, fact: LegPlaced, turn: Turn) -> LegRow:
        """A leg that we hear of by its place first: a new caller, or one (or an idle agent) from before our start."""
        caller = fact.place is not Place.idle
        row = LegRow(
            id=fact.leg,
            role=LegRole.caller if caller else LegRole.agent,
            interaction_id=fact.interaction_id,
            state=LegState.new,
            since=turn.at,
            channel=fact.channel,
            endpoint=endpoint_of(fact.channel),
            linked=fact.linked or fact.leg,
        )
        self.legs.put(row)
        if caller:
            turn.emit(
                CallerArrived(
                    interaction_id=fact.interaction_id,
                    leg=fact.leg,
                    channel=fact.channel,
                    did=fact.did,
                    language=fact.language,
                    number=fact.number,
                    name=fact.name,
                )
            )
        return row

    def _tell_place(self, row: LegRow, turn: Turn) -> None:
        ids = {"interaction_id": row.interaction_id, "leg": row.id}
        if row.place is Place.waiting:
            turn.emit(CallerWaits(**ids))
        elif row.place is Place.held:
            turn.emit(CallerHeld(**ids))
        elif row.place is Place.after:
            turn.emit(CallerAfter(**ids))
        elif row.place is Place.idle:
            turn.emit(AgentLegIdle(**ids, endpoint=row.endpoint))
        elif row.place is Place.fallback:
            self._tell_fallback(row, turn)

    def _tell_fallback(self, caller: LegRow, turn: Turn) -> None:
        """Where the caller stands in the switch's own queue, while it stands there."""
        if caller.place is Place.fallback and not caller.bridge:
            ringing = bool(self._companions(caller))
            turn.emit(CallerInFallback(interaction_id=caller.interaction_id, leg=caller.id, ringing=ringing))

    @on(PickupEnded)
    def _picked_up(self, fact: PickupEnded, turn: Turn) -> None:
        row = self._live(fact.leg)
        if row is None:
            return self._ignore(fact)
        if fact.result == "STALE":
            self.legs.put(replace(row, stale=True))

    # ── bridges ─────────────────────────────────────────────────────────────────────────────────────────

    @on(BridgeEntered)
    def _entered(self, fact: BridgeEntered, turn: Turn) -> None:
        row = self._live(fact.leg)
        if row is None or row.bridge == fact.bridge:
            return self._ignore(fact)
        if row.bridge:
            row = self._leave(row, turn)
        row = self._answer(row, turn)
        row = self.legs.put(replace(row, bridge=fact.bridge))
        self._join(row, turn)

    def _join(self, row: LegRow, turn: Turn) -> None:
        """Joined only when both were seen entering one bridge."""
        other = self._partner_for(row)
        if other is None:
            return
        self.legs.put(replace(row, partner=other.id))
        self.legs.put(replace(other, partner=row.id))
        caller, agent = (row, other) if row.role is LegRole.caller else (other, row)
        turn.emit(
            Joined(
                interaction_id=caller.interaction_id,
                caller_leg=caller.id,
                agent_leg=agent.id,
                agent_channel=agent.channel,
                endpoint=agent.endpoint,
                ours=agent.role is LegRole.agent,
            )
        )

    def _partner_for(self, row: LegRow) -> LegRow | None:
        wants_caller = row.role is not LegRole.caller
        for other in self.legs.where("bridge", row.bridge):
            if other.id != row.id and not other.partner and (other.role is LegRole.caller) is wants_caller:
                return other
        return None

    @on(BridgeLeft)
    def _left(self, fact: BridgeLeft, turn: Turn) -> None:
        row = self._live(fact.leg)
        if row is None or (row.bridge and row.bridge != fact.bridge):
            return self._ignore(fact)
        if row.bridge:
            self._leave(row, turn)
        elif row.place is not None:  # its entering was not heard; it is not where it was before that
            self.legs.put(replace(row, place=None))

    def _leave(self, row: LegRow, turn: Turn) -> LegRow:
        """Out of its bridge, if it is in one; the place it had before does not count any more."""
        if not row.bridge:
            return row
        partner = self.legs.get(row.partner)
        left = self.legs.put(replace(row, bridge="", partner="", place=None))
        if partner is not None:
            self.legs.put(replace(partner, partner=""))
            caller, agent = (row, partner) if row.role is LegRole.caller else (partner, row)
            turn.emit(
                Parted(
                    interaction_id=caller.interaction_id,
                    caller_leg=caller.id,
                    agent_leg=agent.id,
                    endpoint=agent.endpoint,
                )
            )
        return left

    # ── phones, orders and the link ─────────────────────────────────────────────────────────────────────

    @on(DeviceChanged)
    def _device(self, fact: DeviceChanged, turn: Turn) -> None:
        old = self.phones.get(fact.endpoint)
        if old is not None and old.device is fact.device:
            return self._ignore(fact)
        new = self.phones.put(PhoneRow(fact.endpoint, fact.device))
        if old is None or old.reachable is not new.reachable:
            turn.emit(PhoneChanged(endpoint=new.id, reachable=new.reachable))

    @on(OrderDone)
    def _order_done(self, fact: OrderDone, turn: Turn) -> None:
        if not fact.ok:
            turn.emit(
                OrderFailed(
                    order_id=fact.order_id,
                    message=fact.message,
                    unknown=fact.unknown,
                    interaction_id=fact.interaction_id,
                )
            )

    @on(LinkDown)
    def _link_down(self, fact: LinkDown, turn: Turn) -> None:
        turn.emit(SwitchLost(reason=fact.reason))

    @on(Snapshot)
    def _snapshot(self, fact: Snapshot, turn: Turn) -> None:
        """Feed the difference to what we know as the facts that we must have missed."""
        for leg in fact.legs:
            if leg.leg in self.legs and not self.alive(leg.leg):
                self.legs.drop(leg.leg)
        for repair in repairs({row.id: row for row in self.legs if row.live}, fact):
            turn.emit(
                CallRepaired(leg=repair.leg, interaction_id=repair.interaction_id, repair=type(repair.fact).__name__)
            )
            self.handle(repair.fact, turn)
        self._tell_who_is_astray(turn)
        listed = dict(fact.devices)
        for endpoint in sorted({phone.id for phone in self.phones} | set(listed)):
            device = listed.get(endpoint, Device.lost)
            known = self.phones.get(endpoint)
            if known is None or known.device is not device:
                self._device(DeviceChanged(endpoint=endpoint, device=device), turn)
        turn.emit(SwitchBack(switch_version=fact.switch_version))

    def _tell_who_is_astray(self, turn: Turn) -> None:
        """Of callers who stood there before the outage too: the order to bring them back may be lost with the link."""
        told = {event.leg for event in turn.events if isinstance(event, CallerInFallback | CallerAfter)}
        for row in (one for one in self.legs if one.live and one.id not in told):
            if row.place is Place.after or (row.place is Place.fallback and not self._companions(row)):
                self._tell_place(row, turn)

    # ── questions ───────────────────────────────────────────────────────────────────────────────────────

    def _live(self, leg: str) -> LegRow | None:
        row = self.legs.get(leg)
        return row if row is not None and row.live else None

    def _caller_of(self, linked: str) -> LegRow | None:
        for row in self.legs.where("linked", linked):
            if row.role is LegRole.caller and row.live:
                return row
        return None

    def _companions(self, caller: LegRow) -> list[LegRow]:
        """Live legs that the switch rings by itself for this caller."""
        return [row for row in self.legs.where("linked", caller.linked) if row.role is LegRole.switch and row.live]

    def _ignore(self, fact: object) -> None:
        self.ignored[type(fact).__name__] += 1
