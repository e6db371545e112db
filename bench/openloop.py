"""Requests at a fixed rate, whatever the answers do: a late answer does not delay the next request."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Awaitable, Callable


async def open_loop(ask: Callable[[int], Awaitable[object]], rate: float, count: int) -> list[float]:
    """Milliseconds from when each of `count` requests was due to when its answer was there."""
    loop = asyncio.get_running_loop()
    gc.collect()
    took: list[float] = []
    began = loop.time() + 0.05

    async def one(number: int, due: float) -> None:
        await ask(number)
        took.append((loop.time() - due) * 1000)

    async with asyncio.TaskGroup() as tasks:
        for number in range(count):
            due = began + number / rate
            await asyncio.sleep(max(0.0, due - loop.time()))
            tasks.create_task(one(number, due))
    return took
