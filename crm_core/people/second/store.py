"""The SQL of second steps. Every function works in the caller's transaction."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, func, insert, or_, select, update

from crm_core.people.tables import recovery_codes, staff
from crm_core.store import Connection


async def take_step(connection: Connection, staff_id: str, step: int) -> bool:
    """Note that the code of a time step was used; False when it, or a later one, was used already."""
    unused = or_(staff.c.totp_step.is_(None), staff.c.totp_step < step)
    result = await connection.execute(update(staff).where(staff.c.id == staff_id, unused).values(totp_step=step))
    return bool(result.rowcount)


async def take_recovery_code(connection: Connection, staff_id: str, code_hash: str, at: datetime) -> bool:
    """Use up a recovery code; False when it is none of this person's, or was used."""
    table = recovery_codes
    mine = (table.c.staff_id == staff_id, table.c.code_hash == code_hash, table.c.used_at.is_(None))
    return bool((await connection.execute(update(table).where(*mine).values(used_at=at))).rowcount)


async def replace_recovery_codes(connection: Connection, staff_id: str, hashes: Sequence[str]) -> None:
    """Forget a person's codes and keep these instead; none at all is possible."""
    await connection.execute(delete(recovery_codes).where(recovery_codes.c.staff_id == staff_id))
    if hashes:
        await connection.execute(
            insert(recovery_codes), [{"staff_id": staff_id, "code_hash": one, "used_at": None} for one in hashes]
        )


async def recovery_codes_left(connection: Connection, staff_id: str) -> int:
    table = recovery_codes
    query = select(func.count()).where(table.c.staff_id == staff_id, table.c.used_at.is_(None))
    return int((await connection.execute(query)).scalar_one())
