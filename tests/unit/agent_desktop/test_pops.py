"""Pops are fetched once, kept while needed, tried again when they fail, and made fresh when something was written."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest

from agent_desktop import pops
from agent_desktop.pops import PopCache, PopKey

pytestmark = pytest.mark.unit


class Source:
    """Counts what it is asked; the first `failing` answers fail."""

    def __init__(self, failing: int = 0) -> None:
        self.asked: list[PopKey] = []
        self.failing = failing

    async def pop(self, key: PopKey) -> dict[str, Any]:
        self.asked.append(key)
        if len(self.asked) <= self.failing:
            raise OSError("the database is away")
        return {"customer": key.customer_id, "number": len(self.asked)}


def key(interaction: str, customer: str | None = "cu-1", ended: bool = False) -> PopKey:
    return PopKey(interaction, "known" if customer else "unknown", customer, (), ended)


async def settled(cache: PopCache) -> None:
    await asyncio.gather(*cache._tasks.values(), return_exceptions=True)


@pytest.fixture
async def made() -> AsyncIterator[Callable[..., tuple[PopCache, Source, list[str]]]]:
    caches = []

    def make(failing: int = 0, room: int = 500) -> tuple[PopCache, Source, list[str]]:
        source, arrived = Source(failing), list[str]()
        caches.append(PopCache(source, arrived.append, room=room))
        return caches[-1], source, arrived

    yield make
    for cache in caches:
        await cache.close()


Make = Callable[..., tuple[PopCache, Source, list[str]]]


async def test_given_a_caller_when_wanted_twice_then_fetched_once(made: Make) -> None:
    cache, source, arrived = made()
    cache.want(key("ix-1"))
    cache.want(key("ix-1"))
    await settled(cache)
    cache.want(key("ix-1"))
    await settled(cache)

    assert source.asked == [key("ix-1")]
    assert arrived == ["ix-1"]
    assert cache.get("ix-1") == {"interaction_id": "ix-1", "customer": "cu-1", "number": 1}


async def test_given_another_customer_when_linked_then_fetched_anew(made: Make) -> None:
    cache, _, arrived = made()
    cache.want(key("ix-1", None))
    await settled(cache)
    cache.want(key("ix-1", "cu-2"))
    await settled(cache)

    assert arrived == ["ix-1", "ix-1"]
    assert (cache.get("ix-1") or {})["customer"] == "cu-2"


async def test_given_something_written_when_told_then_only_that_customers_pops_are_fresh(made: Make) -> None:
    cache, source, _ = made()
    cache.want(key("ix-1", "cu-1"))
    cache.want(key("ix-2", "cu-2"))
    await settled(cache)
    cache.customer_changed("cu-2")
    await settled(cache)

    assert source.asked == [key("ix-1", "cu-1"), key("ix-2", "cu-2"), key("ix-2", "cu-2")]


async def test_given_a_database_that_fails_first_then_tried_again(made: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pops, "TRIES", (0.0, 0.0, 0.0))
    cache, source, arrived = made(failing=2)
    cache.want(key("ix-1"))
    await settled(cache)

    assert len(source.asked) == 3
    assert arrived == ["ix-1"]


async def test_given_a_database_that_keeps_failing_then_wanted_again_later(
    made: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pops, "TRIES", (0.0,))
    cache, _, arrived = made(failing=1)
    cache.want(key("ix-1"))
    await settled(cache)
    nothing = cache.get("ix-1")
    cache.want(key("ix-1"))
    await settled(cache)

    assert nothing is None
    assert arrived == ["ix-1"]


async def test_given_more_callers_than_room_then_only_what_is_shown_is_fetched(made: Make) -> None:
    cache, source, _ = made(room=2)
    for number in range(5):
        cache.want(key(f"ix-{number}"))
    cache.want(key("ix-9"), urgent=True)
    await settled(cache)

    assert {one.interaction_id for one in source.asked} == {"ix-0", "ix-1", "ix-9"}


async def test_given_a_caller_who_left_when_forgotten_then_nothing_arrives(made: Make) -> None:
    cache, _, arrived = made()
    cache.want(key("ix-1"))
    cache.forget("ix-1")
    await settled(cache)
    await asyncio.sleep(0)

    assert cache.get("ix-1") is None
    assert arrived == []


@pytest.mark.parametrize(("match", "found"), [(None, False), ("unknown", True), ("known", True)])
def test_given_nobody_looked_the_caller_up_then_no_pop_yet(match: str | None, found: bool) -> None:
    row = {"id": "ix-1", "match": match, "customer_id": None, "candidate_ids": [], "state": "queued"}

    assert (PopKey.of(row) is not None) is found
