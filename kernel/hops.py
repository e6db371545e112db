"""SQLite behind one thread a connection, with one trip to that thread for each statement instead of four: handing work
to another thread and back costs more than most statements do."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Sequence
from typing import Any

import aiosqlite

CHUNK = 64


class OneHopCursor:
    """What SQLAlchemy asks of a cursor: executed, read to its end and closed in one trip."""

    def __init__(self, connection: OneHopConnection) -> None:
        self._connection = connection
        self._rows: list[Any] = []
        self.description: Any = None
        self.rowcount = -1
        self.lastrowid: int | None = None
        self.arraysize = 1

    async def __aenter__(self) -> OneHopCursor:
        return self

    async def execute(self, sql: str, parameters: Sequence[Any] = ()) -> OneHopCursor:
        await self._connection.hop(self._execute, sql, parameters)
        return self

    async def executemany(self, sql: str, parameters: Sequence[Sequence[Any]]) -> OneHopCursor:
        await self._connection.hop(self._executemany, sql, parameters)
        return self

    async def fetchone(self) -> Any:
        return self._rows.pop(0) if self._rows else None

    async def fetchmany(self, size: int | None = None) -> list[Any]:
        count = size or self.arraysize
        found, self._rows = self._rows[:count], self._rows[count:]
        return found

    async def fetchall(self) -> list[Any]:
        found, self._rows = self._rows, []
        return found

    async def __aiter__(self) -> AsyncIterator[Any]:
        for row in await self.fetchall():
            yield row

    async def close(self) -> None:
        self._rows = []

    def _execute(self, raw: sqlite3.Connection, sql: str, parameters: Sequence[Any]) -> None:
        self._keep(raw.execute(sql, parameters))

    def _executemany(self, raw: sqlite3.Connection, sql: str, parameters: Sequence[Sequence[Any]]) -> None:
        self._keep(raw.executemany(sql, parameters))

    def _keep(self, cursor: sqlite3.Cursor) -> None:
        self.description, self.rowcount, self.lastrowid = cursor.description, cursor.rowcount, cursor.lastrowid
        self._rows = cursor.fetchall() if cursor.description else []
        cursor.close()


class OneHopConnection(aiosqlite.Connection):
    """A connection whose reading transactions begin with their first statement."""

    def __init__(self, *where: Any, **how: Any) -> None:
        super().__init__(lambda: sqlite3.connect(*where, **how), CHUNK)
        self._thread.daemon = True
        self._begin = ""

    def begin_reading(self) -> None:
        """Send BEGIN along with the next statement: it takes no lock and no picture before that anyway."""
        self._begin = "BEGIN"

    def cursor(self) -> Any:
        """An OneHopCursor; typed as its base class demands."""
        return OneHopCursor(self)

    async def hop(self, work: Any, *arguments: Any) -> None:
        """Do `work` in the thread."""
        await self._execute(self._work, work, arguments)  # type: ignore[no-untyped-call]

    async def commit(self) -> None:
        if not self._nothing_begun():
            await super().commit()

    async def rollback(self) -> None:
        if not self._nothing_begun():
            await super().rollback()

    def _work(self, work: Any, arguments: Sequence[Any]) -> None:
        if self._begin:
            self._conn.execute(self._begin)
            self._begin = ""
        work(self._conn, *arguments)

    def _nothing_begun(self) -> bool:
        waiting, self._begin = self._begin, ""
        return bool(waiting)


async def open_sqlite(*where: Any, **how: Any) -> OneHopConnection:
    """An open connection. The thread of one that cannot be made ends before the caller is told: aiosqlite does not wait
    for it, and when the event loop is closed by then, the thread prints a traceback."""
    connection = OneHopConnection(*where, **how)
    try:
        await connection
    except BaseException:
        await asyncio.to_thread(connection._thread.join, 5)
        raise
    return connection
