"""The engine's store on SQL: journal, shelves, deadlines, dead letters and writes in one transaction."""

from __future__ import annotations

import asyncio
import json
import logging
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, Table, func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from kernel import codec, db, writes
from kernel.core import DeadLetter, Entry, Outcome
from kernel.faults import FaultPoint, awaited, reached
from kernel.messages import Message, Write
from kernel.storable import Encoded
from kernel.turn import Deadline
from server import owning
from server.dberrors import is_permanent
from server.saving import Save, Step, deleting, inserting, save_all, save_what_fits, text_lengths, upserting
from server.sealing import KeyRing, Pending, holders, opener, subject_key

log = logging.getLogger(__name__)

Run = Callable[[AsyncConnection, Sequence[Step]], Awaitable[None]]
LONGEST = 10.0
"""Seconds after which a commit without an answer is given up, and tried again."""
DOUBTFUL = 0.5
"""Seconds after which a commit may be older than it looks: this process may have stood still since it was made, and
another have taken its place."""


@dataclass(frozen=True, slots=True)
class ShelfTable:
    """Where a shelf is kept: columns named like the fields of `row_type`, primary key `id`. `live` is the
    where-clause for what is loaded at start; without it, all rows are. For `vital` see `SqlEngineStore`."""

    row_type: type[Any]
    table: Table
    live: ColumnElement[bool] | None = None
    vital: bool = False


@dataclass(frozen=True, slots=True)
class Saver:
    """How all writes of one type in a commit are saved. For `vital` see `SqlEngineStore`."""

    save: Save
    vital: bool = False


