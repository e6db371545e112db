"""Reads and writes tickets, and hands out their numbers."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, case, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from crm_core.customers.tables import contacts, customers
from crm_core.shapes import Ticket, moment
from crm_core.store import Connection
from crm_core.tickets.machines import OPEN
from crm_core.tickets.tables import number_ranges, tickets

_COLUMNS = (
    tickets.c.id, tickets.c.number, tickets.c.subject, tickets.c.status, tickets.c.priority, tickets.c.category,
    tickets.c.product, tickets.c.created_at, tickets.c.updated_at, tickets.c.description, tickets.c.customer_id,
    tickets.c.interaction_id, tickets.c.version,
)  # fmt: skip
_IS_OPEN = tickets.c.status.in_(sorted(OPEN))
_OF_CUSTOMER = (
    select(*_COLUMNS)
    .where(tickets.c.customer_id == bindparam("customer_id"))
    .order_by(case((_IS_OPEN, 0), else_=1), tickets.c.created_at.desc(), tickets.c.id.desc())
    .limit(bindparam("limit"))
)
_OPEN_OF_CUSTOMER = _OF_CUSTOMER.where(_IS_OPEN)


async def next_number(connection: Connection, year: int) -> str:
    """The next number of the year's range. The row stays locked until the transaction ends and goes back with
    it, so that numbers have no gaps."""
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    statement: Any = dialect.insert(number_ranges).values(name=f"T{year}", last=1)
    statement = statement.on_conflict_do_update(
        index_elements=[number_ranges.c.name], set_={"last": number_ranges.c.last + 1}
    ).returning(number_ranges.c.last)
    return f"T{year}-{(await connection.execute(statement)).scalar_one():06d}"


async def is_customer(connection: Connection, customer_id: str, contact_id: str | None) -> bool:
    """Whether there is such a customer, and the contact is theirs."""
    query = select(customers.c.id).where(customers.c.id == customer_id)
    if contact_id is not None:
        query = query.join(contacts, contacts.c.customer_id == customers.c.id).where(contacts.c.id == contact_id)
    return (await connection.execute(query)).first() is not None


async def insert_ticket(connection: Connection, row: Mapping[str, Any]) -> None:
    await connection.execute(insert(tickets), [dict(row)])


async def get(connection: Connection, ticket_id: str, lock: bool = False) -> Ticket | None:
    """A ticket; with `lock` nobody else changes it until the transaction ends."""
    query = select(*_COLUMNS).where(tickets.c.id == ticket_id)
    row = (await connection.execute(query.with_for_update() if lock else query)).first()
    return _ticket(row) if row is not None else None


async def of_customer(connection: Connection, customer_id: str, only_open: bool, limit: int) -> list[Ticket]:
    """A customer's tickets, the open ones first, each group from new to old."""
    query = _OPEN_OF_CUSTOMER if only_open else _OF_CUSTOMER
    return [_ticket(row) for row in await connection.execute(query, {"customer_id": customer_id, "limit": limit})]


async def update_ticket(connection: Connection, ticket_id: str, values: Mapping[str, Any]) -> None:
    await connection.execute(update(tickets).where(tickets.c.id == ticket_id).values(**values))


async def created_at(connection: Connection, ticket_id: str) -> datetime:
    """When a ticket was made, exactly."""
    at: datetime = (
        await connection.execute(select(tickets.c.created_at).where(tickets.c.id == ticket_id))
    ).scalar_one()
    return at


def _ticket(row: Any) -> Ticket:
    return {
        "id": row.id,
        "number": row.number,
        "subject": row.subject,
        "status": row.status,
        "priority": row.priority,
        "category": row.category,
        "product": row.product,
        "created_at": moment(row.created_at),
        "updated_at": moment(row.updated_at),
        "description": row.description,
        "customer_id": row.customer_id,
        "interaction_id": row.interaction_id,
        "version": row.version,
    }
