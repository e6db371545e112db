"""A commit costs one trip to SQLite's thread, and one that nobody waits for any more is not made."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncEngine

from kernel.db import connect, saving, upsert
from tests.integration.storage.shelves import counters, make_tables, store_on, taken, values
from tests.integration.storage.statements import TRIP, listened
from tests.unit.kernel.words import Count, core

pytestmark = pytest.mark.integration


@pytest.fixture
async def sqlite(sqlite_url: str) -> AsyncIterator[AsyncEngine]:
    """With the tables of the small room."""
    engine = connect(sqlite_url)
    await make_tables(engine)
    yield engine
    await engine.dispose()


def row(key: str, value: int | None) -> dict[str, Any]:
    return {"id": key, "value": value, "colour": "red"}


async def test_a_commit_costs_one_trip(sqlite: AsyncEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    subject, _ = core()
    store = store_on(sqlite)
    await store.commit(taken(subject, Count(key="a", by=1, leg="l1", caller="its key is made")))
    statements = listened(sqlite, monkeypatch)

    await store.commit(taken(subject, Count(key="a", by=1, leg="l1", caller="its key is known"), Count(key="b", by=1)))

    assert statements.count(TRIP) == 1
    assert await values(sqlite) == {"a": 2, "b": 1}


async def test_a_commit_that_was_given_up_is_not_made_later(sqlite: AsyncEngine) -> None:
    subject, _ = core()
    async with sqlite.begin():
        late = asyncio.create_task(store_on(sqlite).commit(taken(subject, Count(key="a", by=1))))
        await asyncio.sleep(0.2)
        late.cancel()
        with pytest.raises(asyncio.CancelledError):
            await late
    for _ in range(20):
        assert await values(sqlite) == {}
        async with sqlite.begin():
            await asyncio.sleep(0.01)


async def test_what_was_wrong_with_a_row_comes_with_the_commit_and_nothing_is_kept(sqlite: AsyncEngine) -> None:
    async def save(*rows: dict[str, Any]) -> None:
        async with saving(sqlite) as connection:
            for one in rows:
                await upsert(connection, counters, [one])

    with pytest.raises(IntegrityError, match="NOT NULL"):
        await save(row("a", 1), row("b", None))
    assert await values(sqlite) == {}
    await save(row("c", 3))
    assert await values(sqlite) == {"c": 3}