class SqlEngineStore:
    """Implements kernel.engine.Store.

    Rows are saved table by table in the order of registration, deleted in the reverse order, then come the writes.
    Texts longer than their column are cut and logged, unstorable letters replaced: no caller can make a commit
    fail. If rows are refused for good all the same (a constraint, a value out of range), which trying again cannot
    heal, they are put into `dead_letters` and the rest is saved, so that the engine lives. Not so for `vital`
    ones, on which an order depends (a dial permit): then the commit fails until somebody heals the cause.
    """

    def __init__(
        self,
        engine: AsyncEngine,
        shelves: Mapping[str, ShelfTable],
        saves: Mapping[type[Write], Save | Saver] | None = None,
    ) -> None:
        self._db = engine
        self._shelves = {**shelves, "deadlines": ShelfTable(Deadline, db.deadlines)}
        self._order = {name: at for at, name in enumerate(self._shelves)}
        self._lengths = {name: text_lengths(one.table) for name, one in self._shelves.items()}
        self._savers = {kind: one if isinstance(one, Saver) else Saver(one) for kind, one in (saves or {}).items()}
        self._token: int | None = None
        self.keys = KeyRing()
        self.trouble: Exception | None = None
        """Why the last commit failed; None when it did not."""
        self.committing_since: float | None = None
        """When the commit in hand began, by the steady clock; None while there is none."""
        self.failures = 0
        """Commits that failed, each try counted."""
        self.on_commit: Callable[[float], None] | None = None
        """Told how many seconds each commit took."""
        self.buried = 0
        """Rows that were refused for good and became dead letters."""

    async def load(self) -> tuple[dict[str, list[Any]], int]:
        """Live rows by shelf, and the last `seq` that was ever given. The database is this store's from now on: what
        the one before may still have at the server is saved before that, or not at all."""
        async with db.first(self._db) as connection:
            self._token = await owning.take(connection)
        found: dict[str, list[Any]] = {}
        async with db.readonly(self._db) as connection:
            for name, shelf in self._shelves.items():
                query = select(shelf.table).order_by(*shelf.table.primary_key)
                if shelf.live is not None:
                    query = query.where(shelf.live)
                found[name] = [db.from_row(shelf.row_type, row) for row in await connection.execute(query)]
            tables = (db.journal, db.dead_letters)
            last = [await connection.scalar(select(func.max(table.c.seq))) or 0 for table in tables]
        return found, max(last)

    async def commit(self, outcome: Outcome) -> None:
        """Save all of it in one transaction; raises when it could not, having saved nothing that a second try would
        save twice: one whose answer was lost is found saved then."""
        began = time.perf_counter()
        self.committing_since = time.monotonic()
        try:
            async with asyncio.timeout(LONGEST):
                if self.trouble is None or not await self._is_saved(outcome):
                    await self._save(outcome)
                if self.trouble is not None or time.perf_counter() - began > DOUBTFUL:
                    await self._ensure_ours()
        except Exception as error:
            self.trouble = error
            self.failures += 1
            raise
        finally:
            self.committing_since = None
        self.trouble = None
        if self.on_commit is not None:
            self.on_commit(time.perf_counter() - began)

    async def _is_saved(self, outcome: Outcome) -> bool:
        """Whether the try before this one was committed after all; without a line of the journal it does not matter."""
        for table, lines in ((db.journal, outcome.entries), (db.dead_letters, outcome.dead)):
            if lines:
                ours, of = lines[0], table.c
                query = select(of.seq).where(
                    of.seq == ours.seq, of.at == ours.at, of.type == type(ours.message).__name__
                )
                async with db.glance(self._db, first=True) as connection:
                    return await connection.scalar(query) is not None
        return False

    async def _ensure_ours(self) -> None:
        """Raises Displaced: what was saved is in the database, and is for its new owner to carry out."""
        async with db.glance(self._db, first=True) as connection:
            await owning.ensure(connection, self._token)

    async def _save(self, outcome: Outcome) -> None:
        try:
            await self._write(outcome, save_all, writes.saving(self._db, owning.hold(self._token)))
        except Exception as error:
            if not is_permanent(error):
                raise
            if self.trouble is not None and await self._is_saved(outcome):
                log.info("the try before was saved after all")
                return
            log.error("rows were refused for good; saving the rest", extra={"error": repr(error)[:500]})  # noqa: TRY400
            await self._write(outcome, self._carefully(outcome), db.first(self._db))

    async def erase(self, subjects: Iterable[str]) -> None:
        """Destroy the keys of these subjects: their personal data in the journal can never be read again."""
        wanted = list(subjects)
        async with self._db.begin() as connection:
            await self.keys.destroy(connection, wanted)
        self.keys.forget(wanted)

    async def journal(self, subject: str | None = None, after: int = 0, limit: int = 500) -> list[Entry]:
        """Journal lines in order, after a `seq`, of one subject or all; erased fields have their defaults."""
        table = db.journal
        query = select(table).where(table.c.seq > after).order_by(table.c.seq).limit(limit)
        if subject is not None:
            query = query.where(table.c.subject == subject_key(subject))
        async with db.readonly(self._db) as connection:
            rows = list(await connection.execute(query))
            keys = await self.keys.fetch(connection, {one for row in rows for one in holders(row.body)})
        self.keys.keep(keys)
        opened = opener(keys)
        return [Entry(row.seq, row.at, row.cause, codec.load(row.type, row.body, opened), row.error) for row in rows]

    async def _write(
        self, outcome: Outcome, run: Run, transaction: AbstractAsyncContextManager[AsyncConnection]
    ) -> None:
        pending = Pending()
        steps = self._steps(outcome, pending)
        async with transaction as connection:
            keys = await self.keys.fetch(connection, pending.subjects, make=True)
            pending.close(keys)
            await run(connection, steps)
            if awaited(FaultPoint.mid_transaction):
                await writes.written(connection)
            reached(FaultPoint.mid_transaction, outcome.entries)
        self.keys.keep(keys)

    def _steps(self, outcome: Outcome, pending: Pending) -> list[Step]:
        puts: dict[str, list[Any]] = {}
        drops: dict[str, list[str]] = {}
        for change in outcome.changes.values():
            if change.row is None:
                drops.setdefault(change.shelf, []).append(change.key)
            else:
                puts.setdefault(change.shelf, []).append(self._fitting(change.shelf, db.to_row(change.row)))
        steps = [
            Step("journal", [_journal_row(one, pending) for one in outcome.entries], inserting(db.journal)),
            Step("dead_letters", [_dead_row(one, pending) for one in outcome.dead], inserting(db.dead_letters)),
        ]
        for name in sorted(puts, key=self._order.__getitem__):
            shelf = self._shelves[name]
            steps.append(Step(name, puts[name], upserting(shelf.table), shelf.vital))
        for name in sorted(drops, key=self._order.__getitem__, reverse=True):
            steps.append(Step(name, drops[name], deleting(self._shelves[name].table), vital=False))
        steps += self._write_steps(outcome.writes)
        return [step for step in steps if step.rows]

    def _write_steps(self, writes: Sequence[Write]) -> list[Step]:
        by_type: dict[type[Write], list[Write]] = {}
        for write in writes:
            if type(write) not in self._savers:
                raise NotImplementedError(f"no save function is registered for {type(write).__name__}")
            by_type.setdefault(type(write), []).append(write)
        return [
            Step(kind.__name__, by_type[kind], saver.save, saver.vital)
            for kind, saver in self._savers.items()
            if kind in by_type
        ]

    def _fitting(self, shelf: str, row: dict[str, Any]) -> dict[str, Any]:
        for column, length in self._lengths[shelf].items():
            value = row.get(column)
            if isinstance(value, str) and len(value) > length:
                log.warning("a text was cut to fit its column", extra={"shelf": shelf, "column": column})
                row[column] = value[:length]
        return row

    def _carefully(self, outcome: Outcome) -> Run:
        at = datetime.now(UTC)

        async def bury(connection: AsyncConnection, step: Step, row: Any, error: Exception) -> None:
            self.buried += 1
            body = codec.plain(row) if isinstance(row, Write) else codec.jsonable(row)
            holder = (body.get("interaction_id") or body.get("id")) if isinstance(body, dict) else None
            pending = Pending()
            sealed = pending.sealer(at)(holder, json.dumps(body))
            pending.close(await self.keys.fetch(connection, pending.subjects, make=True))
            line = {"seq": outcome.last_seq, "at": at, "type": step.name[:60], "body": {"row": sealed}}
            reason = type(getattr(error, "orig", error)).__name__
            await connection.execute(insert(db.dead_letters), [{**line, "error": reason}])

        async def run(connection: AsyncConnection, steps: Sequence[Step]) -> None:
            await owning.ensure(connection, self._token)
            await save_what_fits(connection, steps, bury)

        return run


