"""Do-not-call on SQL. Whoever checks holds the version still until its commit: no entry can slip in between."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, false, insert, or_, select, union_all, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from crm_core.customers.names import key
from crm_core.donotcall.models import OWN_LIST, Entry
from crm_core.donotcall.patterns import matching, read_pattern
from crm_core.donotcall.search import Wanted
from crm_core.donotcall.tables import do_not_call, do_not_call_version
from crm_core.donotcall.writes import ForbidNumber
from crm_core.people.audit import AuditEntry, append, lock_head
from crm_core.store import begins
from kernel.db import clean, from_row, to_row
from kernel.errors import Invalid
from kernel.ids import new_id

VERSION = "all"
REASON = "asked for it in a call"


async def hold_version(connection: AsyncConnection) -> int:
    """The version of the lists; they do not change before this transaction ends. Readers do not wait for each other."""
    query = select(do_not_call_version.c.version).where(do_not_call_version.c.id == VERSION)
    if connection.dialect.name == "postgresql":
        query = query.with_for_update(read=True)
    return await connection.scalar(query) or 0


async def entry_for(connection: AsyncConnection, e164: str, at: datetime) -> Entry | None:
    """An entry in force that forbids to call the number."""
    query = select(do_not_call).where(do_not_call.c.pattern.in_(matching(e164)))
    query = query.where(do_not_call.c.expires_at.is_(None) | (do_not_call.c.expires_at > at))
    row = (await connection.execute(query.order_by(do_not_call.c.list, do_not_call.c.pattern).limit(1))).first()
    return None if row is None else from_row(Entry, row)


async def add_entry(connection: AsyncConnection, entry: Entry) -> None:
    """Add an entry; one for the same pattern on the same list is replaced."""
    same = (do_not_call.c.list == entry.list) & (do_not_call.c.pattern == entry.pattern)
    await _next_version(connection)
    await connection.execute(delete(do_not_call).where(same))
    values = {**to_row(entry), "words": key(entry.reason), "reversed": entry.pattern[::-1]}
    await connection.execute(insert(do_not_call).values(values))


async def forbid_numbers(connection: AsyncConnection, writes: Sequence[ForbidNumber], region: str) -> None:
    """What calls ended with, in the engine's transaction. A number that cannot be read (withheld, say) goes on no list,
    and the trail says so."""
    await lock_head(connection)  # first, as everywhere
    for write in writes:
        line = AuditEntry(write.at, write.actor, "do_not_call_unreadable", write.call, write.ip)
        with contextlib.suppress(Invalid):
            pattern = read_pattern(write.number or "", region)
            entry = Entry(new_id("dnc"), OWN_LIST, pattern, REASON, clean(write.actor)[:40], write.at)
            await add_entry(connection, entry)
            details = {"list": entry.list, "call": write.call}
            line = AuditEntry(write.at, write.actor, "do_not_call_added", entry.id, write.ip, details)
        await append(connection, line)


async def remove_entry(connection: AsyncConnection, entry_id: str) -> Entry | None:
    """The entry that was there; None when there was none."""
    await _next_version(connection)
    gone = delete(do_not_call).where(do_not_call.c.id == entry_id).returning(*do_not_call.c)
    row = (await connection.execute(gone)).first()
    return None if row is None else from_row(Entry, row)


async def list_entries(
    connection: AsyncConnection, wanted: Wanted | None, before: str | None, limit: int
) -> Sequence[Entry]:
    """Entries that fit (without `wanted` all), the newest first; `before` is the id to go on behind. All are read only
    where no number is, begins or ends as wanted."""
    query = select(do_not_call).order_by(do_not_call.c.id.desc()).limit(limit)
    if wanted is not None:
        query = query.where(await _fits(connection, wanted))
    if before is not None:
        query = query.where(do_not_call.c.id < before)
    return [from_row(Entry, row) for row in await connection.execute(query)]


async def patterns_of(connection: AsyncConnection, ids: Sequence[str]) -> dict[str, str]:
    """By id; those that are on the list no more are left out."""
    rows = await connection.execute(select(do_not_call.c.id, do_not_call.c.pattern).where(do_not_call.c.id.in_(ids)))
    return {row.id: row.pattern for row in rows}


async def _fits(connection: AsyncConnection, wanted: Wanted) -> ColumnElement[bool]:
    ranges = _ranges(wanted)
    if ranges:
        found = union_all(*(select(do_not_call.c.id).where(one) for one in ranges))
        if (await connection.execute(found.limit(1))).first() is not None:
            return do_not_call.c.id.in_(found)
    return or_(false(), *_anywhere(wanted))


def _ranges(wanted: Wanted) -> list[ColumnElement[bool]]:
    """What an index answers; each for itself, for a database that is asked for one or the other may read all."""
    found = [begins(do_not_call.c.pattern, start) for start in wanted.starts]
    if wanted.ending:
        found.append(begins(do_not_call.c.reversed, wanted.ending[::-1]))
    if wanted.patterns:
        found.append(do_not_call.c.pattern.in_(wanted.patterns))
    return found


def _anywhere(wanted: Wanted) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = [do_not_call.c.pattern.contains(part, autoescape=True) for part in wanted.parts]
    if wanted.words:
        found.append(and_(*(do_not_call.c.words.contains(word, autoescape=True) for word in wanted.words)))
    return found


async def _next_version(connection: AsyncConnection) -> None:
    """Waits for whoever checks just now."""
    insert_: Any = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    first = insert_(do_not_call_version).values(id=VERSION, version=0).on_conflict_do_nothing(index_elements=["id"])
    await connection.execute(first)
    table = do_not_call_version
    await connection.execute(update(table).where(table.c.id == VERSION).values(version=table.c.version + 1))
