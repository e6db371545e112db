"""The loop: one commit for what was drained, then publish and send; a failing store delays, and loses nothing."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import pytest

from kernel.clock import ManualClock
from kernel.core import Core, Outcome
from kernel.engine import Engine, Published
from kernel.errors import Displaced, Refused, Unavailable
from kernel.messages import Order
from tests.support.waiting import until
from tests.unit.kernel.words import START, Ask, Count, LookUp, Poison, Room, SetAlarm, Tell, Wonder

pytestmark = pytest.mark.unit


class FakeStore:
    """Keeps outcomes in a list. `failures` is how often a commit fails yet; `gate` holds commits back."""

    def __init__(self) -> None:
        self.kept: list[Outcome] = []
        self.failures = 0
        self.error: Exception = OSError("database is away")
        self.tries = 0
        self.gate = asyncio.Event()
        self.gate.set()

    async def load(self) -> tuple[dict[str, list[Any]], int]:
        return {}, 0

    async def commit(self, outcome: Outcome) -> None:
        self.tries += 1
        await self.gate.wait()
        if self.failures:
            self.failures -= 1
            raise self.error
        self.kept.append(outcome)

    def counts(self) -> list[int]:
        return [e.message.by for out in self.kept for e in out.entries if isinstance(e.message, Count)]


class FakeOutlet:
    """Notes what came out, and how much had been committed by then."""

    def __init__(self, store: FakeStore) -> None:
        self._store = store
        self.published: list[Published] = []
        self.sent: list[tuple[Order, int]] = []

    def publish(self, published: Published) -> None:
        self.published.append(published)

    def send(self, order: Order) -> None:
        self.sent.append((order, len(self._store.kept)))


class World:
    def __init__(self, room_size: int = 1000) -> None:
        self.store = FakeStore()
        self.outlet = FakeOutlet(self.store)
        self.clock = ManualClock(START)
        self.room = Room()
        self.core = Core([self.room.counters], [self.room])
        self.engine = Engine(self.core, self.store, self.outlet, self.clock, room_size)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[asyncio.Task[None]]:
        await self.engine.load()
        task = asyncio.create_task(self.engine.run())
        try:
            yield task
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)


async def test_orders_are_sent_and_answers_given_after_the_commit() -> None:
    world = World()
    async with world.running():
        world.store.gate.clear()
        asked = asyncio.create_task(world.engine.ask(Ask(actor="u1", key="a")))
        await until(lambda: world.store.tries == 1)
        assert not asked.done()
        assert world.outlet.sent == []
        assert world.outlet.published == []
        world.store.gate.set()
        assert await asked == 1
    assert [committed for _, committed in world.outlet.sent] == [1]
    assert world.outlet.published[0].seq == world.store.kept[0].last_seq


async def test_a_question_goes_out_while_its_turn_is_committed_and_once_only() -> None:
    world = World()
    async with world.running():
        world.store.gate.clear()
        world.engine.post(Wonder(key="a"))
        await until(lambda: world.store.tries == 1)
        assert [type(order) for order, _ in world.outlet.sent] == [LookUp]
        world.store.gate.set()
        await world.engine.ask(Count(key="a"))
    assert [(type(order), committed) for order, committed in world.outlet.sent] == [(LookUp, 0), (Tell, 1)]


async def test_a_question_that_was_asked_while_the_store_was_away_is_asked_again() -> None:
    world = World()
    world.store.failures = 2
    async with world.running():
        world.engine.post(Wonder(key="a"))
        await world.engine.ask(Count(key="a"))
    assert [(type(order), committed) for order, committed in world.outlet.sent[:3]] == [
        (LookUp, 0), (LookUp, 1), (Tell, 1),
    ]  # fmt: skip
    assert len(world.outlet.sent) == 3


async def test_an_engine_whose_database_another_took_over_ends() -> None:
    world = World()
    world.store.error, world.store.failures = Displaced(), 1
    async with world.running() as task:
        world.engine.post(Count(key="a"))
        with pytest.raises(Displaced):
            await task
    assert world.store.tries == 1
    assert world.outlet.published == []


async def test_what_waits_is_committed_at_once() -> None:
    world = World()
    for number in range(100):
        world.engine.post(Count(key="a", by=number))
    async with world.running():
        await world.engine.ask(Count(key="a"))
    assert len(world.store.kept) == 1
    assert world.store.counts() == [*range(100), 1]


async def test_a_failing_commit_is_tried_again_in_order() -> None:
    world = World()
    world.store.failures = 3
    async with world.running():
        first = asyncio.create_task(world.engine.ask(Count(key="a", by=1)))
        await until(lambda: world.store.tries >= 1)
        await until(lambda: world.engine.store_error is not None)
        for number in range(2, 50):
            world.engine.post(Count(key="a", by=number))
        assert await world.engine.ask(Count(key="a", by=50)) == sum(range(51))
        assert await first == 1
    assert world.store.counts() == list(range(1, 51))
    assert world.engine.store_error is None
    assert [p.seq for p in world.outlet.published] == sorted({p.seq for p in world.outlet.published})


async def test_a_read_sees_what_was_asked_before_it_and_only_once_it_is_committed() -> None:
    world = World()
    async with world.running():
        world.store.gate.clear()
        world.engine.post(Count(key="a", by=7))
        reading = asyncio.create_task(world.engine.read(lambda: world.room.counters["a"].value))
        await until(lambda: world.store.tries == 1)
        assert not reading.done()
        world.store.gate.set()
        assert await reading == 7


async def test_a_failing_question_is_the_askers_and_the_loop_lives() -> None:
    world = World()
    async with world.running():
        with pytest.raises(KeyError):
            await world.engine.read(lambda: world.room.counters["nothing"])
        assert await world.engine.ask(Count(key="a")) == 1


async def test_refusals_and_failures_reach_the_asker_after_the_commit() -> None:
    world = World()
    async with world.running():
        with pytest.raises(Refused):
            await world.engine.ask(Ask(actor="u1", key="a", refuse=True))
        with pytest.raises(ZeroDivisionError):
            await world.engine.ask(Poison(key="a"))
        world.engine.post(Poison(key="a"))
        assert await world.engine.ask(Count(key="a")) == 1
    assert [letter.message for out in world.store.kept for letter in out.dead] == [Poison(key="a")] * 2
    assert world.outlet.sent == []


async def test_a_full_inbox_refuses_and_says_so() -> None:
    world = World(room_size=2)

    assert [world.engine.post(Count(key="a")) for _ in range(3)] == [True, True, False]
    with pytest.raises(Unavailable) as refused:
        await world.engine.ask(Count(key="a"))
    assert refused.value.details["cause"] == "overloaded"
    assert world.engine.backlog == 2


async def test_who_gave_up_waiting_is_not_served_later() -> None:
    world = World()
    world.store.gate.clear()
    async with world.running():
        world.engine.post(Count(key="a"))
        await until(lambda: world.store.tries == 1)
        with pytest.raises(Unavailable):
            await world.engine.ask(Ask(actor="u1", key="late"), timeout=0.02)
        world.store.gate.set()
        assert await world.engine.ask(Count(key="a")) == 2
    assert "late" not in world.room.counters
    assert world.outlet.sent == []


async def test_a_deadline_wakes_the_loop() -> None:
    world = World()
    async with world.running():
        await world.engine.ask(SetAlarm(actor="u1", key="x", seconds=0.03))
        world.clock.advance(timedelta(seconds=1))
        await until(lambda: world.room.heard == ["ring"])


async def test_a_deadline_of_the_past_comes_at_once_after_a_start() -> None:
    world = World()
    world.core.take(SetAlarm(actor="u1", key="x", seconds=5), START - timedelta(days=1), Outcome())
    async with world.running():
        await until(lambda: len(world.store.kept) == 1)
    assert world.room.heard == ["ring"]


async def test_a_cancelled_loop_delivers_the_batch_in_hand() -> None:
    world = World()
    async with world.running() as task:
        world.store.gate.clear()
        asked = asyncio.create_task(world.engine.ask(Ask(actor="u1", key="a")))
        await until(lambda: world.store.tries == 1)
        task.cancel()
        await asyncio.sleep(0)
        world.store.gate.set()
        assert await asked == 1
        with pytest.raises(asyncio.CancelledError):
            await task
    assert len(world.outlet.sent) == 1


async def test_a_cancelled_loop_ends_though_the_store_is_away() -> None:
    world = World()
    world.store.failures = 10**9
    async with world.running() as task:
        world.engine.post(Ask(actor="u1", key="a"))
        await until(lambda: world.engine.store_error is not None)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asyncio.wait_for(asyncio.shield(task), 3)
    assert world.outlet.sent == []
    assert world.store.kept == []


async def test_who_gives_up_waiting_is_told_whether_it_may_still_be_done() -> None:
    world = World()
    async with world.running():
        world.store.gate.clear()
        world.engine.store_error = "OSError('disk full at /home/secret')"
        under_way = asyncio.create_task(world.engine.ask(Count(key="a"), timeout=0.3))
        await until(lambda: world.store.tries >= 1)
        with pytest.raises(Unavailable) as waiting:
            await world.engine.ask(Count(key="a"), timeout=0.05)
        with pytest.raises(Unavailable) as begun:
            await under_way
        world.store.gate.set()
        assert await world.engine.ask(Count(key="a")) == 2, "the one under way is done, the one that waited is not"
    assert (waiting.value.id, begun.value.id) == ("engine_busy", "outcome_unknown")
    assert "secret" not in str(begun.value.details)
