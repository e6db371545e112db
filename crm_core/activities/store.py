"""Writes notes, and keeps drafts."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, delete, insert, select

from crm_core.activities.tables import drafts, notes
from crm_core.customers.tables import customers
from crm_core.store import Connection


async def is_customer(connection: Connection, customer_id: str) -> bool:
    return (await connection.execute(select(customers.c.id).where(customers.c.id == customer_id))).first() is not None


async def note_written(connection: Connection, once: str) -> Row[Any] | None:
    """The note that was written under this key before."""
    return (await connection.execute(select(notes).where(notes.c.once == once))).first()


async def note(connection: Connection, note_id: str) -> Row[Any] | None:
    return (await connection.execute(select(notes).where(notes.c.id == note_id))).first()


async def insert_note(connection: Connection, row: Mapping[str, Any]) -> None:
    await connection.execute(insert(notes), [dict(row)])


async def draft(connection: Connection, scope: str, ref: str, owner: str) -> Row[Any] | None:
    return (await connection.execute(select(drafts).where(*_draft_is(scope, ref, owner)))).first()


async def drafts_of(connection: Connection, staff_id: str, since: datetime, limit: int) -> list[Row[Any]]:
    """What this person wrote last, the newest first."""
    mine = (drafts.c.staff_id == staff_id, drafts.c.updated_at >= since)
    query = select(drafts).where(*mine).order_by(drafts.c.updated_at.desc(), drafts.c.ref).limit(limit)
    return list(await connection.execute(query))


async def set_draft(connection: Connection, row: Mapping[str, Any], keep_since: datetime) -> None:
    """Put the draft in the place of the one before; drop all that nobody came back to."""
    await drop_draft(connection, row["scope"], row["ref"], row["owner"])
    await connection.execute(delete(drafts).where(drafts.c.updated_at < keep_since))
    await connection.execute(insert(drafts), [dict(row)])


async def drop_draft(connection: Connection, scope: str, ref: str, owner: str) -> None:
    await connection.execute(delete(drafts).where(*_draft_is(scope, ref, owner)))


def _draft_is(scope: str, ref: str, owner: str) -> tuple[ColumnElement[bool], ...]:
    return (drafts.c.scope == scope, drafts.c.ref == ref, drafts.c.owner == owner)
