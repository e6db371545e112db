"""Fills a database with customers' histories: 50 entries each, scattered over four years as they come in life."""

from __future__ import annotations

import asyncio
import random
import secrets
import shutil
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import insert, text
from sqlalchemy.ext.asyncio import AsyncEngine

from crm_core.timeline.tables import timeline
from kernel.db import connect
from lab.postgres import start_postgres
from server.migrate import upgrade

ENTRIES = 50
BATCH = 10_000
SERVER = ("fsync=off", "shared_buffers=256MB", "listen_addresses=")
"""The load is thrown away, so the disk need not hold it; reading is as with Debian's settings, with the memory that
PostgreSQL's own documents begin with on a machine of this size."""
KINDS = ("call", "call", "call", "ticket", "purchase", "note", "email")
EPOCH = datetime(2022, 1, 1, tzinfo=UTC)
VACUUM = 300.0
"""Seconds that tidying up after the load may take."""
Row = dict[str, Any]
Make = Callable[[], Awaitable[str]]


def customer_id(number: int) -> str:
    return f"cu-{number:08d}"


@asynccontextmanager
async def databases() -> AsyncIterator[dict[str, Make]]:
    """For each kind of database, what makes a new empty one and returns its URL; all gone afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="bench-"))
    cluster = await asyncio.to_thread(start_postgres, SERVER, "pgb-")

    async def sqlite() -> str:
        return f"sqlite+aiosqlite:///{folder / secrets.token_hex(4)}.db"

    async def postgres() -> str:
        return cluster.url(await asyncio.to_thread(cluster.create))

    try:
        yield {"sqlite": sqlite, "postgres": postgres}
    finally:
        await asyncio.to_thread(cluster.stop)
        shutil.rmtree(folder, ignore_errors=True)


@asynccontextmanager
async def filled(url: str, rows: int) -> AsyncIterator[AsyncEngine]:
    """A migrated database with so many timeline rows."""
    await upgrade(url)
    database = connect(url)
    try:
        await fill(database, [customer_id(number) for number in range(rows // ENTRIES)])
        yield database
    finally:
        await database.dispose()


async def fill(database: AsyncEngine, owners: Sequence[str]) -> None:
    """50 entries for each customer, written in order of time, so that one customer's lie far apart on the disk."""
    rng = random.Random(11)
    batch: list[Row] = []
    for number in range(len(owners) * ENTRIES):
        batch.append(_entry(number, owners[number % len(owners)], rng))
        if len(batch) == BATCH:
            await _write(database, batch)
            batch = []
    await _write(database, batch)
    await _settle(database)


async def _settle(database: AsyncEngine) -> None:
    """As a database is that has lived: statistics are there, and PostgreSQL knows which rows are visible to all, which
    the first readers after a load of a million would have to find out else."""
    async with database.connect() as connection:
        if connection.dialect.name == "postgresql":
            raw = (await connection.get_raw_connection()).driver_connection
            assert raw is not None
            await raw.execute("VACUUM (ANALYZE)", timeout=VACUUM)
        else:
            await connection.execute(text("ANALYZE"))
            await connection.commit()


async def _write(database: AsyncEngine, batch: list[Row]) -> None:
    if batch:
        async with database.begin() as connection:
            await connection.execute(insert(timeline), batch)


def _entry(number: int, owner: str, rng: random.Random) -> Row:
    kind = rng.choice(KINDS)
    return {
        "id": f"tl-{number:09d}",
        "customer_id": owner,
        "at": EPOCH + timedelta(seconds=number * 100 + rng.randrange(100)),
        "kind": kind,
        "title": f"{kind.title()} number {number}",
        "body": "What was said, in the words of the one who wrote it down. " * rng.randrange(0, 4),
        "status": "open" if number % 40 == 0 else "done",
        "ref": f"ix-{number}",
        "staff_id": "usr-1",
        "staff_name": "Ana Test",
        "details": {"direction": "inbound", "outcome": "answered", "talk_seconds": rng.randrange(600), "queue": "Main"},
    }
