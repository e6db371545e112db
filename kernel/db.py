"""Database metadata and the few helpers that every store shares; the only I/O-bound file of this room."""

from __future__ import annotations

import contextlib
import dataclasses
import math
import sqlite3
import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

from sqlalchemy import (
    JSON,
    BigInteger,
    Column,
    DateTime,
    Dialect,
    Engine,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    event,
)
from sqlalchemy.dialects import postgresql
from sqlalchemy.exc import InvalidatePoolError, OperationalError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from kernel import codec
from kernel.bundle import watch
from kernel.hops import OneHopConnection, open_sqlite
from kernel.line import Line
from kernel.storable import clean as clean
from kernel.storable import encode
from kernel.storable import to_row as to_row

T = TypeVar("T")


_OPTIONED: WeakKeyDictionary[Engine, dict[tuple[tuple[str, bool | str], ...], AsyncEngine]] = WeakKeyDictionary()

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class UtcDateTime(TypeDecorator[datetime]):
    """An aware UTC datetime on both databases; refuses a naive one."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a naive datetime cannot be stored")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


Json = JSON().with_variant(postgresql.JSONB(), "postgresql")
BigId = BigInteger().with_variant(Integer(), "sqlite")

journal = Table(
    "journal",
    metadata,
    Column("seq", BigId, primary_key=True, autoincrement=False),
    Column("at", UtcDateTime, nullable=False),
    Column("cause", BigInteger, nullable=False),
    Column("kind", String(10), nullable=False),
    Column("type", String(60), nullable=False),
    Column("subject", String(150), index=True),
    Column("body", Json, nullable=False),
    Column("error", String(80)),
)

journal_keys = Table(
    "journal_keys",
    metadata,
    Column("subject", String(150), primary_key=True),
    Column("key", String(60), nullable=False),
)

dead_letters = Table(
    "dead_letters",
    metadata,
    Column("id", BigId, primary_key=True, autoincrement=True),
    Column("seq", BigInteger, nullable=False, index=True),
    Column("at", UtcDateTime, nullable=False),
    Column("type", String(60), nullable=False),
    Column("body", Json, nullable=False),
    Column("error", Text, nullable=False),
)

engine_pulse = Table(
    "engine_pulse",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("at", UtcDateTime, nullable=False),
)

engine_owner = Table(
    "engine_owner",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("token", BigInteger, nullable=False),
)

answers = Table(
    "answers",
    metadata,
    Column("id", String(150), primary_key=True),
    Column("digest", String(64), nullable=False),
    Column("hour", String(13), nullable=False),
    Column("reply", Json),
)

deadlines = Table(
    "deadlines",
    metadata,
    Column("id", String(150), primary_key=True),
    Column("at", UtcDateTime, nullable=False),
    Column("type", String(60), nullable=False),
    Column("body", Json, nullable=False),
)


PATIENCE = 5.0
"""Seconds to wait for a lock, a connection, or half as long as for a statement's answer."""

ROOM, WRITERS, RESERVED = 15, 8, 2
"""Connections for everybody, how many of them may write at the same time where a server sorts writers out, and
connections that only the engine takes: calls never wait for people."""

POOL = {"pool_size": ROOM + RESERVED, "max_overflow": 0, "pool_use_lifo": True}
"""All connections are kept, for opening one costs more than most of what is asked on it; the last used comes first, so
that what a quiet hour needs stays with few."""


IDLE = 1.0
"""Seconds after which a connection to a server may have died unnoticed."""

OLD = 300
"""Seconds after which it is made anew: a firewall between may forget one that is idle for longer, and tell nobody."""


PREPARED = 150
"""Statements that a server keeps ready for a connection, the long ones at up to 0.4 MB each: a commit is one statement
for each set of tables that it saves in, of which a busy minute sees more than a hundred."""


class Lined(AsyncEngine):
    """A database with lines before it. SQLite has one write lock, for which its own waiting is a lottery: so whoever
    writes waits here for it, the engine before all others."""

    __slots__ = ("room", "writers")

    def __init__(self, engine: AsyncEngine) -> None:
        super().__init__(engine.sync_engine)
        self.room = Line(ROOM, PATIENCE)
        self.writers = Line(1 if engine.dialect.name == "sqlite" else WRITERS, PATIENCE)

    @contextlib.asynccontextmanager
    async def begin(self) -> AsyncIterator[AsyncConnection]:
        """A transaction that writes; raises Crowded when the line does not move."""
        async with self.writers.turn(), self.room.turn(), super().begin() as connection:
            yield connection


@contextlib.asynccontextmanager
async def first(engine: AsyncEngine, **options: bool | str) -> AsyncIterator[AsyncConnection]:
    """A transaction of the engine's own, with these options: a connection is kept for it, and the next turn to write is
    its own. A server lets it write beside all others."""
    async with contextlib.AsyncExitStack() as stack:
        if isinstance(engine, Lined) and engine.dialect.name == "sqlite":
            await stack.enter_async_context(engine.writers.turn(first=True))
        plain = with_options(engine, **options) if options else AsyncEngine(engine.sync_engine)
        yield await stack.enter_async_context(plain.begin())


@contextlib.asynccontextmanager
async def _in_the_room(engine: AsyncEngine) -> AsyncIterator[None]:
    if isinstance(engine, Lined):
        async with engine.room.turn():
            yield
    else:
        yield


