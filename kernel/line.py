"""A line to stand in: so many at a time, first come, first served, and the engine before all others."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections import deque
from collections.abc import AsyncIterator

MOVES = 2.5
"""A turn that ended sooner has shown that the line moves, however it ended."""


class Crowded(Exception):
    """Nobody in the line had a turn for as long as somebody has patience. Its cause, if any, is what the last turn
    failed with."""


class Line:
    """At most `width` have their turn at the same time. Who waits does so as long as the line moves: Crowded is raised
    when no turn ended for `patience` seconds."""

    def __init__(self, width: int, patience: float) -> None:
        self._free = width
        self._patience = patience
        self._ahead: deque[asyncio.Future[None]] = deque()
        self._behind: deque[asyncio.Future[None]] = deque()
        self._moved = -patience
        self._failed: Exception | None = None

    @property
    def waiting(self) -> int:
        """How many have no turn yet."""
        return len(self._ahead) + len(self._behind)

    @contextlib.asynccontextmanager
    async def turn(self, first: bool = False) -> AsyncIterator[None]:
        """A turn for the block. `first`: before all who wait and are not; nobody is disturbed who has theirs."""
        await self._take(self._ahead if first else self._behind)
        began = time.monotonic()
        failed: Exception | None = None
        try:
            yield
        except Exception as error:
            failed = error
            raise
        finally:
            self._failed = failed
            if time.monotonic() - began < MOVES:
                self._moved = time.monotonic()
            self._next()

    async def _take(self, queue: deque[asyncio.Future[None]]) -> None:
        if self._free:
            self._free -= 1
            return
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        queue.append(turn)
        try:
            await self._until(turn)
        except BaseException:
            if turn.done():
                self._next()
            else:
                queue.remove(turn)
            raise

    async def _until(self, turn: asyncio.Future[None]) -> None:
        came = time.monotonic()
        while not turn.done():
            left = max(came, self._moved) + self._patience - time.monotonic()
            if left <= 0:
                raise Crowded(f"nobody had a turn for {self._patience} s") from self._failed
            await asyncio.wait({turn}, timeout=left)

    def _next(self) -> None:
        queue = self._ahead or self._behind
        if queue:
            queue.popleft().set_result(None)
        else:
            self._free += 1
