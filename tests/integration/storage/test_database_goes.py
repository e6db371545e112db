"""The database stalled, killed, moved away or without room under the engine: nothing is lost, nothing is saved twice,
and it goes on by itself."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from kernel import db
from kernel.clock import SteadyClock
from kernel.core import Outcome
from kernel.db import connect, readonly
from kernel.engine import Engine
from kernel.errors import Unavailable
from server import store as stores
from server.dberrors import describe_db_error
from server.migrate import upgrade
from tests.integration.storage.shelves import Heard, engine_on, make_tables, store_on, taken, values
from tests.support.disks import fill, small_disk
from tests.support.postgres import TEMPLATE, PostgresCluster, kill, mortal_cluster, restart, stopped
from tests.support.waiting import until
from tests.unit.kernel.words import Ask, Count, core

pytestmark = pytest.mark.integration

ROUNDS = 200


@asynccontextmanager
async def running(engine: Engine) -> AsyncIterator[None]:
    task = asyncio.create_task(engine.run())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


@pytest.fixture
def own_cluster() -> Iterator[PostgresCluster]:
    """A PostgreSQL that this test may stop and kill: what it says is committed outlives its processes."""
    with mortal_cluster() as cluster:
        yield cluster


async def test_given_postgres_stands_still_then_the_commit_is_given_up_and_nothing_is_saved_twice(
    own_cluster: PostgresCluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stores, "LONGEST", 0.5)
    name = await asyncio.to_thread(own_cluster.create, TEMPLATE)
    database = connect(own_cluster.url(name))
    await make_tables(database)
    store = store_on(database)
    engine, _, heard = engine_on(store)
    async with running(engine):
        assert await engine.ask(Count(key="a", by=1)) == 1
        with stopped(own_cluster):
            asked = asyncio.create_task(engine.ask(Ask(actor="u1", key="during"), timeout=60))
            for number in range(ROUNDS):
                assert engine.post(Count(key="a", by=1, leg=f"l{number}"))
            await until(lambda: store.failures >= 3, 15, "commits are given up")
            assert describe_db_error(store.trouble or Exception())[0] == "The database server does not answer."
            assert heard.orders == [], "sent before it was saved"
            with pytest.raises(Unavailable):
                await engine.ask(Count(key="a", by=1, leg="late"), timeout=0.1)
        assert await asked == 1
        await until(lambda: store.trouble is None and engine.backlog == 0, 20, "it goes on")
        assert await engine.ask(Count(key="a", by=0)) == ROUNDS + 1
    assert await values(database) == {"a": ROUNDS + 1, "during": 1}
    assert len(heard.orders) == 1
    assert store.buried == 0
    await database.dispose()


async def test_given_postgres_is_killed_and_comes_back_then_it_goes_on_by_itself(own_cluster: PostgresCluster) -> None:
    name = await asyncio.to_thread(own_cluster.create, TEMPLATE)
    database = connect(own_cluster.url(name))
    await make_tables(database)
    store = store_on(database)
    engine, _, _ = engine_on(store)
    async with running(engine):
        assert await engine.ask(Count(key="a", by=1)) == 1
        kill(own_cluster)
        for number in range(ROUNDS):
            assert engine.post(Count(key="a", by=1, leg=f"l{number}"))
        await until(lambda: store.failures >= 2, 15, "commits fail")
        assert "Start PostgreSQL" in describe_db_error(store.trouble or Exception())[1]
        await asyncio.to_thread(restart, own_cluster)
        await until(lambda: store.trouble is None and engine.backlog == 0, 30, "it goes on")
        assert await engine.ask(Count(key="a", by=0)) == ROUNDS + 1
    assert await values(database) == {"a": ROUNDS + 1}
    assert store.buried == 0
    await database.dispose()


async def test_a_commit_whose_answer_was_lost_is_found_saved(database: db.AsyncEngine) -> None:
    await make_tables(database)
    store = store_on(database)
    subject, _ = core()
    first = taken(subject, Ask(actor="u1", key="a"), Count(key="b", by=2))
    await store.commit(first)
    store.trouble = TimeoutError("the answer to COMMIT never came")
    await store.commit(first)
    assert store.trouble is None
    assert store.buried == 0
    async with readonly(database) as connection:
        assert list(await connection.execute(select(db.dead_letters))) == []
    assert await values(database) == {"a": 1, "b": 2}
    await store.commit(taken(subject, Count(key="b", by=3)))
    assert await values(database) == {"a": 1, "b": 5}


def move(old: Path, new: Path) -> None:
    old.rename(new)


async def test_given_the_file_is_moved_away_then_nothing_is_saved_into_the_void(sqlite_url: str) -> None:
    path = Path(sqlite_url.removeprefix("sqlite+aiosqlite:///"))
    away = path.with_suffix(".away")
    database = connect(sqlite_url)
    await make_tables(database)
    store = store_on(database)
    engine, _, _ = engine_on(store)
    async with running(engine):
        assert await engine.ask(Count(key="a", by=1)) == 1
        move(path, away)
        engine.post(Count(key="a", by=1, leg="lost?"))
        await until(lambda: store.failures >= 2, 15, "commits are refused")
        cause, cure = describe_db_error(store.trouble or Exception())
        assert "moved, removed or replaced" in cause
        assert "Put it back" in cure
        assert not list(away.parent.glob(path.name)), "no empty database in its place"
        move(away, path)
        await until(lambda: store.trouble is None, 10, "it goes on")
    assert await values(database) == {"a": 2}
    await database.dispose()


async def test_given_another_file_in_its_place_then_it_is_not_written(sqlite_url: str, tmp_path: Path) -> None:
    path = Path(sqlite_url.removeprefix("sqlite+aiosqlite:///"))
    database = connect(sqlite_url)
    await make_tables(database)
    store = store_on(database)
    subject, _ = core()
    await store.commit(taken(subject, Count(key="a", by=1)))
    await upgrade(f"sqlite+aiosqlite:///{tmp_path / 'other.db'}")
    move(path, tmp_path / "old.db")
    move(tmp_path / "other.db", path)
    with pytest.raises(Exception, match="moved, removed or replaced"):
        await store.commit(taken(subject, Count(key="a", by=1)))
    await database.dispose()


async def test_given_a_disk_without_room_then_it_waits_and_goes_on_when_there_is_some(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", 4096) as disk:
        url = f"sqlite+aiosqlite:///{disk / 'trunkline.db'}"
        await upgrade(url)
        database = connect(url)
        await make_tables(database)
        store = store_on(database)
        engine, _, _ = engine_on(store)
        async with running(engine):
            assert await engine.ask(Count(key="a", by=1)) == 1
            ballast = disk / "ballast"
            fill(ballast)
            for number in range(ROUNDS):
                engine.post(Count(key="a", by=1, caller="x" * 300, leg=f"l{number}"))
            await until(lambda: store.failures >= 2, 15, "commits fail")
            assert "disk that holds the database is full" in describe_db_error(store.trouble or Exception())[0]
            ballast.unlink()
            await until(lambda: store.trouble is None and engine.backlog == 0, 20, "it goes on")
            assert await engine.ask(Count(key="a", by=0)) == ROUNDS + 1
        assert await values(database) == {"a": ROUNDS + 1}
        await database.dispose()


async def test_the_buffer_is_bounded_and_what_it_refuses_is_told() -> None:
    class Never:
        async def load(self) -> tuple[dict[str, list[Any]], int]:
            return {}, 0

        async def commit(self, outcome: Outcome) -> None:
            raise OSError("the disk is gone")

    subject, _ = core()
    engine = Engine(subject, Never(), Heard(), SteadyClock(), room=300)
    async with running(engine):
        engine.post(Count(key="a"))
        await until(lambda: engine.store_error is not None)
        taken_in = sum(engine.post(Count(key="a", leg=f"l{number}")) for number in range(1000))
        assert taken_in == 300
        with pytest.raises(Unavailable):
            await engine.ask(Count(key="a"), timeout=1)
