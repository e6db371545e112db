"""The SQL of the audit trail: append in the caller's transaction, read, verify."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, CursorResult, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from crm_core.people.audit.chain import GENESIS, Anchor, AuditEntry, AuditRow, Break, ChainCheck, chain_hash
from crm_core.people.audit.tables import audit, audit_head
from crm_core.people.audit.writes import SaveAuditLine
from crm_core.store import Connection, Database
from kernel.asker import ASKER
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


@asynccontextmanager
async def audited(database: Database) -> AsyncIterator[Connection]:
    """A transaction that changes rows of people or their sessions and adds lines: the head is locked first, as in every
    other of that kind, for two that lock the same rows in another order would wait for each other."""
    async with database.begin() as connection:
        await lock_head(connection)
        yield connection


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


async def note(connection: Connection, at: datetime, action: str, subject: str, **details: object) -> None:
    """Add the line of what whoever asks just now does."""
    asker = ASKER.get()
    await append(connection, AuditEntry(at, asker.staff_id, action, subject, asker.ip, details))


async def save_lines(connection: Connection, writes: Sequence[SaveAuditLine]) -> None:
    """Add the engine's lines, in the transaction of its commit."""
    lines = [AuditEntry(one.at, one.actor, one.action, one.about, one.ip, one.details) for one in writes]
    await append(connection, *lines)


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


@dataclass(frozen=True, slots=True)
class AuditFilter:
    """Which lines a list shows; None shows all. `since` is included, `until` is not."""

    actor: str | None = None
    action: str | None = None
    subject: str | None = None
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class AuditCheck:
    """What a check of the whole trail found; `broken` is None when it is whole up to `head`."""

    lines: int
    head: Anchor
    broken: Break | None


async def read_audit(
    database: Database,
    subject: str | None = None,
    before: int | None = None,
    limit: int = 100,
    wanted: AuditFilter | None = None,
) -> list[AuditRow]:
    """The latest lines first, of one subject or all, before a `seq` when paging."""
    query = select(audit).order_by(audit.c.seq.desc()).limit(limit).where(*_conditions(wanted or AuditFilter()))
    if subject is not None:
        query = query.where(audit.c.subject == subject)
    if before is not None:
        query = query.where(audit.c.seq < before)
    async with readonly(database) as connection:
        return _rows(await connection.execute(query))


def _conditions(wanted: AuditFilter) -> list[ColumnElement[bool]]:
    same = ((audit.c.actor, wanted.actor), (audit.c.action, wanted.action), (audit.c.subject, wanted.subject))
    found = [column == value for column, value in same if value is not None]
    if wanted.since is not None:
        found.append(audit.c.at >= wanted.since)
    if wanted.until is not None:
        found.append(audit.c.at < wanted.until)
    return found


async def audit_actions(database: Database) -> list[str]:
    """Every kind of act that the trail tells of."""
    async with readonly(database) as connection:
        return sorted((await connection.execute(select(audit.c.action).distinct())).scalars())


async def check_audit(database: Database, anchors: Iterable[Anchor] = (), page: int = 2000) -> AuditCheck:
    """Follow the whole chain to its head, a page at a time."""
    check, after = ChainCheck(anchors), 0
    async with readonly(database) as connection:
        head = (await connection.execute(select(audit_head).where(audit_head.c.id == HEAD))).one_or_none()
        while True:
            query = select(audit).where(audit.c.seq > after).order_by(audit.c.seq).limit(page)
            found = _rows(await connection.execute(query))
            for row in found:
                check.add(row)
            await asyncio.sleep(0)
            if len(found) < page or check.broken is not None:
                break
            after = found[-1].seq
    end = Anchor(0, GENESIS) if head is None else Anchor(head.seq, head.hash)
    return AuditCheck(check.lines, end, check.end(end))


def _rows(found: CursorResult[Any]) -> list[AuditRow]:
    return [from_row(AuditRow, row) for row in found]
