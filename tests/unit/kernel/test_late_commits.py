"""What a commit that came late ordered, and what waited behind it, is outdated: somebody is told before it is sent."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from kernel.clock import ManualClock
from kernel.core import Outcome
from kernel.engine import LATE, Engine, Published
from kernel.messages import Order
from tests.unit.kernel.words import Ask, Count, core

pytestmark = pytest.mark.unit


class Slow:
    """A store whose commits last as long as `lasts` says, by the engine's clock."""

    def __init__(self, clock: ManualClock) -> None:
        self.clock, self.lasts = clock, [LATE * 2]
        self.begun, self.go = asyncio.Event(), asyncio.Event()

    async def load(self) -> tuple[dict[str, list[Any]], int]:
        return {}, 0

    async def commit(self, _: Outcome) -> None:
        self.begun.set()
        await self.go.wait()
        self.clock.advance(self.lasts.pop(0) if self.lasts else timedelta())


class Told:
    """What was said and sent, in order."""

    def __init__(self) -> None:
        self.said: list[str] = []

    def publish(self, _: Published) -> None:
        return

    def send(self, order: Order) -> None:
        self.said.append(type(order).__name__)

    def late(self) -> None:
        self.said.append("late")


async def test_what_waited_behind_a_late_commit_is_outdated_too_and_what_comes_after_it_is_not() -> None:
    clock, told = ManualClock(datetime(2026, 3, 2, 9, 0, tzinfo=UTC)), Told()
    store = Slow(clock)
    engine = Engine(core()[0], store, told, clock)
    engine.on_late = told.late
    task = asyncio.create_task(engine.run())
    first = asyncio.create_task(engine.ask(Ask(actor="u1", key="first")))
    await store.begun.wait()
    second = asyncio.create_task(engine.ask(Ask(actor="u1", key="second")))
    await asyncio.sleep(0)
    store.go.set()
    await asyncio.gather(first, second)
    assert told.said.count("late") == 2
    assert told.said[0] == "late", "before the first order"
    before = list(told.said)
    await engine.ask(Count(key="third", by=1))
    await engine.ask(Ask(actor="u1", key="fourth"))
    assert told.said[len(before) :].count("late") == 0
    assert len(told.said) > len(before), "orders are sent as ever"
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
