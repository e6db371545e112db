"""The pop: everything the screen shows of a caller: card and history in a query each, the rest only where there is
some."""

from __future__ import annotations

from typing_extensions import TypedDict

from crm_core.cards import store
from crm_core.cards.store import Held
from crm_core.customers.models import Device, Match
from crm_core.customers.store import devices_of
from crm_core.shapes import DeviceCard, Pop, Ticket, TimelineEntry
from crm_core.store import Connection, Database
from crm_core.tickets import store as ticket_store
from crm_core.timeline import store as timeline_store
from crm_core.timeline.service import PAGE, as_page
from kernel.db import glance

MAX_OPEN = 50


class _Rest(TypedDict):
    open_items: list[TimelineEntry]
    tickets: list[Ticket]
    devices: list[DeviceCard]


class PopService:
    """Read once when the caller enters the queue, shown when the call is offered."""

    def __init__(self, db: Database, default_region: str) -> None:
        self._db = db
        self._region = default_region

    async def pop(self, match: Match) -> Pop:
        """The customer with history and open things when known; the cards to choose from when several fit."""
        if match.customer_id is None:
            return await self._choice(match)
        customer_id = match.customer_id
        async with glance(self._db) as connection:
            card, held = await store.card(connection, customer_id, self._region)
            entries, last = await timeline_store.page(connection, customer_id, None, None, PAGE)
            rest = await _rest(connection, customer_id, held)
        return {
            "customer": card,
            "candidates": [],
            "timeline": as_page(customer_id, None, entries, last),
            **rest,
        }

    async def _choice(self, match: Match) -> Pop:
        async with glance(self._db) as connection:
            candidates = await store.cards(connection, match.candidate_ids, self._region)
        return {
            "customer": None,
            "candidates": candidates,
            "timeline": {"entries": [], "next": None},
            "open_items": [],
            "tickets": [],
            "devices": [],
        }


async def _rest(connection: Connection, customer_id: str, held: Held) -> _Rest:
    """What is open of a customer, and their devices."""
    rest: _Rest = {"open_items": [], "tickets": [], "devices": []}
    if held.open_entries:
        rest["open_items"] = await timeline_store.open_items(connection, customer_id, MAX_OPEN)
    if held.tickets:
        rest["tickets"] = await ticket_store.of_customer(connection, customer_id, True, MAX_OPEN)
    if held.devices:
        rest["devices"] = [device_card(one) for one in await devices_of(connection, customer_id)]
    return rest


def device_card(device: Device) -> DeviceCard:
    """A device as the screen gets it."""
    return {
        "id": device.id,
        "product": device.product,
        "model": device.model,
        "serial": device.serial,
        "bought_at": device.bought_at.isoformat() if device.bought_at else None,
        "warranty_until": device.warranty_until.isoformat() if device.warranty_until else None,
    }
