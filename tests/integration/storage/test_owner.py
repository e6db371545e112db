"""A database belongs to the engine that read it last: what another has at the server still is not saved any more."""

from __future__ import annotations

import asyncio
import contextlib
import sys
from collections.abc import AsyncIterator

import pytest
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncEngine

from kernel.core import Outcome
from kernel.db import readonly
from kernel.errors import Displaced
from server import store as store_module
from tests.integration.storage.shelves import counters, lines, make_tables, store_on, taken, texts, values
from tests.support.waiting import until
from tests.unit.kernel.words import Ask, Count, core

pytestmark = pytest.mark.integration

ORPHAN = """
import asyncio, sys
from kernel.db import connect
from tests.integration.storage.shelves import store_on, taken
from tests.unit.kernel.words import Count, core

async def main(url):
    store, (subject, _) = store_on(connect(url)), core()
    subject.load(*await store.load())
    await store.commit(taken(subject, Count(key="a", by=1)))
    print("saved", flush=True)
    await asyncio.to_thread(sys.stdin.readline)
    await store.commit(taken(subject, Count(key="a", by=10)))

asyncio.run(main(sys.argv[1]))
"""
WAITING = text("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'")


@contextlib.asynccontextmanager
async def locked(server: AsyncEngine) -> AsyncIterator[None]:
    """Whoever saves a counter waits meanwhile."""
    async with server.begin() as connection:
        await connection.execute(text("LOCK TABLE test_counters IN SHARE MODE"))
        yield


async def waits(server: AsyncEngine) -> bool:
    async with server.connect() as connection:
        return bool(await connection.scalar(WAITING))


async def test_given_a_commit_at_the_server_when_its_platform_was_killed_and_another_reads_then_it_is_not_saved(
    server: AsyncEngine, postgres_url: str
) -> None:
    pipe = asyncio.subprocess.PIPE
    old = await asyncio.create_subprocess_exec(sys.executable, "-c", ORPHAN, postgres_url, stdin=pipe, stdout=pipe)
    assert old.stdin is not None
    assert old.stdout is not None
    assert await asyncio.wait_for(old.stdout.readline(), 30) == b"saved\n"
    async with locked(server):
        old.stdin.write(b"go on\n")
        await until(lambda: waits(server), 10, "the commit waits at the server")
        old.kill()
        await old.wait()
        store, (subject, _) = store_on(server), core()
        subject.load(*await store.load())
    await until(lambda: _alone(server), 10, "what was left at the server is over")

    await store.commit(taken(subject, Count(key="b", by=5)))

    assert await values(server) == {"a": 1, "b": 5}
    assert {row.id: row.value for row in subject.shelves["counters"]} == {"a": 1, "b": 5}


async def _alone(server: AsyncEngine) -> bool:
    return not await waits(server)


async def test_who_was_displaced_saves_nothing_not_even_row_by_row(database: AsyncEngine) -> None:
    await make_tables(database)
    old, (of_old, _) = store_on(database), core()
    of_old.load(*await old.load())
    await old.commit(taken(of_old, Ask(actor="u1", key="same")))
    successor, (following, _) = store_on(database), core()
    following.load(*await successor.load())

    with pytest.raises(Displaced):
        await old.commit(taken(of_old, Count(key="a")))
    with pytest.raises(Displaced):
        await old.commit(taken(of_old, Ask(actor="u1", key="same")))

    assert await values(database) == {"same": 1}
    assert await texts(database) == ["same"]
    await successor.commit(taken(following, Count(key="b", by=5)))
    assert await values(database) == {"same": 1, "b": 5}, "nothing is locked behind who was refused"


async def test_given_a_platform_stood_still_after_a_commit_while_another_took_over_then_it_does_not_act_on_it(
    database: AsyncEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    await make_tables(database)
    old, (subject, _) = store_on(database), core()
    subject.load(*await old.load())
    save = old._save

    async def and_stands_still(outcome: Outcome) -> None:
        await save(outcome)
        await store_on(database).load()

    monkeypatch.setattr(old, "_save", and_stands_still)
    monkeypatch.setattr(store_module, "DOUBTFUL", 0.0)

    with pytest.raises(Displaced):
        await old.commit(taken(subject, Count(key="a")))
    assert await values(database) == {"a": 1}, "the new owner has it"


async def test_a_commit_that_was_given_up_under_a_lock_is_there_once(
    server: AsyncEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    store, (subject, _) = store_on(server), core()
    subject.load(*await store.load())
    out = taken(subject, Count(key="a"), Ask(actor="u1", key="b"))
    async with locked(server):
        monkeypatch.setattr(store_module, "LONGEST", 0.3)
        with pytest.raises(TimeoutError):
            await store.commit(out)
        monkeypatch.undo()

    await store.commit(out)
    await store.commit(taken(subject, Count(key="a")))

    assert await values(server) == {"a": 2, "b": 1}
    assert await texts(server) == ["b"]
    assert store.buried == 0


async def test_who_only_reads_has_one_picture(server: AsyncEngine) -> None:
    async with readonly(server) as connection:
        before = (await connection.execute(select(counters))).all()
        store, (subject, _) = store_on(server), core()
        await store.commit(taken(subject, Ask(actor="u1", key="a")))
        after = (await connection.execute(select(counters))).all()
        written = (await connection.execute(select(lines))).all()

    assert (before, after, written) == ([], [], [])
