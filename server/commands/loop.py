"""Runs a command's coroutine to its end, the threads of its database connections included."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")
PATIENCE = 2.0


def run_to_end(work: Coroutine[Any, Any, T]) -> T:
    """Like asyncio.run. aiosqlite's thread of a file that could not be opened speaks to the loop once more after the
    error was raised: the loop is kept until it has, or it would end in a traceback."""
    return asyncio.run(_whole(work))


async def _whole(work: Coroutine[Any, Any, T]) -> T:
    try:
        return await work
    finally:
        await asyncio.to_thread(_join_connections)


def _join_connections() -> None:
    for thread in threading.enumerate():
        if "_connection_worker_thread" in thread.name:
            thread.join(PATIENCE)
