"""Waiting for something that has no event of its own: ask again until a deadline."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable


async def until(question: Callable[[], bool | Awaitable[bool]], within: float = 5.0, what: str = "it") -> None:
    """Return once `question()` is true; AssertionError after `within` seconds."""
    deadline = time.monotonic() + within
    while True:
        answer = question()
        if await answer if isinstance(answer, Awaitable) else answer:
            return
        assert time.monotonic() < deadline, f"{what} did not happen within {within} s"
        await asyncio.sleep(0.01)
