"""The engine loop on a real database that fails under it: nothing is lost, and the order stays."""

from __future__ import annotations

import asyncio
import os
import sqlite3
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

import pytest
from sqlalchemy import event, text
from sqlalchemy.ext.asyncio import AsyncEngine

from kernel.db import connect
from kernel.engine import Engine
from kernel.errors import Refused, Unavailable
from server.dberrors import describe_db_error, ensure_usable
from tests.integration.storage.shelves import engine_on, make_tables, store_on, texts, values
from tests.support.waiting import until
from tests.unit.kernel.words import Ask, Count, Poison, core

pytestmark = pytest.mark.integration


@asynccontextmanager
async def running(engine: Engine) -> AsyncIterator[None]:
    task = asyncio.create_task(engine.run())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


@contextmanager
def locked(url: str) -> Iterator[None]:
    """Another process holds the whole database."""
    path = url.removeprefix("sqlite+aiosqlite:///")
    script = (
        "import sqlite3, sys\n"
        f"c = sqlite3.connect({path!r}, isolation_level=None)\n"
        "c.execute('BEGIN EXCLUSIVE')\n"
        "print('locked', flush=True)\n"
        "sys.stdin.read()\n"
    )
    with subprocess.Popen([sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == b"locked\n"
        yield
        other.communicate(timeout=5)


@contextmanager
def impatient(engine: AsyncEngine) -> Iterator[None]:
    """Wait 50 ms for a lock instead of 5 s."""

    def shorten(connection: sqlite3.Connection, *_: object) -> None:
        connection.execute("PRAGMA busy_timeout=50")

    event.listen(engine.sync_engine, "checkout", shorten)
    yield
    event.remove(engine.sync_engine, "checkout", shorten)


async def test_what_was_asked_is_committed_before_the_answer(database: AsyncEngine) -> None:
    await make_tables(database)
    engine, _, heard = engine_on(store_on(database))
    await engine.load()
    async with running(engine):
        assert await engine.ask(Ask(actor="u1", key="a")) == 1
        assert await values(database) == {"a": 1}
        assert [order.counter for order in heard.orders] == ["a"]  # type: ignore[attr-defined]
        with pytest.raises(Refused):
            await engine.ask(Ask(actor="u1", key="b", refuse=True))
        assert await engine.ask(Count(key="a")) == 2
    assert len(heard.orders) == 1
    assert await values(database) == {"a": 2}


async def test_a_poison_message_does_not_stop_the_loop(database: AsyncEngine) -> None:
    await make_tables(database)
    engine, _, _ = engine_on(store_on(database))
    async with running(engine):
        with pytest.raises(ZeroDivisionError):
            await engine.ask(Poison(key="a"))
        assert await engine.ask(Count(key="a")) == 1


async def test_given_a_locked_database_then_nothing_is_lost_and_the_order_stays(sqlite_url: str) -> None:
    database = connect(sqlite_url)
    await make_tables(database)
    store = store_on(database)
    engine, room, heard = engine_on(store)
    with impatient(database):
        async with running(engine):
            await engine.ask(Ask(actor="u1", key="first"))
            with locked(sqlite_url):
                waiting = asyncio.create_task(engine.ask(Ask(actor="u1", key="during"), timeout=30))
                for number in range(600):
                    assert engine.post(Count(key="many", by=number, leg=f"l{number:04d}"))
                await until(lambda: engine.store_error is not None, what="a failed commit")
                assert describe_db_error(sqlite3_busy(engine.store_error))[0].startswith("Another process")
                with pytest.raises(Unavailable) as refused:
                    await engine.read(lambda: len(room.counters), timeout=0.1)
                assert refused.value.details["cause"] == "database"
                assert [order.counter for order in heard.orders] == ["first"], "sent before it was saved"  # type: ignore[attr-defined]
                assert not waiting.done()
            assert await waiting == 1
            assert await engine.ask(Count(key="after")) == 1
    assert engine.store_error is None
    counts = [entry.message for entry in await store.journal(limit=5000) if type(entry.message) is Count]
    assert [one.by for one in counts if one.key == "many"] == list(range(600))
    assert await values(database) == {"first": 1, "during": 1, "many": sum(range(600)), "after": 1}
    assert await texts(database) == ["first", "during"]
    assert [order.counter for order in heard.orders] == ["first", "during"]  # type: ignore[attr-defined]
    seqs = [published.seq for published in heard.published]
    assert seqs == sorted(set(seqs))
    await database.dispose()


def sqlite3_busy(shown: str | None) -> Exception:
    """An error as the driver raises it, for what the engine shows as text only."""
    assert shown is not None
    assert "locked" in shown
    error = sqlite3.OperationalError("database is locked")
    error.sqlite_errorname = "SQLITE_BUSY"
    return error


async def test_given_a_full_disk_then_the_engine_waits_and_goes_on(sqlite_url: str) -> None:
    database = connect(sqlite_url)
    await make_tables(database)
    pages = {"most": 0}

    def bound(connection: sqlite3.Connection, *_: object) -> None:
        connection.execute(f"PRAGMA max_page_count={pages['most'] or 1_000_000}")

    event.listen(database.sync_engine, "checkout", bound)
    store = store_on(database)
    engine, _, _ = engine_on(store)
    async with database.connect() as connection:
        used = (await connection.execute(text("PRAGMA page_count"))).scalar_one()
    async with running(engine):
        pages["most"] = used
        for number in range(300):
            engine.post(Count(key="a", by=number, caller="x" * 200, leg=f"l{number}"))
        await until(lambda: engine.store_error is not None, what="a failed commit")
        assert "full" in str(engine.store_error)
        pages["most"] = 0
        await until(lambda: engine.store_error is None and engine.backlog == 0, what="going on")
        assert await engine.ask(Count(key="a", by=1)) == sum(range(300)) + 1
    found = [e.message for e in await store.journal(limit=5000) if isinstance(e.message, Count)]
    assert [one.by for one in found] == [*range(300), 1]
    await database.dispose()


@pytest.fixture
def readonly_file(sqlite_url: str) -> Iterator[str]:
    """A database file that this process may only read (as root, which may write anything, by URI)."""
    path = Path(sqlite_url.removeprefix("sqlite+aiosqlite:///"))
    path.chmod(0o444)
    yield f"sqlite+aiosqlite:///file:{path}?mode=ro&uri=true" if os.geteuid() == 0 else sqlite_url
    path.chmod(0o644)


async def test_a_readonly_database_is_refused_at_the_start_with_cause_and_cure(readonly_file: str) -> None:
    database = connect(readonly_file)
    with pytest.raises(Unavailable) as refused:
        await ensure_usable(database)
    assert refused.value.id == "database_unusable"
    assert refused.value.details["cause"] == "The database can only be read."
    assert "right to write" in str(refused.value.details["cure"])
    await database.dispose()


async def test_a_good_database_is_usable(database: AsyncEngine) -> None:
    await ensure_usable(database)


async def test_a_locked_database_is_named_at_the_start(sqlite_url: str) -> None:
    database = connect(sqlite_url)
    with impatient(database), locked(sqlite_url), pytest.raises(Unavailable, match="holds the database locked"):
        await ensure_usable(database)
    await database.dispose()


async def test_a_missing_folder_a_broken_file_and_a_dead_server_are_told_apart(tmp_path: Path) -> None:
    (tmp_path / "broken.db").write_bytes(b"this is no database" * 100)
    cases = {
        f"sqlite+aiosqlite:///{tmp_path}/nowhere/x.db": "cannot be opened",
        f"sqlite+aiosqlite:///{tmp_path}/broken.db": "damaged",
        f"postgresql+asyncpg://postgres@/x?host={tmp_path}": "does not answer",
    }
    for url, words in cases.items():
        database = connect(url)
        with pytest.raises(Unavailable, match=words):
            await ensure_usable(database)
        await database.dispose()


async def test_an_unknown_database_and_user_are_told_apart(postgres_url: str) -> None:
    database = connect(postgres_url.replace("/t", "/no_such_t", 1).replace("//postgres@/no_such_t", "//postgres@/no_t"))
    with pytest.raises(Unavailable, match="no database of that name"):
        await ensure_usable(database)
    await database.dispose()
    stranger = connect(postgres_url.replace("//postgres@", "//stranger@"))
    with pytest.raises(Unavailable, match="refuses the user"):
        await ensure_usable(stranger)
    await stranger.dispose()


async def test_missing_tables_say_migrate(database: AsyncEngine) -> None:
    subject, _ = core()
    with pytest.raises(Exception, match="test_counters") as failed:
        await store_on(database).load()
    assert "trunkline migrate" in describe_db_error(failed.value)[1]
    assert subject.seq == 0


async def test_given_postgres_cuts_all_connections_then_nothing_is_lost(postgres_url: str) -> None:
    database = connect(postgres_url)
    await make_tables(database)
    store = store_on(database)
    engine, _, _ = engine_on(store)
    other = connect(postgres_url)
    async with running(engine):
        for number in range(50):
            engine.post(Count(key="a", by=1, leg=f"l{number}"))
            if number % 10 == 0:
                async with other.connect() as connection:
                    await connection.execute(
                        text(
                            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                            "WHERE pid <> pg_backend_pid() AND datname = current_database()"
                        )
                    )
                await asyncio.sleep(0)
        assert await engine.ask(Count(key="a", by=1)) == 51
    assert await values(database) == {"a": 51}
    await other.dispose()
    await database.dispose()
