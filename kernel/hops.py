"""SQLite behind one thread a connection, with one trip to that thread for each statement instead of four, or one for a
whole transaction: handing work to another thread and back costs more than most statements do."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import aiosqlite

from kernel.errors import Displaced

CHUNK = 64
AGAIN = 0.05
"""Seconds after which an interrupt is repeated: one that comes just before a statement begins has no effect."""

Work = Callable[[sqlite3.Connection], object]
"""Something to do in the thread."""


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
        await self._connection.hop(lambda raw: self._keep(raw.execute(sql, parameters)))
        return self

    async def executemany(self, sql: str, parameters: Sequence[Sequence[Any]]) -> OneHopCursor:
        await self._connection.hop(lambda raw: self._keep(raw.executemany(sql, parameters)))
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

    def _keep(self, cursor: sqlite3.Cursor) -> None:
        self.description, self.rowcount, self.lastrowid = cursor.description, cursor.rowcount, cursor.lastrowid
        self._rows = cursor.fetchall() if cursor.description else []
        cursor.close()


@dataclass(slots=True)
class _Errand:
    """What the thread was asked in one trip. It is interrupted only while it is what the thread does: the connection's
    next errand may be somebody else's."""

    works: Sequence[Work]
    only_reads: bool
    given_up: bool = False
    runs_on: sqlite3.Connection | None = None
    turn: threading.Lock = field(default_factory=threading.Lock)

    def run(self, raw: sqlite3.Connection) -> None:
        """In the thread."""
        with self.turn:
            self.runs_on = raw
        try:
            for work in self.works:
                if self.given_up:
                    return
                work(raw)
        finally:
            with self.turn:
                self.runs_on = None

    def give_up(self) -> None:
        """In the event loop, when nobody waits for it any more. What may change something ends by itself."""
        with self.turn:
            self.given_up = True
            if self.runs_on is None or not self.only_reads:
                return
            self.runs_on.interrupt()
        asyncio.get_running_loop().call_later(AGAIN, self.give_up)


class OneHopConnection(aiosqlite.Connection):
    """A connection that keeps what needs no answer, and sends it along with what does: the BEGIN of who reads; the
    BEGIN and all rows of who saves, whose errors then come with the next question or the COMMIT."""

    def __init__(self, *where: Any, **how: Any) -> None:
        super().__init__(lambda: sqlite3.connect(*where, **how), CHUNK)
        self._thread.daemon = True
        self._waiting: list[Work] = []
        self._sent = False
        self._bare = False
        self._reads = False
        self.saving = False
        """Whether `later` may be used."""

    def begin_nothing(self) -> None:
        """Each statement is on its own: there is no transaction to end."""
        self._bare = self._reads = True

    def begin_reading(self) -> None:
        """Send BEGIN along with the next statement: it takes no lock and no picture before that anyway."""
        self._waiting = [_statement("BEGIN")]
        self._reads = True

    def begin_saving(self) -> None:
        """Take the write lock with the first trip, in a transaction that may use `later`."""
        self._waiting = [_statement("BEGIN IMMEDIATE")]
        self.saving = True

    def later(self, sql: str, rows: Sequence[Sequence[Any]]) -> None:
        """Run this with the next trip."""
        self._waiting.append(lambda raw: raw.executemany(sql, rows).close())

    def only_if(self, sql: str, value: int) -> None:
        """Raise Displaced with the next trip unless there is a row, before anything that is sent later."""

        def look(raw: sqlite3.Connection) -> None:
            if raw.execute(sql, (value,)).fetchone() is None:
                raise Displaced

        self._waiting.append(look)

    def cursor(self) -> Any:
        """An OneHopCursor; typed as its base class demands."""
        return OneHopCursor(self)

    async def hop(self, work: Work | None = None) -> None:
        """Do what waits, then `work`, in the thread. What nobody waits for any more is not begun, a COMMIT least of
        all: who gave up is going to try again; a question that is being answered then is stopped."""
        waiting, self._waiting = self._waiting, []
        self._sent = not self._bare
        errand = _Errand((*waiting, work) if work else waiting, self._reads)
        try:
            await self._execute(self._work, errand)  # type: ignore[no-untyped-call]
        except asyncio.CancelledError:
            errand.give_up()
            raise

    async def commit(self) -> None:
        """In one trip with what waits; none when nothing but BEGIN does."""
        if self._sent or len(self._waiting) > 1:
            await self.hop(sqlite3.Connection.commit)
        self._over()

    async def rollback(self) -> None:
        self._waiting = []
        if self._sent:
            await self.hop(sqlite3.Connection.rollback)
        self._over()

    def _over(self) -> None:
        self._waiting, self._sent, self._bare, self._reads, self.saving = [], False, False, False, False

    def _work(self, errand: _Errand) -> None:
        errand.run(self._conn)


def _statement(sql: str) -> Work:
    return lambda raw: raw.execute(sql).close()


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
