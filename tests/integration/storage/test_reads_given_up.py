"""A question to SQLite that nobody waits for any more is stopped, and its connection is free at once; nobody else's
statement is stopped with it, nor anything that may change something."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine
from sqlalchemy.pool import QueuePool

from kernel.db import glance, readonly
from kernel.hops import OneHopConnection, open_sqlite
from tests.support.waiting import until

pytestmark = pytest.mark.integration

COUNT = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < {}) SELECT max(x) FROM n"
LONG = COUNT.format(100_000_000)
"""Many seconds."""
SHORT = 300_000
SOON = 5.0
PAUSES = (0.0, 0.001, 0.01, 0.05, 0.1, 0.2)
"""Seconds after which somebody gives up: before the statement began, as it does, and in the middle of it."""

Reading = Callable[[AsyncEngine], AbstractAsyncContextManager[AsyncConnection]]


@pytest.fixture
async def bare(tmp_path: Path) -> AsyncIterator[OneHopConnection]:
    """A connection without a pool."""
    connection = await open_sqlite(tmp_path / "bare.db", isolation_level=None)
    yield connection
    await connection.close()


@pytest.mark.parametrize("reading", [readonly, glance])
async def test_given_reads_that_nobody_waits_for_then_their_connections_are_free_soon(
    sqlite: AsyncEngine, reading: Reading
) -> None:
    async def ask(question: str) -> int | None:
        async with reading(sqlite) as connection:
            return await connection.scalar(text(question))

    pool = sqlite.pool
    assert isinstance(pool, QueuePool)
    for pause in PAUSES:
        asked = [asyncio.create_task(ask(LONG)) for _ in range(3)]
        await until(lambda: pool.checkedout() == 3, SOON, "all three are asked")
        await asyncio.sleep(pause)
        for one in asked:
            one.cancel()
        _, busy = await asyncio.wait(asked, timeout=SOON)
        assert not busy, "they are answered on, though nobody listens"
        assert all(one.cancelled() for one in asked)
        assert pool.checkedout() == 0
        assert await asyncio.gather(*(ask(COUNT.format(SHORT)) for _ in range(5))) == [SHORT] * 5


async def test_given_the_next_errand_of_the_same_connection_then_it_is_not_stopped(bare: OneHopConnection) -> None:
    found: list[int] = []
    for pause in PAUSES * 3:
        bare.begin_nothing()
        late = asyncio.create_task(bare.hop(lambda raw: raw.execute(LONG).fetchall()))
        await asyncio.sleep(pause)
        late.cancel()
        with pytest.raises(asyncio.CancelledError):
            await late
        await bare.hop(lambda raw: found.extend(raw.execute(COUNT.format(SHORT)).fetchone()))
    assert found == [SHORT] * len(PAUSES) * 3


async def test_given_somebody_who_saves_gives_up_then_the_statement_ends_by_itself(bare: OneHopConnection) -> None:
    await bare.hop(lambda raw: raw.execute("CREATE TABLE sums (value INTEGER)"))
    await bare.commit()
    begun = asyncio.Event()
    loop = asyncio.get_running_loop()

    def save(raw: sqlite3.Connection) -> None:
        loop.call_soon_threadsafe(begun.set)
        raw.execute(f"INSERT INTO sums {COUNT.format(10 * SHORT)}")

    bare.begin_saving()
    late = asyncio.create_task(bare.hop(save))
    await begun.wait()
    late.cancel()
    with pytest.raises(asyncio.CancelledError):
        await late
    found: list[int] = []
    await bare.hop(lambda raw: found.extend(raw.execute("SELECT value FROM sums").fetchone()))
    await bare.rollback()

    assert found == [10 * SHORT]
