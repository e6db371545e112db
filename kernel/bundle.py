"""PostgreSQL with one trip for all that a transaction saves: each statement more is a trip there and back, work for
both sides, and time for which the row locks are held."""

from __future__ import annotations

import functools
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Engine, event

from kernel.errors import Displaced

_INSERT = re.compile(r"(?P<head>INSERT INTO .+?) VALUES \((?P<values>.*?)\)(?P<tail>.*)", re.DOTALL)
_TYPE = re.compile(r"\$\d+::([A-Z ]+)")


HELD = "{held}"
"""Stands in a part for the condition under which it saves anything."""


@dataclass(frozen=True, slots=True)
class Part:
    """A statement on one table with the lists that it takes: `sql` has `{0}`, `{1}`... where their numbers go, and
    HELD."""

    table: str
    sql: str
    lists: tuple[Sequence[Any], ...]


@dataclass(frozen=True, slots=True)
class Hold:
    """What must be so for a transaction to save: some row of `table` has this number in `column`, and nobody may change
    it meanwhile."""

    table: str
    column: str
    value: int

    def asked(self, mark: str) -> str:
        """The question, `mark` standing where the number goes."""
        return f"SELECT 1 FROM {self.table} WHERE {self.column} = {mark}"  # noqa: S608 - names of our own tables


class Bundle:
    """What a transaction saves, kept until a question is asked in it or it ends; then all of it goes as one statement.

    The parts of one statement do not see each other's rows, and PostgreSQL leaves open which goes first (in fact they
    go in their order); constraints between tables are looked at when all is done. So a second part on a table waits for
    its own statement. With a `hold` that is not so, nothing is saved, and Displaced raised.
    """

    def __init__(self, hold: Hold | None = None) -> None:
        self._parts: dict[str, Part] = {}
        self._hold = hold

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
        hold = self._hold
        shapes = tuple((part.sql, len(part.lists)) for part in parts)
        sql = _statement(shapes, f"{hold.asked('{0}::BIGINT')} FOR SHARE" if hold is not None else None)
        values: tuple[object, ...] = tuple(one for part in parts for one in part.lists)
        values = values if hold is None else (*values, hold.value)
        run = alone if last else _run
        if run(connection, sql, values).scalar() != 1:
            raise Displaced


def _run(connection: Connection, sql: str, values: Any) -> Any:
    return connection.exec_driver_sql(sql, values)


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
    return f"{found['head']} SELECT * FROM unnest({lists}) WHERE {HELD}{found['tail']}"  # noqa: S608 - our own tables


@functools.lru_cache(1024)
def _statement(parts: tuple[tuple[str, int], ...], hold: str | None) -> str:
    """One statement of these parts, each with the number of its lists; its answer is 1 when they were saved."""
    held = "TRUE" if hold is None else "EXISTS (SELECT FROM held)"
    made, first = [], 1
    for at, (sql, count) in enumerate(parts):
        numbers = (f"${number}" for number in range(first, first + count))
        made.append(f"p{at} AS ({sql.format(*numbers, held=held)})")
        first += count
    if hold is None:
        return f"WITH {', '.join(made)} SELECT 1"
    mine = f"held AS MATERIALIZED ({hold.format(f'${first}')})"
    return f"WITH {mine}, {', '.join(made)} SELECT count(*) FROM held"  # noqa: S608 - made of our own statements
