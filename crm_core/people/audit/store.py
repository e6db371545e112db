"""The SQL of the audit trail: append in the caller's transaction, read, verify."""

from __future__ import annotations

from typing import Any

from sqlalchemy import CursorResult, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from crm_core.people.audit.chain import GENESIS, AuditEntry, AuditRow, chain_hash, first_break
from crm_core.people.audit.tables import audit, audit_head
from crm_core.store import Connection, Database
from kernel.codec import jsonable
from kernel.db import clean, from_row, readonly

HEAD = 1


async def lock_head(connection: Connection) -> tuple[int, str]:
    """(seq, hash) of the last line. Until this transaction ends, nobody else appends."""
    query = select(audit_head.c.seq, audit_head.c.hash).where(audit_head.c.id == HEAD).with_for_update()
    row = (await connection.execute(query)).one_or_none()
    if row is None:
        dialect_insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
        first = {"id": HEAD, "seq": 0, "hash": GENESIS}
        await connection.execute(dialect_insert(audit_head).values(first).on_conflict_do_nothing())
        row = (await connection.execute(query)).one()
    return row.seq, row.hash


async def append(connection: Connection, *entries: AuditEntry) -> None:
    """Add lines to the trail, in the transaction of the change that they tell of."""
    if not entries:
        return
    seq, prev = await lock_head(connection)
    rows = []
    for entry in entries:
        entry = _storable(entry)
        seq += 1
        digest = chain_hash(seq, entry, prev)
        rows.append(
            {
                "seq": seq,
                "at": entry.at,
                "actor": entry.actor,
                "action": entry.action,
                "subject": entry.subject,
                "ip": entry.ip,
                "details": dict(entry.details),
                "prev": prev,
                "hash": digest,
            }
        )
        prev = digest
    await connection.execute(insert(audit), rows)
    await connection.execute(update(audit_head).where(audit_head.c.id == HEAD).values(seq=seq, hash=prev))


def _storable(entry: AuditEntry) -> AuditEntry:
    """As the database will give it back, so that the hash fits."""
    return AuditEntry(
        entry.at,
        clean(entry.actor)[:60],
        entry.action,
        clean(entry.subject)[:100],
        clean(entry.ip)[:60],
        clean(jsonable(dict(entry.details))),
    )


async def read_audit(
    database: Database, subject: str | None = None, before: int | None = None, limit: int = 100
) -> list[AuditRow]:
    """The latest lines first, of one subject or all, before a `seq` when paging."""
    query = select(audit).order_by(audit.c.seq.desc()).limit(limit)
    if subject is not None:
        query = query.where(audit.c.subject == subject)
    if before is not None:
        query = query.where(audit.c.seq < before)
    async with readonly(database) as connection:
        return _rows(await connection.execute(query))


async def verify_audit(database: Database, page: int = 5000) -> int | None:
    """The `seq` of the first line that was changed or is missing; None when the trail is whole."""
    async with readonly(database) as connection:
        head = (await connection.execute(select(audit_head).where(audit_head.c.id == HEAD))).one_or_none()
        rows: list[AuditRow] = []
        while True:
            after = rows[-1].seq if rows else 0
            query = select(audit).where(audit.c.seq > after).order_by(audit.c.seq).limit(page)
            found = _rows(await connection.execute(query))
            rows += found
            if len(found) < page:
                break
    return first_break(rows, *((head.seq, head.hash) if head is not None else (0, GENESIS)))


def _rows(found: CursorResult[Any]) -> list[AuditRow]:
    return [from_row(AuditRow, row) for row in found]
