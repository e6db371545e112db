"""A small scripted AMI server: answers as Asterisk does, keeps what it was asked, and misbehaves on demand."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

Headers = dict[str, str]


class FakeAmi:
    """`actions` holds every action that ever came, over all connections."""

    def __init__(self, secret: str = "s3cret") -> None:
        self.secret = secret
        self.actions: list[Headers] = []
        self.status: list[str] = []
        self.refusals: dict[str, str] = {}
        self.packets: list[str] = []
        self.silent: set[str] = set()
        self.deaf = False
        self.chunk = 0
        self.booted = True
        self.banner = "Asterisk Call Manager/11.0.0\r\n"
        self.connections = 0
        self.between: str = ""
        self._writers: set[asyncio.StreamWriter] = set()

    @property
    def port(self) -> int:
        return int(self._server.sockets[0].getsockname()[1])

    async def start(self, port: int = 0, tls: ssl.SSLContext | None = None) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", port, ssl=tls)

    async def stop(self) -> None:
        self._server.close()
        self.cut()
        await self._server.wait_closed()

    def named(self, name: str) -> list[Headers]:
        return [action for action in self.actions if action["Action"] == name]

    def cut(self) -> None:
        """Drop every connection at once."""
        for writer in list(self._writers):
            writer.transport.abort()

    async def say(self, text: str | bytes) -> None:
        """Write raw text to every connection; with `chunk`, so many bytes at a time."""
        data = text.encode() if isinstance(text, str) else text
        for writer in list(self._writers):
            await self._write(writer, data)

    async def event(self, name: str, *lines: str) -> None:
        await self.say("\r\n".join((f"Event: {name}", *lines)) + "\r\n\r\n")

    async def _write(self, writer: asyncio.StreamWriter, data: bytes) -> None:
        step = self.chunk or len(data)
        for at in range(0, len(data), step):
            writer.write(data[at : at + step])
            await writer.drain()
            if self.chunk:
                await asyncio.sleep(0)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        self._writers.add(writer)
        try:
            await self._write(writer, self.banner.encode())
            while True:
                block = (await reader.readuntil(b"\r\n\r\n")).decode()
                await self._answer(writer, dict(line.split(": ", 1) for line in block.strip().split("\r\n")))
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            self._writers.discard(writer)
            writer.close()

    async def _answer(self, writer: asyncio.StreamWriter, action: Headers) -> None:
        self.actions.append(action)
        name = action["Action"]
        if self.deaf or name in self.silent:
            return
        text = "".join(part.replace("\n", "\r\n") for part in self._words(name, action))
        await self._write(writer, text.encode())

    def _words(self, name: str, action: Headers) -> list[str]:
        tail = f"ActionID: {action['ActionID']}\n"
        if name in self.refusals or (name == "Login" and action["Secret"] != self.secret):
            return [f"Response: Error\n{tail}Message: {self.refusals.get(name, 'Authentication failed')}\n\n"]
        if name == "Login":
            booted = "Event: FullyBooted\nStatus: Fully Booted\n\n" if self.booted else ""
            return [f"Response: Success\n{tail}Message: Authentication accepted\n\n", booted]
        if name == "CoreSettings":
            return [f"Response: Success\n{tail}AsteriskVersion: 22.0-fake\n\n"]
        if name == "Status":
            rows = [f"Event: Status\n{row}\n{tail}\n" for row in self.status]
            return [_start(tail), self.between, *rows, f"Event: StatusComplete\n{tail}EventList: Complete\n\n"]
        if name == "DeviceStateList":
            row = f"Event: DeviceStateChange\n{tail}Device: PJSIP/cti-phone-01\nState: NOT_INUSE\n\n"
            return [_start(tail), row, f"Event: DeviceStateListComplete\n{tail}EventList: Complete\n\n"]
        if name == "Getvar" and "Channel" in action:
            value = self.packets.pop(0) if self.packets else ""
            return [f"Response: Success\n{tail}Variable: {action['Variable']}\nValue: {value}\n\n"]
        return [f"Response: Success\n{tail}Message: done\n\n"]


def _start(tail: str) -> str:
    return f"Response: Success\n{tail}EventList: start\nMessage: will follow\n\n"


@asynccontextmanager
async def fake_ami() -> AsyncIterator[FakeAmi]:
    server = FakeAmi()
    await server.start()
    try:
        yield server
    finally:
        await server.stop()
