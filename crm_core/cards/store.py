"""Reads customer cards: the row, its company, its numbers and what is open, in one query for any number of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ScalarSelect, String, bindparam, func, literal_column, select

from crm_core.customers.numbers import display, zones_shown
from crm_core.customers.tables import contacts, customers, devices, numbers
from crm_core.people.tables import staff
from crm_core.shapes import CustomerCard, NumberCard, moment
from crm_core.store import Connection
from crm_core.tickets.machines import OPEN
from crm_core.tickets.tables import tickets
from crm_core.timeline.tables import timeline

_company = customers.alias("company")


def _open_entries(kind: str) -> ScalarSelect[int]:
    is_open = timeline.c.status == literal_column("'open'", String)
    mine = timeline.c.customer_id == customers.c.id
    return select(func.count()).where(mine, is_open, timeline.c.kind == kind).scalar_subquery()


_EACH = (
    select(
        customers.c.id,
        customers.c.name,
        customers.c.kind,
        customers.c.level,
        customers.c.language,
        customers.c.email,
        _company.c.name.label("company"),
        customers.c.city,
        customers.c.country,
        customers.c.time_zone,
        customers.c.created_at,
        staff.c.name.label("owner"),
        select(func.count())
        .where(tickets.c.customer_id == customers.c.id, tickets.c.status.in_(sorted(OPEN)))
        .scalar_subquery()
        .label("open_tickets"),
        _open_entries("opportunity").label("open_opportunities"),
        _open_entries("callback").label("callbacks"),
        numbers.c.e164,
        numbers.c.label,
        numbers.c.extension,
        numbers.c.shared,
        contacts.c.name.label("contact"),
    )
    .join_from(customers, _company, _company.c.id == customers.c.company_id, isouter=True)
    .join(staff, staff.c.id == customers.c.owner_id, isouter=True)
    .join(numbers, numbers.c.customer_id == customers.c.id, isouter=True)
    .join(contacts, contacts.c.id == numbers.c.contact_id, isouter=True)
    .order_by(customers.c.id, numbers.c.is_primary.desc(), numbers.c.id)
)
_CARDS = _EACH.where(customers.c.id.in_(bindparam("ids", expanding=True)))

_CARD_AND_HELD = _EACH.where(customers.c.id == bindparam("id")).add_columns(
    select(func.count())
    .where(timeline.c.customer_id == customers.c.id, timeline.c.status == literal_column("'open'", String))
    .scalar_subquery()
    .label("open_entries"),
    select(func.count()).where(devices.c.customer_id == customers.c.id).scalar_subquery().label("devices"),
)


@dataclass(frozen=True, slots=True)
class Held:
    """How much there is of a customer beside the card: who knows asks for nothing that is not there."""

    open_entries: int = 0
    tickets: int = 0
    devices: int = 0


async def card(connection: Connection, customer_id: str, region: str) -> tuple[CustomerCard | None, Held]:
    """One customer's card."""
    rows = (await connection.execute(_CARD_AND_HELD, {"id": customer_id})).all()
    if not rows:
        return None, Held()
    found = _card(rows[0])
    found["numbers"] += [_number(row, region) for row in rows if row.e164 is not None]
    return found, Held(rows[0].open_entries, rows[0].open_tickets, rows[0].devices)


async def cards(connection: Connection, ids: Sequence[str], region: str) -> list[CustomerCard]:
    """The cards of these customers in this order; those that are not there are left out."""
    if not ids:
        return []
    found: dict[str, CustomerCard] = {}
    for row in await connection.execute(_CARDS, {"ids": list(ids)}):
        card = found.get(row.id)
        if card is None:
            card = found[row.id] = _card(row)
        if row.e164 is not None:
            card["numbers"].append(_number(row, region))
    return [found[one] for one in dict.fromkeys(ids) if one in found]


def _number(row: Any, region: str) -> NumberCard:
    return {
        "e164": row.e164,
        "national": display(row.e164, region),
        "label": row.label,
        "extension": row.extension,
        "contact": row.contact,
        "shared": row.shared,
        "zones": zones_shown(row.e164),
    }


def _card(row: Any) -> CustomerCard:
    return {
        "id": row.id,
        "name": row.name,
        "kind": row.kind,
        "level": row.level,
        "language": row.language,
        "number": row.e164,
        "numbers": [],
        "email": row.email,
        "company": row.company,
        "city": row.city,
        "country": row.country,
        "time_zone": row.time_zone,
        "since": moment(row.created_at),
        "open_tickets": row.open_tickets,
        "open_opportunities": row.open_opportunities,
        "callbacks": row.callbacks,
        "owner": row.owner,
    }
