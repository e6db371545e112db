"""The CallBook: keeps the legs of our calls and the phones from what the switch says, and tells what it means."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from cti.book import Book
from cti.events import (
    CallerAfter,
    CallerInFallback,
    CallRepaired,
    OrderFailed,
    PhoneChanged,
    SwitchBack,
    SwitchLost,
)
from cti.facts import Device, DeviceChanged, LinkDown, OrderDone, Place, Snapshot
from cti.legs import UNKNOWN_ENDS, Legs, await_channel
from cti.machines import LEG, LegState
from cti.orders import TakeOrders
from cti.places import Places
from cti.reconcile import repairs
from cti.rows import PhoneRow
from kernel.handling import Handles, on
from kernel.messages import Message
from kernel.shelf import Shelf
from kernel.turn import Turn


class CallBook(Handles):
    """Handler of the engine. Facts that come late, twice or about foreign legs change nothing and are counted."""

    def __init__(self) -> None:
        self._book = Book()
        self._places = Places(self._book)
        self._parts = (Legs(self._book), self._places)
        self.legs, self.phones, self.ignored = self._book.legs, self._book.phones, self._book.ignored
        self.alive, self.reachable = self._book.alive, self._book.reachable
        self.in_use, self.partner = self._book.in_use, self._book.partner
        self.on_hold, self.ours = self._book.on_hold, self._book.ours
        self.follow_phones = self._book.follow_phones

    @property
    def shelves(self) -> tuple[Shelf[Any], ...]:
        return self._book.shelves

    def handle(self, message: Message, turn: Turn) -> None:
        for part in self._parts:
            part.handle(message, turn)
        super().handle(message, turn)

    @on(DeviceChanged)
    def _device(self, fact: DeviceChanged, turn: Turn) -> None:
        old = self.phones.get(fact.endpoint)
        if old is not None and old.device is fact.device:
            return self._book.ignore(fact)
        new = self.phones.put(PhoneRow(fact.endpoint, fact.device))
        if old is None or old.reachable is not new.reachable:
            turn.emit(PhoneChanged(endpoint=new.id, reachable=new.reachable))

    @on(OrderDone)
    def _order_done(self, fact: OrderDone, turn: Turn) -> None:
        if fact.ok:
            return
        turn.emit(
            OrderFailed(
                order_id=fact.order_id,
                message=fact.message,
                unknown=fact.unknown,
                interaction_id=fact.interaction_id,
            )
        )
        row = self._book.live(fact.leg)
        if row is not None and not row.channel:  # a channel that comes in spite of that is a stray
            await_channel(row.id, UNKNOWN_ENDS if fact.unknown else timedelta(), turn)

    @on(LinkDown)
    def _link_down(self, fact: LinkDown, turn: Turn) -> None:
        """A platform that was killed did not note what it had sent: from then on the snapshot decides. An unwanted leg
        that talks all the same is a talk: the order to end it is lost."""
        turn.emit(SwitchLost(reason=fact.reason))
        for row in list(self.legs):
            if row.state is LegState.asked and fact.reason == "start":
                self.legs.put(replace(row, state=LEG.observe(row.state, "sent")))
            elif row.stale and row.partner:
                self.legs.put(replace(row, stale=False))

    @on(Snapshot)
    def _snapshot(self, fact: Snapshot, turn: Turn) -> None:
        """Feed the difference to what we know as the facts that we must have missed."""
        turn.send(TakeOrders(order_id=f"take-{fact.number}", snapshot=fact.number))
        for leg in fact.legs:
            if leg.leg in self.legs and not self.alive(leg.leg):
                self.legs.drop(leg.leg)
        for repair in repairs({row.id: row for row in self.legs.where("live", True)}, fact):
            turn.emit(
                CallRepaired(leg=repair.leg, interaction_id=repair.interaction_id, repair=type(repair.fact).__name__)
            )
            self.handle(repair.fact, turn)
        self._tell_who_is_astray(turn)
        self._repair_phones(dict(fact.devices), turn)
        turn.emit(SwitchBack(switch_version=fact.switch_version))

    def _repair_phones(self, listed: dict[str, Device], turn: Turn) -> None:
        for endpoint in sorted({phone.id for phone in self.phones} | set(listed)):
            device = listed.get(endpoint, Device.lost)
            known = self.phones.get(endpoint)
            if known is None or known.device is not device:
                self._device(DeviceChanged(endpoint=endpoint, device=device), turn)

    def _tell_who_is_astray(self, turn: Turn) -> None:
        """Of callers who stood there before the outage too: the order to bring them back may be lost with the link."""
        told = {event.leg for event in turn.events if isinstance(event, CallerInFallback | CallerAfter)}
        for row in (one for one in self.legs.where("live", True) if one.id not in told):
            if row.place is Place.after or (row.place is Place.fallback and not self._book.companions(row)):
                self._places.tell(row, turn)
