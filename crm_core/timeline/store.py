"""Reads and writes timeline rows. Every statement is built once; a page is one query on one index."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import String, bindparam, literal_column, select, tuple_, update

from crm_core.customers.numbers import zones_shown
from crm_core.shapes import ENTRY_KINDS, TimelineEntry, moment
from crm_core.store import Connection
from crm_core.timeline.tables import timeline
from crm_core.timeline.writes import FlagTimelineEntry, KeepPromises, SaveTimelineEntry
from kernel.db import clean, to_row
from kernel.writes import upsert

_COLUMNS = (
    timeline.c.id, timeline.c.at, timeline.c.kind, timeline.c.title, timeline.c.body, timeline.c.status,
    timeline.c.ref, timeline.c.staff_name, timeline.c.details,
)  # fmt: skip
_OF_CUSTOMER = timeline.c.customer_id == bindparam("customer_id")
_BEFORE = tuple_(timeline.c.at, timeline.c.id) < tuple_(
    bindparam("at", type_=timeline.c.at.type), bindparam("id", type_=timeline.c.id.type)
)
_OF_KIND = timeline.c.kind == bindparam("kind")
_NEWEST = (timeline.c.at.desc(), timeline.c.id.desc())
_FIRST = select(*_COLUMNS).where(_OF_CUSTOMER).order_by(*_NEWEST).limit(bindparam("limit"))
_PAGES = {
    (False, False): _FIRST,
    (True, False): _FIRST.where(_BEFORE),
    (False, True): _FIRST.where(_OF_KIND),
    (True, True): _FIRST.where(_BEFORE, _OF_KIND),
}
# The status is written out, not bound, so that both planners see that the partial index fits.
_OPEN = (
    select(*_COLUMNS)
    .where(_OF_CUSTOMER, timeline.c.status == literal_column("'open'", String))
    .order_by(*_NEWEST)
    .limit(bindparam("limit"))
)
_TEXTS = {c.name: c.type.length for c in timeline.c if isinstance(c.type, String) and c.type.length}


Place = tuple[datetime, str]


async def page(
    connection: Connection, customer_id: str, after: Place | None, kind: str | None, limit: int
) -> tuple[list[TimelineEntry], Place | None]:
    """Up to `limit` entries older than `after`, newest first, and the place of the last when more follow."""
    values: dict[str, Any] = {"customer_id": customer_id, "limit": limit + 1}
    if after is not None:
        values |= {"at": after[0], "id": after[1]}
    if kind is not None:
        values["kind"] = kind
    rows = (await connection.execute(_PAGES[after is not None, kind is not None], values)).all()
    last = (rows[limit - 1].at, rows[limit - 1].id) if len(rows) > limit else None
    return [_entry(row) for row in rows[:limit]], last


async def open_items(connection: Connection, customer_id: str, limit: int) -> list[TimelineEntry]:
    """What is still open for a customer, newest first."""
    rows = await connection.execute(_OPEN, {"customer_id": customer_id, "limit": limit})
    return [_entry(row) for row in rows]


async def save_entries(connection: Connection, writes: Sequence[SaveTimelineEntry]) -> None:
    """Insert or replace entries in the caller's transaction. Never fails over a text: what the database cannot
    hold is replaced or cut, because the engine repeats a commit until it succeeds."""
    latest = {write.id: write for write in writes}
    await upsert(connection, timeline, [_row(write) for write in latest.values()])


async def flag_entries(connection: Connection, writes: Sequence[FlagTimelineEntry]) -> None:
    """Set details of entries in the caller's transaction."""
    for write in writes:
        found = await connection.scalar(select(timeline.c.details).where(timeline.c.id == write.id))
        if found is not None:
            details = {**found, write.flag: write.value}
            await connection.execute(update(timeline).where(timeline.c.id == write.id).values(details=details))


async def keep_promises(connection: Connection, writes: Sequence[KeepPromises]) -> None:
    """Close open callbacks in the caller's transaction."""
    for write in writes:
        promised = (timeline.c.customer_id == write.customer_id, timeline.c.kind == "callback")
        earlier = (timeline.c.status == "open", timeline.c.at < write.before)
        await connection.execute(update(timeline).where(*promised, *earlier).values(status="done"))


def _row(write: SaveTimelineEntry) -> dict[str, Any]:
    row = to_row(replace(write, details=clean(dict(write.details))))
    for name, limit in _TEXTS.items():
        if row[name] is not None:
            row[name] = row[name][:limit]
    row["body"] = row["body"] or ""
    row["details"] = row["details"] or {}
    if row["kind"] not in ENTRY_KINDS:
        row["kind"] = "note"
    return row


def _entry(row: Any) -> TimelineEntry:
    id_, at, kind, title, body, status, ref, staff_name, details = row
    return {
        "id": id_,
        "at": moment(at),
        "kind": kind,
        "title": title,
        "body": body,
        "status": status,
        "ref": ref,
        "staff_name": staff_name,
        "details": details,
        "zones": zones_shown(details.get("phone")),
    }
