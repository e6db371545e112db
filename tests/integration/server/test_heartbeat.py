"""The heartbeat beats while the engine can commit, is silent when it cannot, and goes on by itself."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, cast

import pytest

from cti.dialplan.kit import KitSettings
from cti.switch import Switch
from kernel.clock import SteadyClock
from kernel.core import Core, Outcome
from kernel.engine import Engine
from kernel.messages import Order
from server import heartbeat
from server.heartbeat import BEAT, STALE, Heartbeat, PulseHandler
from tests.support.waiting import until

pytestmark = pytest.mark.integration


class Store:
    """Commits, unless it is broken or hangs."""

    def __init__(self) -> None:
        self.broken = False
        self.goes = asyncio.Event()
        self.goes.set()
        self.commits = 0

    async def load(self) -> tuple[dict[str, list[Any]], int]:
        return {}, 0

    async def commit(self, outcome: Outcome) -> None:
        await self.goes.wait()
        if self.broken:
            raise OSError("the disk is gone")
        self.commits += 1


class Beats:
    """A switch and an outlet that keep the beats."""

    def __init__(self) -> None:
        self.counts: list[int] = []

    def beat(self, count: int) -> None:
        self.counts.append(count)

    def publish(self, published: object) -> None:
        """Nobody listens."""

    def send(self, order: Order) -> None:
        """There are no orders."""


@asynccontextmanager
async def beating(store: Store) -> AsyncIterator[tuple[Heartbeat, Beats]]:
    beats = Beats()
    engine = Engine(Core((), (PulseHandler(),)), store, beats, SteadyClock())
    heart = Heartbeat(engine, cast(Switch, beats))
    tasks = [asyncio.create_task(engine.run()), asyncio.create_task(heart.run())]
    try:
        yield heart, beats
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same proportions, ten times as fast."""
    monkeypatch.setattr(heartbeat, "BEAT", BEAT / 10)
    monkeypatch.setattr(heartbeat, "STALE", STALE / 10)


def test_the_switch_takes_over_within_six_seconds_and_not_for_a_short_lock() -> None:
    looks = inspect.signature(KitSettings).parameters["stale_slices"].default
    last_beat_at_most = STALE.total_seconds()  # after the last commit
    assert last_beat_at_most + looks + 1 < 6, "looks are a second apart, and the first may see a beat just made"
    last_beat_at_least = STALE.total_seconds() - 2 * BEAT  # after the lock began: a pulse and a beat before it
    assert looks + last_beat_at_least - BEAT >= 2.5, "a lock of two seconds leaves the counter still for less"


async def test_given_a_start_then_the_first_commit_is_told_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(heartbeat, "BEAT", 600.0)
    async with beating(Store()) as (heart, beats):
        await until(lambda: heart.beating)
        assert beats.counts == [1]


async def test_it_counts_up_while_commits_succeed() -> None:
    store = Store()
    async with beating(store) as (heart, beats):
        await until(lambda: len(beats.counts) >= 4)
        assert heart.beating
        assert beats.counts == list(range(1, len(beats.counts) + 1))
        assert store.commits >= 4


@pytest.mark.parametrize("how", ["broken", "hanging"])
async def test_it_falls_silent_when_nothing_can_be_saved_and_goes_on_after(how: str) -> None:
    store = Store()
    async with beating(store) as (heart, beats):
        await until(lambda: len(beats.counts) >= 2)
        store.broken = how == "broken"
        if how == "hanging":
            store.goes.clear()
        await until(lambda: not heart.beating, 2)
        silent = len(beats.counts)
        await asyncio.sleep(0.15)  # three beats' time: silence is what is shown
        assert len(beats.counts) == silent
        store.broken = False
        store.goes.set()
        await until(lambda: heart.beating)
        await until(lambda: len(beats.counts) > silent)
        assert beats.counts == sorted(set(beats.counts)), "the counter never goes back, so the dialplan sees it move"


async def test_it_never_beats_before_the_first_commit() -> None:
    store = Store()
    store.goes.clear()
    async with beating(store) as (heart, beats):
        await asyncio.sleep(0.2)  # four beats' time
        assert beats.counts == []
        assert not heart.beating
