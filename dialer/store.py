"""Permits on SQL: the number lock, the rows, and what the caps count."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, func, insert, select, tuple_, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from crm_core.customers.numbers import spellings
from crm_core.store import Database
from dialer.permits import PermitRow, commit_to
from dialer.tables import dial_permits, dialled_numbers
from kernel.db import readonly, to_row
from kernel.errors import Refused
from kernel.ids import new_id
from routing.dialling import ReleaseNumber
from routing.ports import DialRequest, Permit
from routing.tables import attempts

AT_ONCE = 200
"""Locks looked at in one sweep, so that no transaction lasts."""
SETTLED = timedelta(minutes=1)
"""How old a lock is before it is swept: its attempt may be under way in a transaction that is not committed yet."""


async def take_number(connection: AsyncConnection, number: str, attempt_id: str, at: datetime) -> bool:
    """Take the number for a live attempt; False while another live attempt has it. A lock whose attempt has ended, or
    was never kept, holds nothing: it is taken over, by one of those who try. One that is swept meanwhile is free."""
    for _ in range(2):
        taken = await _take(connection, min(spellings(number)), attempt_id, at)
        if taken is not None:
            return taken
    return False


async def _take(connection: AsyncConnection, key: str, attempt_id: str, at: datetime) -> bool | None:
    """One try; None when the lock that was found is not there any more."""
    table = dialled_numbers
    insert_: Any = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    new = insert_(table).values(number=key, attempt_id=attempt_id, taken_at=at)
    if (await connection.execute(new.on_conflict_do_nothing(index_elements=["number"]))).rowcount:
        return True
    holder = await connection.scalar(select(table.c.attempt_id).where(table.c.number == key))
    living = select(attempts.c.id).where((attempts.c.id == holder) & attempts.c.ended_at.is_(None))
    if await connection.scalar(living) is not None:
        return False
    old = (table.c.number == key) & (table.c.attempt_id == holder)
    mine = await connection.execute(update(table).where(old).values(attempt_id=attempt_id, taken_at=at))
    return True if mine.rowcount else None


async def release_numbers(connection: AsyncConnection, rows: Sequence[ReleaseNumber]) -> None:
    """Saves the engine's word that attempts are over, in the transaction that ends them."""
    ended = [row.attempt_id for row in rows]
    await connection.execute(delete(dialled_numbers).where(dialled_numbers.c.attempt_id.in_(ended)))


async def sweep_numbers(database: Database, after: str, at: datetime) -> tuple[int, str | None]:
    """Delete the locks that hold nothing among the next few numbers after `after`: how many, and from which number on
    to go on (None: that was the last). Never one that somebody takes over meanwhile."""
    table = dialled_numbers
    joined = table.outerjoin(attempts, attempts.c.id == table.c.attempt_id)
    columns = (table.c.number, table.c.attempt_id, table.c.taken_at, attempts.c.id, attempts.c.ended_at)
    page = select(*columns).select_from(joined).where(table.c.number > after).order_by(table.c.number).limit(AT_ONCE)
    async with readonly(database) as connection:
        rows = list(await connection.execute(page))
    over = [row for row in rows if (row.id is None or row.ended_at is not None) and row.taken_at < at - SETTLED]
    deleted = 0
    if over:
        pairs = [(row.number, row.attempt_id) for row in over]
        async with database.begin() as connection:
            gone = delete(table).where(tuple_(table.c.number, table.c.attempt_id).in_(pairs))
            deleted = (await connection.execute(gone)).rowcount
    return deleted, rows[-1].number if len(rows) == AT_ONCE else None


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