async def last_committed(database: AsyncEngine) -> datetime | None:
    """When anything was last saved by an engine; None before the first."""
    newest = select(db.journal.c.at).order_by(db.journal.c.seq.desc()).limit(1)
    async with db.readonly(database) as connection:
        found = [await connection.scalar(newest), await connection.scalar(select(func.max(db.engine_pulse.c.at)))]
    return max((one for one in found if one is not None), default=None)


async def last_there(database: AsyncEngine) -> tuple[datetime, datetime] | None:
    """When an engine first saved anything here, and when one was last at work; None when none ever was."""
    first = select(db.journal.c.at).order_by(db.journal.c.seq).limit(1)
    async with db.readonly(database) as connection:
        began, beat = await connection.scalar(first), await connection.scalar(select(func.max(db.engine_pulse.c.at)))
    return None if began is None or beat is None else (began, beat)


def _journal_row(entry: Entry, pending: Pending) -> dict[str, Any]:
    subject = entry.message.subject
    return {
        "seq": entry.seq,
        "at": entry.at,
        "cause": entry.cause,
        "kind": entry.message.kind,
        "type": type(entry.message).__name__,
        "subject": subject_key(subject) if subject else None,
        "body": _body(entry.message, entry.at, pending),
        "error": entry.error,
    }


def _body(message: Message, at: datetime, pending: Pending) -> dict[str, Any] | Encoded:
    text = codec.as_text(message)
    return codec.dump(message, pending.sealer(at)) if text is None else Encoded(text)


def _dead_row(letter: DeadLetter, pending: Pending) -> dict[str, Any]:
    return {
        "seq": letter.seq,
        "at": letter.at,
        "type": type(letter.message).__name__,
        "body": _body(letter.message, letter.at, pending),
        "error": db.clean(letter.error),
    }
