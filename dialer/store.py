"""Permits on SQL: the number lock, the rows, and what the caps count."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from crm_core.customers.numbers import spellings
from dialer.permits import PermitRow, commit_to
from dialer.tables import dial_permits, dialled_numbers
from kernel.db import to_row
from kernel.errors import Refused
from kernel.ids import new_id
from routing.dialling import ReleaseNumber
from routing.ports import DialRequest, Permit
from routing.tables import attempts


async def take_number(connection: AsyncConnection, number: str, attempt_id: str, at: datetime) -> bool:
    """Take the number for a live attempt; False while another live attempt has it. A lock whose attempt has ended, or
    was never kept, holds nothing: it is taken over, by one of those who try."""
    table, key = dialled_numbers, min(spellings(number))
    insert_: Any = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    new = insert_(table).values(number=key, attempt_id=attempt_id, taken_at=at)
    if (await connection.execute(new.on_conflict_do_nothing(index_elements=["number"]))).rowcount:
        return True
    holder = await connection.scalar(select(table.c.attempt_id).where(table.c.number == key))
    living = select(attempts.c.id).where((attempts.c.id == holder) & attempts.c.ended_at.is_(None))
    if await connection.scalar(living) is not None:
        return False
    old = (table.c.number == key) & (table.c.attempt_id == holder)
    return bool(
        (await connection.execute(update(table).where(old).values(attempt_id=attempt_id, taken_at=at))).rowcount
    )


async def release_numbers(connection: AsyncConnection, rows: Sequence[ReleaseNumber]) -> None:
    """Saves the engine's word that attempts are over, in the transaction that ends them."""
    ended = [row.attempt_id for row in rows]
    await connection.execute(delete(dialled_numbers).where(dialled_numbers.c.attempt_id.in_(ended)))


async def dials_since(connection: AsyncConnection, number: str, since: datetime) -> int:
    """How many permits the number was given since then."""
    table = dial_permits
    query = select(func.count()).select_from(table)
    return (
        await connection.scalar(query.where(table.c.number.in_(spellings(number)) & (table.c.granted_at > since))) or 0
    )


async def add_permit(connection: AsyncConnection, request: DialRequest, checks: dict[str, Any], at: datetime) -> Permit:
    """Write the permit, in the caller's transaction; the sealer chains it later. One per attempt, by its key."""
    salt = secrets.token_hex(16)
    row = PermitRow(
        id=new_id("permit"),
        attempt_id=request.attempt_id,
        interaction_id=request.interaction_id,
        purpose=request.purpose,
        asked_by=request.asked_by,
        commitment=commit_to(request.number, salt),
        granted_at=at,
        checks=checks,
    )
    try:
        await connection.execute(insert(dial_permits).values(**to_row(row), number=request.number, salt=salt))
    except IntegrityError:
        raise Refused("permit_used", "This attempt had its permit already; it is not dialled again.") from None
    return Permit(row.id, row.attempt_id, request.number, row.granted_at)


async def erase_numbers(connection: AsyncConnection, interaction_ids: Iterable[str]) -> None:
    """Forget whom these interactions dialled; their permits stay, and so does the chain."""
    wanted = dial_permits.c.interaction_id.in_(list(interaction_ids))
    await connection.execute(update(dial_permits).where(wanted).values(number=None, salt=None))
