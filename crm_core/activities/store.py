"""Writes notes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Row, insert, select

from crm_core.activities.tables import notes
from crm_core.customers.tables import customers
from crm_core.store import Connection


async def is_customer(connection: Connection, customer_id: str) -> bool:
    return (await connection.execute(select(customers.c.id).where(customers.c.id == customer_id))).first() is not None


async def note_written(connection: Connection, once: str) -> Row[Any] | None:
    """The note that was written under this key before."""
    return (await connection.execute(select(notes).where(notes.c.once == once))).first()


async def insert_note(connection: Connection, row: Mapping[str, Any]) -> None:
    await connection.execute(insert(notes), [dict(row)])
