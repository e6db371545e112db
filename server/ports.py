"""The command and event ports of the desktop over an engine in the same process."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC
from typing import Any, cast

from agent_desktop.ports import Batch, Resync, Row, RowChange, State
from kernel import codec
from kernel.asker import ASKER
from kernel.engine import Engine, Published
from kernel.messages import Command, Event
from kernel.once import ASKING, AnsweredBefore
from routing.attempts import Attempt

NOT_SHOWN = frozenset({"deadlines", "answers"})


Dials = Callable[[], Awaitable[Sequence[Attempt]]]


async def _none() -> Sequence[Attempt]:
    return ()


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


class EnginePorts:
    """CommandPort and EventStream over `engine`. The outlet of that engine calls `publish`. `dials` are attempts that
    ended lately: a desk goes on showing them, and the engine's memory has them no more."""

    def __init__(self, engine: Engine, room: int = 1000, dials: Dials = _none) -> None:
        self._engine = engine
        self._dials = dials
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
        seq, shelves = cast(tuple[int, dict[str, tuple[Any, ...]]], await self._engine.read(self._look))
        rows = {name: _plain_rows(rows) for name, rows in shelves.items()}
        if over := await self._dials():
            rows["attempts"] = _plain_rows(over) | rows.get("attempts", {})
        return State(seq, rows)

    def _look(self) -> tuple[int, dict[str, tuple[Any, ...]]]:
        core = self._engine.core
        return core.seq, {name: tuple(shelf) for name, shelf in core.shelves.items() if name not in NOT_SHOWN}

    def publish(self, published: Published) -> None:
        """Hand a committed batch to every subscriber; never blocks."""
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
        if one.shelf not in NOT_SHOWN
    )
    at = published.at.astimezone(UTC).isoformat().replace("+00:00", "Z")
    return Batch(published.seq, at, changes, tuple(_plain_event(event) for event in published.events))
