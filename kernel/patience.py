"""Waiting for work no longer than somebody has patience, also for work that takes its time to be cancelled."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

T = TypeVar("T")

AGAIN = 0.25
_leaving: set[asyncio.Task[Any]] = set()
"""Work that was given up and has not ended yet."""


class GivenUp(TimeoutError):
    """The patience of whoever waited is over; the work itself may raise a TimeoutError of its own."""


def _never() -> bool:
    return False


async def within(seconds: float, work: Coroutine[Any, Any, T], more: Callable[[], bool] = _never) -> T:
    """What `work` gives; GivenUp after `seconds`, unless `more` says then (and a little later, and so on) that it
    is worth waiting. Work that is given up is cancelled and left to end alone: a driver may wait seconds for a server
    that stands still before it lets go of a connection."""
    task = asyncio.create_task(work)
    try:
        done, _ = await asyncio.wait({task}, timeout=seconds)
        while not done and more():
            done, _ = await asyncio.wait({task}, timeout=AGAIN)
    except asyncio.CancelledError:
        _leave(task)
        raise
    if done:
        return task.result()
    _leave(task)
    raise GivenUp


def _leave(task: asyncio.Task[Any]) -> None:
    task.cancel()
    _leaving.add(task)
    task.add_done_callback(_left)


def _left(task: asyncio.Task[Any]) -> None:
    _leaving.discard(task)
    if not task.cancelled():
        task.exception()  # looked at: nobody waits for it any more


async def all_left() -> None:
    """Until nothing that was given up is under way: before what it uses is closed."""
    while _leaving:
        await asyncio.wait(set(_leaving))
