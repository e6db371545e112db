"""The helpers of kernel.db on both databases."""

from __future__ import annotations

import asyncio
import threading
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from enum import StrEnum
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Column, MetaData, String, Table, Text, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine

from kernel import db
from kernel.db import Json, UtcDateTime, clean, connect, from_row, readonly, to_row
from kernel.errors import Unavailable
from kernel.writes import delete_ids, upsert
from server.migrate import check

pytestmark = pytest.mark.integration

AT = datetime(2025, 3, 1, 12, 0, 0, 123456, tzinfo=UTC)


class Shade(StrEnum):
    light = "light"


@dataclass(frozen=True, slots=True)
class Part:
    at: datetime
    shade: Shade = Shade.light


@dataclass(frozen=True, slots=True)
class Thing:
    id: str
    at: datetime
    shade: Shade
    parts: tuple[Part, ...] = ()
    tags: frozenset[str] = frozenset()
    extra: dict[str, tuple[int, ...]] | None = None
    note: str | None = None


things_meta = MetaData()
things = Table(
    "test_things",
    things_meta,
    Column("id", String(20), primary_key=True),
    Column("at", UtcDateTime, nullable=False),
    Column("shade", String(10), nullable=False),
    Column("parts", Json, nullable=False),
    Column("tags", Json, nullable=False),
    Column("extra", Json),
    Column("note", Text),
    Column("not_a_field", Text),
)


@pytest.fixture
async def ready(database: AsyncEngine) -> AsyncEngine:
    async with database.begin() as connection:
        await connection.run_sync(things_meta.create_all)
    return database


async def _all(database: AsyncEngine) -> list[Thing]:
    async with readonly(database) as connection:
        return [from_row(Thing, row) for row in await connection.execute(select(things).order_by(things.c.id))]


async def test_a_row_comes_back_as_it_was(ready: AsyncEngine) -> None:
    full = Thing("a", AT, Shade.light, (Part(AT),), frozenset({"x", "y"}), {"n": (1, 2)}, "ñ 😀")
    bare = Thing("b", AT.astimezone(timezone(timedelta(hours=5, minutes=45))), Shade.light)

    async with ready.begin() as connection:
        await upsert(connection, things, [to_row(full), to_row(bare)])

    assert await _all(ready) == [full, bare]
    assert (await _all(ready))[1].at.tzinfo is UTC


async def test_upsert_replaces_what_is_there(ready: AsyncEngine) -> None:
    old, new = Thing("a", AT, Shade.light, note="old"), Thing("a", AT, Shade.light, note="new")
    async with ready.begin() as connection:
        await upsert(connection, things, [to_row(old)])
        await upsert(connection, things, [])
        await upsert(connection, things, [to_row(new), to_row(Thing("b", AT, Shade.light))])
        await delete_ids(connection, things, ["b", "never there"])
        await delete_ids(connection, things, [])

    assert await _all(ready) == [new]


async def test_a_naive_time_is_refused(ready: AsyncEngine) -> None:
    naive = Thing("a", datetime(2025, 1, 1), Shade.light)  # noqa: DTZ001
    with pytest.raises(Exception, match="naive"):
        async with ready.begin() as connection:
            await upsert(connection, things, [to_row(naive)])
    assert await _all(ready) == []


async def test_a_reader_waits_for_no_writer_and_sees_what_is_committed(ready: AsyncEngine) -> None:
    async with ready.begin() as connection:
        await upsert(connection, things, [to_row(Thing("a", AT, Shade.light))])
        assert await asyncio.wait_for(_all(ready), 2) == []
    assert len(await _all(ready)) == 1


