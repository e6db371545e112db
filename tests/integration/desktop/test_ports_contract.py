"""What every implementation of the command and event ports keeps: the stand-in, the in-process one, later Redis."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from typing import Any, Protocol

import pytest

from agent_desktop.ports import Batch, CommandPort, EventStream, Resync, Row
from kernel.clock import SteadyClock
from kernel.core import Core, Outcome
from kernel.engine import Engine, Published
from kernel.errors import Refused, Unavailable
from kernel.messages import Command, Event, Message, Order
from kernel.shelf import Shelf
from kernel.turn import Turn
from server.ports import EnginePorts
from tests.integration.desktop.fakes import FakeEngine

pytestmark = pytest.mark.integration

ROOM = 8


class Ports(CommandPort, EventStream, Protocol):
    """Both ports over one engine, with room for ROOM batches a subscriber."""


@dataclass(frozen=True, slots=True)
class Thing:
    id: str
    value: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PutThing(Command):
    """Set a thing's value; negative is refused, None deletes."""

    thing_id: str
    value: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ThingPut(Event):
    thing_id: str


class Things:
    def __init__(self, shelf: Shelf[Thing]) -> None:
        self._shelf = shelf

    def handle(self, message: Message, turn: Turn) -> None:
        if not isinstance(message, PutThing):
            return
        if message.value is None:
            self._shelf.drop(message.thing_id)
        elif message.value < 0:
            raise Refused("thing_negative", "A thing is not negative.")
        else:
            self._shelf.put(Thing(message.thing_id, message.value))
        turn.emit(ThingPut(thing_id=message.thing_id))
        turn.reply = message.value


class MemoryStore:
    async def load(self) -> tuple[dict[str, list[Any]], int]:
        return {}, 0

    async def commit(self, outcome: Outcome) -> None:
        await asyncio.sleep(0)


class Outlet:
    def __init__(self) -> None:
        self.ports: EnginePorts | None = None

    def publish(self, published: Published) -> None:
        if self.ports is not None:
            self.ports.publish(published)

    def send(self, order: Order) -> None: ...


@asynccontextmanager
async def in_process() -> AsyncIterator[Ports]:
    shelf: Shelf[Thing] = Shelf("things", Thing)
    outlet = Outlet()
    engine = Engine(Core([shelf], [Things(shelf)]), MemoryStore(), outlet, SteadyClock())
    outlet.ports = EnginePorts(engine, room=ROOM)
    loop = asyncio.create_task(engine.run())
    try:
        yield outlet.ports
    finally:
        loop.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await loop


@asynccontextmanager
async def stand_in() -> AsyncIterator[Ports]:
    fake = FakeEngine(room=ROOM)

    def put(command: PutThing) -> int | None:
        if command.value is not None and command.value < 0:
            raise Refused("thing_negative", "A thing is not negative.")
        row: Row | None = None if command.value is None else {"id": command.thing_id, "value": command.value}
        fake.commit(("things", command.thing_id, row))
        return command.value

    fake.answers[PutThing] = put
    yield fake


@pytest.fixture(params=[in_process, stand_in])
async def ports(request: pytest.FixtureRequest) -> AsyncIterator[Ports]:
    opened: Callable[[], AbstractAsyncContextManager[Ports]] = request.param
    async with opened() as found:
        yield found


def put(key: str, value: int | None) -> PutThing:
    return PutThing(actor="somebody", thing_id=key, value=value)


async def take(batches: AsyncIterator[Batch | Resync]) -> Batch:
    """The next batch; fails on a resync."""
    async with asyncio.timeout(2):
        found = await anext(batches)
    assert isinstance(found, Batch)
    return found


async def test_given_a_command_when_executed_then_its_result_and_the_state_holds_it(ports: Ports) -> None:
    result = await ports.execute(put("a", 3))
    state = await ports.state()

    assert result == 3
    assert state.rows["things"] == {"a": {"id": "a", "value": 3}}
    assert state.seq > 0


async def test_given_a_refusal_when_executed_then_raised_and_nothing_changes(ports: Ports) -> None:
    with pytest.raises(Refused) as refused:
        await ports.execute(put("a", -1))

    assert refused.value.id == "thing_negative"
    assert (await ports.state()).rows.get("things", {}) == {}


async def test_given_a_subscriber_when_changed_then_batches_in_order_with_whole_rows(ports: Ports) -> None:
    async with ports.subscribe() as batches:
        for value in range(3):
            await ports.execute(put("a", value))
        found = [await take(batches) for _ in range(3)]

    assert [batch.changes[0].row for batch in found] == [{"id": "a", "value": value} for value in range(3)]
    assert found[0].seq < found[1].seq < found[2].seq


async def test_given_a_row_when_deleted_then_the_batch_says_none(ports: Ports) -> None:
    await ports.execute(put("a", 1))
    async with ports.subscribe() as batches:
        await ports.execute(put("a", None))
        batch = await take(batches)

    assert [(one.shelf, one.key, one.row) for one in batch.changes] == [("things", "a", None)]
    assert (await ports.state()).rows.get("things", {}) == {}


async def test_given_subscribed_first_when_state_is_asked_then_nothing_is_missed(ports: Ports) -> None:
    await ports.execute(put("a", 1))
    async with ports.subscribe() as batches:
        writing = asyncio.create_task(_write(ports, 5))
        state = await ports.state()
        await writing
        rows = dict(state.rows["things"])
        last = await ports.state()
        while rows != last.rows["things"]:
            batch = await take(batches)
            if batch.seq > state.seq:
                rows |= {one.key: one.row for one in batch.changes if one.row is not None}

    assert set(rows) == {"a", "b0", "b1", "b2", "b3", "b4"}


async def _write(ports: Ports, count: int) -> None:
    for number in range(count):
        await ports.execute(put(f"b{number}", number))


async def test_given_a_slow_subscriber_when_it_overflows_then_told_to_resync_and_others_are_not(ports: Ports) -> None:
    async with ports.subscribe() as slow, ports.subscribe() as quick:
        seen = 0
        for value in range(ROOM + 1):
            await ports.execute(put("a", value))
            seen += len((await take(quick)).changes)
        async with asyncio.timeout(2):
            first = await anext(slow)
        await ports.execute(put("a", 99))
        after = await take(slow)

    assert seen == ROOM + 1
    assert first == Resync()
    assert after.changes[0].row == {"id": "a", "value": 99}


async def test_given_a_subscriber_that_left_then_the_others_go_on(ports: Ports) -> None:
    async with ports.subscribe() as staying:
        async with ports.subscribe():
            await ports.execute(put("a", 1))
        await ports.execute(put("a", 2))
        found = [await take(staying), await take(staying)]

    assert [batch.changes[0].row for batch in found] == [{"id": "a", "value": 1}, {"id": "a", "value": 2}]


async def test_given_events_when_published_in_process_then_they_carry_their_type() -> None:
    async with in_process() as ports, ports.subscribe() as batches:
        await ports.execute(put("a", 1))
        batch = await take(batches)

    assert batch.events == ({"thing_id": "a", "type": "ThingPut"},)


async def test_given_an_engine_that_stands_still_when_asked_then_unavailable() -> None:
    shelf: Shelf[Thing] = Shelf("things", Thing)
    engine = Engine(Core([shelf], [Things(shelf)]), MemoryStore(), Outlet(), SteadyClock(), room=1)
    ports = EnginePorts(engine)
    engine.post(put("a", 1))

    with pytest.raises(Unavailable) as busy:
        await ports.execute(put("a", 2))

    assert busy.value.id == "engine_busy"
