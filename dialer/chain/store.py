"""The chain of permits on SQL: sealed by one sealer after their commit, and verified from its first link."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import Row, Table, func, insert, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from crm_core.people.audit import Anchor
from dialer.permits import GENESIS, Link, PermitCheck, PermitRow
from dialer.tables import dial_permits, permit_head
from kernel.db import readonly
from routing.attempts import SENT
from routing.tables import attempts, outside_dials

SEALERS = 7_030_417
"""The advisory lock of PostgreSQL that makes sealers take turns."""
AT_ONCE = 50
"""Links made in one transaction, so that none keeps other writers waiting."""
CHUNK = 2000
HEAD = 1
WITHIN = timedelta(seconds=10)
"""How long a permit may be without its seal before that is called a fault."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a look at the chain found: `broken` is the first link that does not fit; `late` permits have no seal though
    they should; `missing` dials, of attempts or for callers who are sent outside, were made without the permit that
    they name, or without any; `others` dialled another number than their permit allows, or for another call. `last` is
    where the chain ends."""

    links: int
    broken: int | None
    late: int
    missing: tuple[str, ...]
    others: tuple[str, ...] = ()
    last: Anchor = field(default=Anchor(0, GENESIS), compare=False)

    @property
    def whole(self) -> bool:
        return self.broken is None and not self.late and not self.missing and not self.others


async def seal(database: AsyncEngine) -> int:
    """Chain permits that have no seal yet, the oldest first; returns how many. Any number of sealers may try; with
    nothing to seal no lock is taken."""
    table = dial_permits
    async with readonly(database) as connection:
        if await connection.scalar(select(table.c.id).where(table.c.seq.is_(None)).limit(1)) is None:
            return 0
    async with database.begin() as connection:
        if connection.dialect.name == "postgresql":
            await connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": SEALERS})
        query = select(table).where(table.c.seq.is_(None)).order_by(table.c.granted_at, table.c.id).limit(AT_ONCE)
        rows = list(await connection.execute(query))
        if not rows:
            return 0
        seq, previous = await _last(connection)
        for row in rows:
            seq += 1
            hash_ = _permit(row).hash(seq, previous)
            values = {"seq": seq, "previous": previous, "hash": hash_}
            await connection.execute(update(table).where(table.c.id == row.id).values(**values))
            previous = hash_
        await connection.execute(update(permit_head).where(permit_head.c.id == HEAD).values(seq=seq, hash=previous))
        return len(rows)


async def unsealed(database: AsyncEngine) -> tuple[int, datetime | None]:
    """How many permits have no seal yet, and when the oldest of them was granted."""
    table = dial_permits
    query = select(func.count(), func.min(table.c.granted_at)).where(table.c.seq.is_(None))
    async with readonly(database) as connection:
        count, oldest = (await connection.execute(query)).one()
    return count, oldest


async def _last(connection: AsyncConnection) -> tuple[int, str]:
    """Where the chain goes on: at its head, even if somebody has cut the links before it."""
    head = (await connection.execute(select(permit_head).where(permit_head.c.id == HEAD))).first()
    if head is not None:
        return head.seq, head.hash
    table = dial_permits
    query = select(table.c.seq, table.c.hash).where(table.c.seq.is_not(None)).order_by(table.c.seq.desc()).limit(1)
    last = (await connection.execute(query)).first()
    seq, hash_ = (last.seq, last.hash) if last else (0, GENESIS)
    await connection.execute(insert(permit_head).values(id=HEAD, seq=seq, hash=hash_))
    return seq, hash_


async def verify(
    database: AsyncEngine,
    at: datetime,
    anchors: Iterable[Anchor] = (),
    told: Callable[[int], None] = lambda _rows: None,
) -> Verdict:
    """Follow the whole chain, a page at a time, to where it ends and past what earlier looks saw; and hold all that was
    dialled against it. No read lasts longer than a page; `told` hears how many rows each took."""
    table = dial_permits
    async with readonly(database) as connection:
        head = (await connection.execute(select(permit_head).where(permit_head.c.id == HEAD))).first()
    check = PermitCheck([*anchors, *([Anchor(head.seq, head.hash)] if head is not None else [])])
    last = 0
    while links := await _links(database, last):
        for link in links:
            check.add(link)
        last = links[-1].seq
        told(len(links))
    async with readonly(database) as connection:
        too_late = table.c.seq.is_(None) & (table.c.granted_at < at - WITHIN)
        late = await connection.scalar(select(func.count()).select_from(table).where(too_late)) or 0
    missing, others = await _not_permitted(database, attempts, told)
    missing_too, others_too = await _not_permitted(database, outside_dials, told)
    missing, others = missing + missing_too, others + others_too
    return Verdict(check.links, check.end(), late, missing, others, Anchor(check.links, check.hash))


async def _links(database: AsyncEngine, last: int) -> list[Link]:
    """The links after the last."""
    query = select(dial_permits).where(dial_permits.c.seq > last).order_by(dial_permits.c.seq).limit(CHUNK)
    async with readonly(database) as connection:
        rows = list(await connection.execute(query))
    return [Link(row.seq, row.previous, row.hash, _permit(row), row.number, row.salt) for row in rows]


async def _not_permitted(
    database: AsyncEngine, dials: Table, told: Callable[[int], None]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Rows that were dialled without their permit, and those that dialled something else than it says. A permit is for
    the one row that it names, so no two rows can have the same."""
    permit, a = dial_permits, dials.c
    dialled = a.dialed_at.is_not(None) | a.state.in_([one.value for one in SENT])
    without = dialled & ((permit.c.id != a.permit_id) | permit.c.id.is_(None) | a.permit_id.is_(None))
    other = dialled & ((permit.c.number != a.number) | (permit.c.interaction_id != a.interaction_id))
    columns = (a.id, without.label("without"), other.label("other"))
    joined = dials.outerjoin(permit, permit.c.attempt_id == a.id)
    missing: list[str] = []
    others: list[str] = []
    last = ""
    while True:
        page = select(*columns).select_from(joined).where(a.id > last).order_by(a.id).limit(CHUNK)
        async with readonly(database) as connection:
            rows = list(await connection.execute(page))
        if not rows:
            return tuple(missing), tuple(others)
        missing += [row.id for row in rows if row.without]
        others += [row.id for row in rows if row.other]
        last = rows[-1].id
        told(len(rows))


def _permit(row: Row[tuple[object, ...]]) -> PermitRow:
    return PermitRow(**{name: row._mapping[name] for name in PermitRow.__dataclass_fields__})