async def test_a_reader_sees_one_picture(ready: AsyncEngine) -> None:
    if ready.dialect.name == "postgresql":
        query = "SHOW transaction_read_only"
        async with readonly(ready) as connection:
            assert await connection.scalar(text(query)) == "on"
            with pytest.raises(DBAPIError, match="read-only"):
                await upsert(connection, things, [to_row(Thing("a", AT, Shade.light))])
    else:
        async with readonly(ready) as connection:
            assert (await connection.execute(select(things))).all() == []
            async with ready.begin() as writer:
                await upsert(writer, things, [to_row(Thing("a", AT, Shade.light))])
            assert (await connection.execute(select(things))).all() == []
    async with ready.begin() as connection:
        await upsert(connection, things, [to_row(Thing("z", AT, Shade.light))])
    assert (await _all(ready))[-1].id == "z", "a connection that was read-only is given back as it was"


async def test_sqlite_is_set_up_to_keep_what_was_acknowledged(sqlite_url: str) -> None:
    engine = connect(sqlite_url)
    async with engine.connect() as connection:
        pragmas = {
            name: (await connection.execute(text(f"PRAGMA {name}"))).scalar_one()
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        }
    await engine.dispose()
    assert pragmas == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 5000}


async def test_a_database_error_does_not_tell_peoples_data(ready: AsyncEngine) -> None:
    async with ready.connect() as connection:
        with pytest.raises(DBAPIError) as failed:
            await connection.execute(text("INSERT INTO no_such_table VALUES (:number)"), {"number": "+34600111222"})
    assert "+34600111222" not in str(failed.value)


async def test_sqlite_writers_take_turns_from_the_beginning(sqlite_url: str) -> None:
    """Two transactions that read, then write: without BEGIN IMMEDIATE one of them fails with "locked"."""
    engine = connect(sqlite_url)
    async with engine.begin() as connection:
        await connection.run_sync(things_meta.create_all)
        await upsert(connection, things, [to_row(Thing("n", AT, Shade.light, note="0"))])

    async def count_up() -> None:
        async with engine.begin() as connection:
            note = await connection.scalar(select(things.c.note).where(things.c.id == "n"))
            await asyncio.sleep(0)
            await upsert(connection, things, [to_row(Thing("n", AT, Shade.light, note=str(int(note or 0) + 1)))])

    began = time.monotonic()
    await asyncio.gather(*(count_up() for _ in range(20)))

    assert (await _all(engine))[0].note == "20"
    assert time.monotonic() - began < 10
    await engine.dispose()


storable = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(st.characters()),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(st.characters()), inner, max_size=3),
)


@given(storable)
def test_what_is_clean_stays_and_cleaning_twice_changes_nothing(value: object) -> None:
    cleaned = clean(value)
    assert clean(cleaned) == cleaned
    assert "\x00" not in str(cleaned)
    str(cleaned).encode()


def test_given_a_database_that_cannot_be_opened_then_its_thread_ends_before_the_loop(tmp_path: Path) -> None:
    before = set(threading.enumerate())
    for _ in range(20):
        with pytest.raises(Unavailable):
            asyncio.run(check(f"sqlite+aiosqlite:///{tmp_path}/absent/trunkline.db"))
        assert set(threading.enumerate()) <= before


async def _backends(database: AsyncEngine) -> list[int]:
    """Process ids of the server for the connections that this engine holds."""
    async with database.connect() as one, database.connect() as other:
        return [await each.scalar(text("SELECT pg_backend_pid()")) for each in (one, other)]


async def test_given_connections_that_the_server_ended_meanwhile_then_who_comes_next_gets_new_ones(
    postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    database, another = connect(postgres_url), connect(postgres_url)
    before = await _backends(database)
    async with another.connect() as connection:
        for pid in before:
            assert await connection.scalar(text(f"SELECT pg_terminate_backend({pid}, 5000)"))
    monkeypatch.setattr(db, "IDLE", 0.0)
    after = await _backends(database)
    assert set(after).isdisjoint(before)
    monkeypatch.setattr(db, "IDLE", 60.0)
    pings: list[object] = []
    monkeypatch.setattr(database.dialect, "do_ping", pings.append)
    assert set(await _backends(database)) == set(after)
    assert pings == [], "who was used just now is not asked whether it lives"
    await database.dispose()
    await another.dispose()
