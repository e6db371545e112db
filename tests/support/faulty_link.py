"""A TCP proxy between us and a server, that cuts and stalls on demand."""

from __future__ import annotations

import asyncio
from types import TracebackType
from typing import Self


class FaultyLink:
    """`async with FaultyLink(host, port) as proxy: connect to 127.0.0.1:proxy.port`."""

    def __init__(self, host: str, port: int) -> None:
        self._target = (host, port)
        self._tasks: set[asyncio.Task[None]] = set()
        self._writers: set[asyncio.StreamWriter] = set()
        self._flows = asyncio.Event()
        self._flows.set()
        self.sent = b""
        self.connections = 0

    @property
    def port(self) -> int:
        return int(self._server.sockets[0].getsockname()[1])

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.close()
        self.cut()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._server.wait_closed()

    def cut(self) -> None:
        """Drop every connection at once, both ways."""
        for writer in list(self._writers):
            writer.transport.abort()

    def stall(self) -> None:
        """Half-open: connections stay, nothing passes, in either direction."""
        self._flows.clear()

    def flow(self) -> None:
        self._flows.set()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        there, back = await asyncio.open_connection(*self._target)
        self._writers |= {writer, back}
        ways = [self._pump(reader, back, True), self._pump(there, writer, False)]
        tasks = {asyncio.create_task(way) for way in ways}
        self._tasks |= tasks
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for one in (writer, back):
            one.transport.abort()
            self._writers.discard(one)
        for task in tasks:
            task.cancel()

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, ours: bool) -> None:
        try:
            while data := await reader.read(65536):
                await self._flows.wait()
                if ours:
                    self.sent += data
                writer.write(data)
                await writer.drain()
        except ConnectionError:
            pass
