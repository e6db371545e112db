"""What goes to a browser's socket: waiting for it without a task a message, and written fast."""

from __future__ import annotations

import asyncio
import json
from typing import Any

from pydantic_core import to_json


class FastJson:
    """JSON as socket.io asks for it, written by pydantic in a third of the time."""

    loads = staticmethod(json.loads)

    @staticmethod
    def dumps(value: Any, **_how: Any) -> str:
        return to_json(value).decode()


class Outgoing(asyncio.Queue[Any]):
    """A queue for one reader, whose `get` is a future and no coroutine: engine.io waits for it with a time limit, and
    would start a task for each message else."""

    _reader: asyncio.Future[Any] | None = None

    def get(self) -> asyncio.Future[Any]:  # type: ignore[override]
        reader: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        if self.empty():
            self._reader = reader
        else:
            reader.set_result(self.get_nowait())
        return reader

    def _put(self, item: Any) -> None:
        reader, self._reader = self._reader, None
        if reader is not None and not reader.done():
            reader.set_result(item)
        else:
            super()._put(item)
