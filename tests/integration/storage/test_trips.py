"""A commit costs one trip to SQLite's thread, or to the server; one that nobody waits for any more is not made."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from asyncpg.transaction import Transaction
from sqlalchemy import event, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncEngine

from kernel.writes import delete_ids, saving, upsert
from tests.integration.storage.shelves import counters, store_on, taken, values
from tests.integration.storage.statements import TRIP, listened
from tests.unit.kernel.words import Count, core

pytestmark = pytest.mark.integration


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


def trips_to(server: AsyncEngine, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What it is sent from now on: each statement, BEGIN and COMMIT too."""
    sent: list[str] = []
    event.listen(server.sync_engine, "before_cursor_execute", lambda _c, _cursor, sql, *_: sent.append(sql))
    for name in ("start", "commit", "rollback"):
        monkeypatch.setattr(Transaction, name, noting(sent, name, getattr(Transaction, name)))
    return sent


def noting(sent: list[str], name: str, step: Callable[[Transaction], Awaitable[None]]) -> Any:
    async def noted(self: Transaction) -> None:
        sent.append(name)
        await step(self)

    return noted


async def test_a_commit_costs_one_trip_to_a_server(server: AsyncEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    subject, _ = core()
    store = store_on(server)
    await store.commit(taken(subject, Count(key="a", by=1, leg="l1", caller="its key is made")))
    sent = trips_to(server, monkeypatch)

    await store.commit(taken(subject, Count(key="a", by=1, leg="l1", caller="its key is known"), Count(key="b", by=1)))

    assert len(sent) == 1, sent
    assert await values(server) == {"a": 2, "b": 1}
    assert "start" in sent  # by the question of values


async def test_rows_of_one_table_keep_their_order_on_a_server(server: AsyncEngine) -> None:
    async with saving(server) as connection:
        await upsert(connection, counters, [row("a", 1), row("b", 1), row("a", 2)])
        await upsert(connection, counters, [row("c", 1)])
        await delete_ids(connection, counters, ["b"])
        await upsert(connection, counters, [row("c", 3)])
        await upsert(connection, counters, [row("b", 4)])
        await delete_ids(connection, counters, ["a", "never there"])

    assert await values(server) == {"b": 4, "c": 3}


async def test_who_asks_in_a_transaction_sees_what_it_saved(server: AsyncEngine) -> None:
    async with saving(server) as connection:
        await upsert(connection, counters, [row("a", 1)])
        seen = (await connection.execute(select(counters.c.value))).scalar_one()
        await upsert(connection, counters, [row("a", seen + 1)])

    assert await values(server) == {"a": 2}


async def test_what_is_wrong_with_one_row_of_a_statement_keeps_all_of_it_out(server: AsyncEngine) -> None:
    async def save(*rows: dict[str, Any]) -> None:
        async with saving(server) as connection:
            await upsert(connection, counters, list(rows))

    with pytest.raises(IntegrityError, match="null value"):
        await save(row("a", 1), row("b", None))
    assert await values(server) == {}
    await save(row("c", 3))
    assert await values(server) == {"c": 3}


async def test_what_a_block_gives_up_is_not_saved(server: AsyncEngine) -> None:
    async def save() -> None:
        async with saving(server) as connection:
            await upsert(connection, counters, [row("a", 1)])
            raise LookupError("given up")

    with pytest.raises(LookupError):
        await save()
    assert await values(server) == {}
