"""The event loop that the platform runs on: libuv's where it is installed, Python's own elsewhere."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

T = TypeVar("T")


def run(work: Coroutine[Any, Any, T]) -> T:
    """`asyncio.run` on the fastest loop there is."""
    with asyncio.Runner(loop_factory=fastest()) as runner:
        return runner.run(work)


def fastest() -> Callable[[], asyncio.AbstractEventLoop]:
    """How to make a loop."""
    try:
        import uvloop
    except ImportError:  # there is none for this machine or Python
        return asyncio.new_event_loop
    return uvloop.new_event_loop
