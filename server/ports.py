"""The command and event ports of the desktop over an engine in the same process."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from agent_desktop.ports import Batch, Resync, Row, RowChange, State
from kernel import codec
from kernel.asker import ASKER
from kernel.core import Core
from kernel.engine import Engine, Published
from kernel.messages import Command, Event
from kernel.once import ASKING, AnsweredBefore
from routing.attempts import Attempt

NOT_SHOWN = frozenset({"deadlines", "answers"})
SHOWN_FOR = timedelta(minutes=15)
"""How long after its end a dial is news to its agent, over a restart."""


class _Subscriber:
    """A bounded queue of batches; once it overflows it holds nothing but the word to resync."""

    def __init__(self, room: int) -> None:
        self._queue: asyncio.Queue[Batch | Resync] = asyncio.Queue(room)

    def offer(self, batch: Batch) -> None:
        try:
            self._queue.put_nowait(batch)
        except asyncio.QueueFull:
            while not self._queue.empty():
                self._queue.get_nowait()
            self._queue.put_nowait(Resync())

    async def read(self) -> AsyncIterator[Batch | Resync]:
        while True:
            yield await self._queue.get()


class _Committed:
    """The rows as the last commit left them, and of each agent the dial that ended last, which the engine's memory has
    no more. So a state is given at once, also while the next commit waits for a database that stands still."""

    def __init__(self, core: Core, dials: Iterable[Attempt]) -> None:
        self.seq = core.seq
        self._shelves = core.shelves
        self._rows = {name: {row.id: row for row in shelf} for name, shelf in core.shelves.items() if _shown(name)}
        self._dials: dict[str, Attempt] = {}
        for dial in dials:
            self._keep(dial)

    def take(self, published: Published) -> None:
        """Called before the next turn: what a shelf has by now is what was committed."""
        self.seq = published.seq
        for change in published.changes:
            row = self._shelves[change.shelf].get(change.key)
            if row is not None and change.shelf in self._rows:
                self._rows[change.shelf][change.key] = row
            elif row is None and isinstance(change.row, Attempt):
                self._keep(change.row)
        for name, rows in self._rows.items():
            if len(rows) != len(self._shelves[name]):  # deleted, or finished: those leave without a change
                for key in [key for key in rows if key not in self._shelves[name]]:
                    del rows[key]

    def _keep(self, dial: Attempt) -> None:
        before = self._dials.get(dial.agent_id)
        if before is None or before.asked_at <= dial.asked_at:
            self._dials[dial.agent_id] = dial

    def state(self, at: datetime) -> State:
        rows = {name: _plain_rows(rows[key] for key in sorted(rows)) for name, rows in self._rows.items()}
        over = [one for one in self._dials.values() if one.ended_at is None or one.ended_at >= at - SHOWN_FOR]
        if over:
            rows["attempts"] = _plain_rows(over) | rows.get("attempts", {})
        return State(self.seq, rows)


def _shown(shelf: str) -> bool:
    return shelf not in NOT_SHOWN


class EnginePorts:
    """CommandPort and EventStream over `engine`, which is loaded. The outlet of that engine calls `publish`. `dials`
    are attempts that ended lately, in an earlier run: a desk goes on showing them."""

    def __init__(self, engine: Engine, room: int = 1000, dials: Iterable[Attempt] = ()) -> None:
        self._engine = engine
        self._committed = _Committed(engine.core, dials)
        self._room = room
        self._subscribers: set[_Subscriber] = set()

    async def execute(self, command: Command) -> object:
        """Carried out once per request that names itself; a repeated one has the answer of the first."""
        asked = replace(command, once=command.once or ASKING.get(), ip=command.ip or ASKER.get().ip)
        try:
            return await self._engine.ask(asked)
        except AnsweredBefore as before:
            return before.reply

    async def state(self) -> State:
        return self._committed.state(self._engine.clock.now())

    def publish(self, published: Published) -> None:
        """Hand a committed batch to every subscriber; never blocks."""
        self._committed.take(published)
        if self._subscribers:
            batch = plain_batch(published)
            for subscriber in self._subscribers:
                subscriber.offer(batch)

    @asynccontextmanager
    async def subscribe(self) -> AsyncIterator[AsyncIterator[Batch | Resync]]:
        subscriber = _Subscriber(self._room)
        self._subscribers.add(subscriber)
        try:
            yield subscriber.read()
        finally:
            self._subscribers.discard(subscriber)


def _plain_rows(rows: Iterable[Any]) -> dict[str, Row]:
    return {row.id: codec.plain(row) for row in rows}


def _plain_event(event: Event) -> Row:
    return {**codec.plain(event), "type": type(event).__name__}


def plain_batch(published: Published) -> Batch:
    """A published commit as it crosses the port."""
    changes = tuple(
        RowChange(one.shelf, one.key, None if one.row is None else codec.plain(one.row))
        for one in published.changes
        if _shown(one.shelf)
    )
    at = published.at.astimezone(UTC).isoformat().replace("+00:00", "Z")
    return Batch(published.seq, at, changes, tuple(_plain_event(event) for event in published.events))
