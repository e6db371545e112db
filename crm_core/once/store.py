"""Carries a request out once: its row is written in the transaction that does what it asks."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.dialects import postgresql, sqlite

from crm_core.once.tables import requests_done
from crm_core.store import Connection
from kernel.once import ASKING, KEPT, reused


async def made_before(connection: Connection, what: str, ref: str, now: datetime) -> str | None:
    """None when the request under way is new: it is then noted that it makes `ref`, a thing of the kind `what`.
    Else the ref that was made when it came before; raises Invalid when it asked for something else then.

    Whoever sends it at the same moment waits here until this transaction has ended.
    """
    once = ASKING.get()
    if once is None:
        return None
    table, id = requests_done, f"{once.id}:{what}"
    await connection.execute(delete(table).where(table.c.at < now - KEPT))
    insert: Any = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    row = {"id": id, "digest": once.digest, "ref": ref, "at": now}
    taken = insert(table).values(row).on_conflict_do_nothing(index_elements=["id"]).returning(table.c.id)
    if (await connection.execute(taken)).first() is not None:
        return None
    before = (await connection.execute(select(table.c.digest, table.c.ref).where(table.c.id == id))).one()
    if before.digest != once.digest:
        raise reused()
    return str(before.ref)
