"""PostgreSQL with one trip for all that a transaction saves: each statement more is a trip there and back, work for
both sides, and time for which the row locks are held."""

from __future__ import annotations

import functools
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Engine, event

_INSERT = re.compile(r"(?P<head>INSERT INTO .+?) VALUES \((?P<values>.*?)\)(?P<tail>.*)", re.DOTALL)
_TYPE = re.compile(r"\$\d+::([A-Z ]+)")


@dataclass(frozen=True, slots=True)
class Part:
    """A statement on one table with the lists that it takes: `sql` has `{0}`, `{1}`... where their numbers go."""

    table: str
    sql: str
    lists: tuple[Sequence[Any], ...]


class Bundle:
    """What a transaction saves, kept until a question is asked in it or it ends; then all of it goes as one statement.

    The parts of one statement do not see each other's rows, and PostgreSQL leaves open which goes first; constraints
    between tables are looked at when all is done. So a second part on a table waits for its own statement.
    """

    def __init__(self) -> None:
        self._parts: dict[str, Part] = {}

    def holds(self, table: str) -> bool:
        return table in self._parts

    def add(self, part: Part) -> None:
        """Keep a part, the only one of its table."""
        self._parts[part.table] = part

    def send(self, connection: Connection, last: bool = False) -> None:
        """Send what is kept. With `last`, and if nothing was sent in this transaction before, the statement is a
        transaction of its own: no trip for BEGIN, none for COMMIT."""
        if not self._parts:
            return
        parts, self._parts = tuple(self._parts.values()), {}
        sql = _statement(tuple(part.sql for part in parts), tuple(len(part.lists) for part in parts))
        values = tuple(one for part in parts for one in part.lists)
        if last:
            alone(connection, sql, values)
        else:
            connection.exec_driver_sql(sql, values)


def alone(connection: Connection, sql: Any, values: Any) -> Any:
    """Run a statement; when the transaction has not begun at the server yet, it does not begin for it."""
    raw: Any = connection.connection.dbapi_connection
    run = connection.exec_driver_sql if isinstance(sql, str) else connection.execute
    if raw.driver_connection.is_in_transaction():
        return run(sql, values)
    raw.autocommit = True
    try:
        return run(sql, values)
    finally:
        raw.autocommit = False


def watch(engine: Engine) -> None:
    """Have what a transaction keeps sent before it is asked anything."""

    @event.listens_for(engine, "before_cursor_execute")
    def _first_what_waits(connection: Connection, *_: object) -> None:
        bundle = bundle_of(connection)
        if bundle is not None:
            bundle.send(connection)


def bundle_of(connection: Connection | None) -> Bundle | None:
    """The bundle of this transaction, if it has one."""
    found = connection.get_execution_options().get("bundle") if connection is not None else None
    return found if isinstance(found, Bundle) else None


@functools.lru_cache(1024)
def inserting(sql: str) -> str:
    """An INSERT of one row, `VALUES ($1::TYPE, ...)`, as one of any number that come as a list for each column."""
    found = _INSERT.fullmatch(sql)
    types = _TYPE.findall(found["values"]) if found is not None else []
    if found is None or len(types) != found["values"].count("$"):
        raise NotImplementedError(f"no list can be made of the values of {sql}")
    lists = ", ".join(f"{{{at}}}::{kind}[]" for at, kind in enumerate(types))
    return f"{found['head']} SELECT * FROM unnest({lists}){found['tail']}"  # noqa: S608 - made of our own statement


@functools.lru_cache(1024)
def _statement(parts: tuple[str, ...], counts: tuple[int, ...]) -> str:
    numbered, first = [], 1
    for sql, count in zip(parts, counts, strict=True):
        numbered.append(sql.format(*(f"${at}" for at in range(first, first + count))))
        first += count
    *others, last = numbered
    if not others:
        return last
    return "WITH " + ", ".join(f"p{at} AS ({sql})" for at, sql in enumerate(others)) + f" {last}"