def connect(url: str) -> AsyncEngine:
    """An engine for `url` (sqlite+aiosqlite:///file or postgresql+asyncpg://...) set up as the platform needs it.

    SQLite: WAL, every commit on the disk before it returns, 5 s busy timeout, foreign keys on; every transaction
    takes the write lock as it begins (BEGIN IMMEDIATE), so that it never fails half-way with "locked", and those of
    this process wait in a line for it. Readers use `readonly(engine)`, which takes no lock. Errors name the statement,
    never its values: those are people's data.
    """
    if not url.startswith("sqlite"):
        return _server(url)
    file = _File()
    how = {"timeout": PATIENCE, "async_creator_fn": file.open}
    engine = create_async_engine(url, **POOL, hide_parameters=True, json_serializer=encode, connect_args=how)
    file.path = _path(engine)

    @event.listens_for(engine.sync_engine, "connect")
    def _pragmas(connection: Any, _record: object) -> None:
        connection.isolation_level = None
        cursor = connection.cursor()
        try:
            for pragma in ("busy_timeout=5000", "journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
                cursor.execute(f"PRAGMA {pragma}")
        except Exception:  # no database, locked, not writable: the pool does not know this connection yet
            connection.close()
            raise
        cursor.close()

    @event.listens_for(engine.sync_engine, "begin")
    def _begin(connection: Any) -> None:
        options = connection.get_execution_options()
        if options.get("glance", False):
            connection.connection.driver_connection.begin_nothing()
            return
        if options.get("readonly", False):
            connection.connection.driver_connection.begin_reading()
            return
        file.ensure_there()
        if options.get("saving", False):
            connection.connection.driver_connection.begin_saving()
        else:
            connection.exec_driver_sql("BEGIN IMMEDIATE")

    return Lined(engine)


def _server(url: str) -> AsyncEngine:
    waits = {"timeout": PATIENCE, "command_timeout": 2 * PATIENCE, "prepared_statement_cache_size": PREPARED}
    options: dict[str, Any] = {
        "pool_timeout": PATIENCE,
        "pool_recycle": OLD,
        "hide_parameters": True,
        "json_serializer": encode,
        "connect_args": waits,
    }
    engine = _pinging(create_async_engine(url, **POOL, **options))
    watch(engine.sync_engine)
    return Lined(engine)


def _pinging(engine: AsyncEngine) -> AsyncEngine:
    """A connection that nobody used for `IDLE` is asked whether it lives; the pool's own way asks each time, which is a
    trip for each transaction."""

    @event.listens_for(engine.sync_engine, "checkin")
    def _used(_connection: object, record: Any) -> None:
        record.info["used"] = time.monotonic()

    @event.listens_for(engine.sync_engine, "checkout")
    def _ask(connection: Any, record: Any, _proxy: object) -> None:
        if time.monotonic() - record.info.get("used", math.inf) < IDLE:
            return
        try:
            engine.dialect.do_ping(connection)
        except Exception as error:  # whatever it is, none of those that we have is to be trusted
            raise InvalidatePoolError from error

    return engine


def _path(engine: AsyncEngine) -> str | None:
    name = engine.url.database or ""
    return None if not name or name == ":memory:" or name.startswith("file:") else name


class _File:
    """The file of an SQLite database as it was first opened. Who writes into one that was moved, removed or replaced
    since then would be told that all is well, and nobody would ever read it."""

    def __init__(self) -> None:
        self.path: str | None = None
        self._known: tuple[int, int] | None = None

    async def open(self, *where: Any, **how: Any) -> OneHopConnection:
        """A connection; never to a new and empty file in the place of the one that was there."""
        self.ensure_there()
        connection = await open_sqlite(*where, **how)
        if self._known is None:
            self._known = self._look()
        return connection

    def ensure_there(self) -> None:
        """Raises OperationalError (SQLITE_READONLY_DBMOVED) when the file is not the one that was opened."""
        if self._known is not None and self._look() != self._known:
            error = sqlite3.OperationalError("the database file was moved, removed or replaced")
            error.sqlite_errorname = "SQLITE_READONLY_DBMOVED"
            raise OperationalError("BEGIN", None, error)

    def _look(self) -> tuple[int, int] | None:
        if self.path is None:
            return None
        try:
            found = Path(self.path).stat()
        except OSError:
            return None
        return found.st_dev, found.st_ino


@contextlib.asynccontextmanager
async def readonly(engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
    """A transaction that only reads: one consistent picture, waiting for no writer. PostgreSQL refuses writes in
    it; SQLite does not, so write through `engine.begin()` only."""
    if engine.dialect.name == "sqlite":
        reading = with_options(engine, readonly=True)
    else:
        reading = with_options(engine, postgresql_readonly=True, isolation_level="REPEATABLE READ")
    async with _in_the_room(engine), reading.connect() as connection:
        yield connection


@contextlib.asynccontextmanager
async def glance(engine: AsyncEngine, first: bool = False) -> AsyncIterator[AsyncConnection]:
    """For a question, or several that need no common picture: no trips for a transaction around them. For no write.
    `first`: on a connection that is kept for the engine."""
    if engine.dialect.name == "sqlite":
        asking = with_options(engine, glance=True)
    else:
        asking = with_options(engine, isolation_level="AUTOCOMMIT")
    room = contextlib.nullcontext() if first else _in_the_room(engine)
    async with room, asking.connect() as connection:
        yield connection


def with_options(engine: AsyncEngine, **options: bool | str) -> AsyncEngine:
    """The engine with these options, made once: making one costs as much as a statement."""
    kept = _OPTIONED.setdefault(engine.sync_engine, {})
    key = tuple(options.items())
    found = kept.get(key)
    if found is None:
        found = kept[key] = engine.execution_options(**options)
    return found


def from_row(cls: type[T], row: Any) -> T:
    """The dataclass that `to_row` made; columns that are not fields are left out."""
    names = {f.name for f in dataclasses.fields(cls)}  # type: ignore[arg-type]
    return codec.build(cls, {k: v for k, v in row._mapping.items() if k in names})
