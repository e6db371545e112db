"""Dial permits on SQL."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from dialer.permits import GENESIS, PermitRow, broken_link
from dialer.tables import dial_permits
from kernel.db import readonly, to_row
from kernel.ids import new_id
from routing.ports import DialRequest, Permit


async def add_permit(connection: AsyncConnection, request: DialRequest, checks: dict[str, str], at: datetime) -> Permit:
    """Append a permit to the chain, in the caller's transaction. The primary key settles a race: the later
    of two writers with one `seq` fails and tries again."""
    last = (
        await connection.execute(
            select(dial_permits.c.seq, dial_permits.c.hash).order_by(dial_permits.c.seq.desc()).limit(1)
        )
    ).first()
    row = PermitRow(
        seq=last.seq + 1 if last else 1,
        id=new_id("permit"),
        number=request.number,
        purpose=request.purpose,
        asked_by=request.asked_by,
        interaction_id=request.interaction_id,
        granted_at=at,
        checks=checks,
        previous=last.hash if last else GENESIS,
    )
    await connection.execute(insert(dial_permits).values(**to_row(row), hash=row.hash()))
    return Permit(row.id, row.number, row.granted_at)


async def verify_permits(database: AsyncEngine) -> int | None:
    """The `seq` of the first permit that was changed or removed; None when the chain is whole."""
    fields = PermitRow.__dataclass_fields__
    async with readonly(database) as connection:
        rows = await connection.execute(select(dial_permits).order_by(dial_permits.c.seq))
        return broken_link((PermitRow(**{k: v for k, v in r._mapping.items() if k in fields}), r.hash) for r in rows)
