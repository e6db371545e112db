"""Saving rows in few trips: prepared once, sent together with what comes next or with the COMMIT."""

from __future__ import annotations

import contextlib
import dataclasses
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from typing import Any

from sqlalchemy import Connection, Dialect, Executable, Row, Table, delete
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from kernel.bundle import HELD, Bundle, Hold, Part, alone, bundle_of, inserting
from kernel.db import UtcDateTime, first
from kernel.hops import OneHopConnection
from kernel.storable import sqlite_time

_PREPARED: dict[tuple[str, Table, tuple[str, ...], bool], _Prepared] = {}


@contextlib.asynccontextmanager
async def saving(engine: AsyncEngine, hold: Hold | None = None) -> AsyncIterator[AsyncConnection]:
    """A transaction of the engine for rows whose order does not matter to who saves them: what `insert_rows`, `upsert`
    and `delete_ids` are given goes to SQLite's thread, or to the server, with the next question or the COMMIT, which
    then raises what was wrong; Displaced when `hold` is not so."""
    if engine.dialect.name == "sqlite":
        async with first(engine, saving=True) as connection:
            raw = _raw(connection)
            if raw is not None and hold is not None:
                raw.only_if(hold.asked("?"), hold.value)
            yield connection
        return
    async with engine.connect() as plain:
        connection = await plain.execution_options(bundle=Bundle(hold))
        async with connection.begin():
            yield connection
            await connection.run_sync(_send, True)


async def written(connection: AsyncConnection) -> None:
    """Have all that was saved so far in the transaction, not only on its way."""
    raw = _raw(connection)
    if raw is not None:
        await raw.hop()
    else:
        await connection.run_sync(_send, False)


def _send(connection: Connection, last: bool) -> None:
    bundle = bundle_of(connection)
    if bundle is not None:
        bundle.send(connection, last)


async def beforehand(connection: AsyncConnection, query: Executable) -> Sequence[Row[Any]]:
    """Ask something that need not be part of the transaction's picture: a server begins no transaction for it."""
    if connection.dialect.name == "sqlite":
        return (await connection.execute(query)).all()
    return await connection.run_sync(lambda sync: alone(sync, query, None).all())


def _raw(connection: AsyncConnection) -> OneHopConnection | None:
    """The connection that takes rows for later, when this is one."""
    raw = connection.sync_connection.connection.driver_connection if connection.sync_connection else None
    return raw if isinstance(raw, OneHopConnection) and raw.saving else None


async def upsert(connection: AsyncConnection, table: Table, rows: Sequence[dict[str, Any]]) -> None:
    """Insert rows or, where the primary key is there already, replace the given columns. One round trip; every
    row has the same columns."""
    if rows:
        await _prepared(connection, table, tuple(rows[0]), True).run(connection, rows)


async def insert_rows(connection: AsyncConnection, table: Table, rows: Sequence[dict[str, Any]]) -> None:
    """Insert rows in one round trip; every row has the same columns."""
    if rows:
        await _prepared(connection, table, tuple(rows[0]), False).run(connection, rows)


@dataclasses.dataclass(frozen=True, slots=True)
class _Prepared:
    """A statement compiled once: building and compiling one costs more than running it."""

    table: str
    sql: str
    values: tuple[tuple[str, Callable[[Any], Any] | None], ...]
    key: tuple[int, ...]
    """Where the primary key is among the values."""

    async def run(self, connection: AsyncConnection, rows: Sequence[dict[str, Any]]) -> None:
        made = [tuple([row[name] if to is None else to(row[name]) for name, to in self.values]) for row in rows]
        raw = _raw(connection)
        bundle = bundle_of(connection.sync_connection)
        if raw is not None:
            raw.later(self.sql, made)
        elif bundle is not None and self._unlike(made):
            await _later(connection, bundle, Part(self.table, inserting(self.sql), tuple(zip(*made, strict=True))))
        else:
            await connection.exec_driver_sql(self.sql, made)

    def _unlike(self, made: Sequence[tuple[Any, ...]]) -> bool:
        """Whether each row has a key of its own: one statement cannot save a row twice."""
        return len(made) == 1 or len({tuple([row[at] for at in self.key]) for row in made}) == len(made)


async def _later(connection: AsyncConnection, bundle: Bundle, part: Part) -> None:
    """Keep a part; what is kept of its table already is sent first."""
    if bundle.holds(part.table):
        await connection.run_sync(bundle.send)
    bundle.add(part)


def _prepared(connection: AsyncConnection, table: Table, columns: tuple[str, ...], replacing: bool) -> _Prepared:
    key = connection.dialect.name, table, columns, replacing
    found = _PREPARED.get(key)
    if found is None:
        found = _PREPARED[key] = _prepare(connection.dialect, table, columns, replacing)
    return found


def _prepare(dialect: Dialect, table: Table, columns: tuple[str, ...], replacing: bool) -> _Prepared:
    insert = postgresql.insert if dialect.name == "postgresql" else sqlite.insert
    statement: Any = insert(table)
    keys = [column.name for column in table.primary_key]
    rest = {name: statement.excluded[name] for name in columns if name not in keys}
    if replacing and rest:
        statement = statement.on_conflict_do_update(index_elements=keys, set_=rest)
    elif replacing:
        statement = statement.on_conflict_do_nothing(index_elements=keys)
    compiled = statement.compile(dialect=dialect, column_keys=list(columns), for_executemany=True)
    order = compiled.positiontup
    if set(order) != set(columns):
        raise NotImplementedError(f"{table.name} has columns with defaults of our own; name them")
    processors = dict(compiled._bind_processors)
    if dialect.name == "sqlite":
        processors |= {name: sqlite_time for name in columns if isinstance(table.c[name].type, UtcDateTime)}
    values = tuple((name, processors.get(name)) for name in order)
    return _Prepared(table.name, str(compiled), values, tuple(order.index(name) for name in keys if name in order))


async def delete_ids(connection: AsyncConnection, table: Table, ids: Iterable[str]) -> None:
    """Delete the rows with these primary keys (`id`)."""
    wanted = list(ids)
    raw = _raw(connection)
    bundle = bundle_of(connection.sync_connection)
    if raw is not None:
        raw.later(f"DELETE FROM {table.name} WHERE id = ?", [(one,) for one in wanted])  # noqa: S608 - our own tables
    elif bundle is not None and wanted:
        sql = f"DELETE FROM {table.name} WHERE id = ANY({{0}}::VARCHAR[]) AND {HELD}"  # noqa: S608 - our own tables
        await _later(connection, bundle, Part(table.name, sql, (wanted,)))
    elif wanted:
        await connection.execute(delete(table).where(table.c.id.in_(wanted)))
