"""How one commit's rows are saved: table by table, or, when some are refused for good, each one that can be."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import String, Table
from sqlalchemy.ext.asyncio import AsyncConnection

from kernel import db, writes
from kernel.storable import Encoded
from server.dberrors import is_permanent

Save = Callable[[AsyncConnection, Sequence[Any]], Awaitable[None]]
"""Saves rows (or writes) of one kind in the transaction of the connection."""
Bury = Callable[[AsyncConnection, "Step", Any, Exception], Awaitable[None]]
"""Puts a row that was refused among the dead letters."""


@dataclass(frozen=True, slots=True)
class Step:
    """Rows of one kind, saved in one round trip."""

    name: str
    rows: Sequence[Any]
    save: Save
    vital: bool = True


async def save_all(connection: AsyncConnection, steps: Sequence[Step]) -> None:
    """Save every step; the first refusal is raised."""
    for step in steps:
        await step.save(connection, step.rows)


async def save_what_fits(connection: AsyncConnection, steps: Sequence[Step], bury: Bury) -> None:
    """Save under savepoints; a row that is refused for good is buried, unless it is vital: then that is raised."""
    for step in steps:
        if await _attempt(connection, step, step.rows) is None:
            continue
        for row in step.rows:
            error = await _attempt(connection, step, [row])
            if error is None:
                continue
            if step.vital:
                raise error
            await bury(connection, step, row, error)


async def _attempt(connection: AsyncConnection, step: Step, rows: Sequence[Any]) -> Exception | None:
    """Save rows under a savepoint; the error when they are refused for good."""
    try:
        async with connection.begin_nested():
            await step.save(connection, rows)
    except Exception as error:
        if not is_permanent(error):
            raise
        return error
    return None


def inserting(table: Table) -> Save:
    """Insert journal-like rows; their `body` is made storable first."""

    async def save(connection: AsyncConnection, rows: Sequence[Mapping[str, Any]]) -> None:
        await writes.insert_rows(connection, table, [{**row, "body": _clean(row["body"])} for row in rows])

    return save


def _clean(body: Any) -> Any:
    return body if isinstance(body, Encoded) else db.clean(body)


def upserting(table: Table) -> Save:
    async def save(connection: AsyncConnection, rows: Sequence[dict[str, Any]]) -> None:
        await writes.upsert(connection, table, rows)

    return save


def deleting(table: Table) -> Save:
    async def save(connection: AsyncConnection, ids: Sequence[str]) -> None:
        await writes.delete_ids(connection, table, ids)

    return save


def text_lengths(table: Table) -> dict[str, int]:
    """The longest text that each column takes, where there is a limit. Primary keys are left out: cutting one
    would make two rows the same."""
    return {
        column.name: column.type.length
        for column in table.columns
        if isinstance(column.type, String) and column.type.length and not column.primary_key
    }
