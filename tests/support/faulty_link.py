"""A TCP proxy between us and a server, that does to the connection what networks do."""

from __future__ import annotations

import asyncio
import contextlib
import random
import re
import socket
import struct
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

ORIGINATED = re.compile(rb"^ChannelId: (\S+)\r$", re.MULTILINE)
NOISE = bytes(range(256)) * 2


@dataclass(slots=True, eq=False)
class _Wire:
    """One connection: our side and the server's. `spoilt` are the ways whose bytes are flipped, `shut` those that
    were half-closed; a way is True from us to the server."""

    ours: asyncio.StreamWriter
    theirs: asyncio.StreamWriter
    spoilt: set[bool] = field(default_factory=set)
    shut: set[bool] = field(default_factory=set)

    def sink(self, up: bool) -> asyncio.StreamWriter:
        return self.theirs if up else self.ours

    def reset(self) -> None:
        """RST both ways, as a broken cable or a firewall makes of it."""
        for writer in (self.ours, self.theirs):
            sock = writer.get_extra_info("socket")
            with contextlib.suppress(OSError):
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            writer.transport.abort()


class FaultyLink:
    """`async with FaultyLink(host, port) as link: connect to 127.0.0.1:link.port`.

    `cut`, `half_close`, `corrupt` and `garbage` strike the connections that there are, new ones are whole; `stall`,
    `delay`, `split` and `refuse` last, for new ones too, until `heal`. `sent` is what we sent, as it left us.
    """

    def __init__(self, host: str, port: int, chance: random.Random | None = None) -> None:
        self._target = (host, port)
        self._chance = chance or random.Random(1)
        self._tasks: set[asyncio.Task[None]] = set()
        self._wires: set[_Wire] = set()
        self._flows = asyncio.Event()
        self._flows.set()
        self._lag = 0.0
        self._bytewise = False
        self._refuses = False
        self.sent = b""
        self.connections = 0

    @property
    def port(self) -> int:
        return int(self._server.sockets[0].getsockname()[1])

    @property
    def originated(self) -> list[str]:
        """The leg of each Originate that we sent, in order, each time it was sent."""
        return [leg.decode() for leg in ORIGINATED.findall(self.sent)]

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

    # --- what can go wrong

    def cut(self) -> None:
        """Reset every connection at once, both ways."""
        for wire in list(self._wires):
            wire.reset()

    def refuse(self) -> None:
        """Cut, and let nobody connect."""
        self._refuses = True
        self.cut()

    def stall(self) -> None:
        """Half-open: connections stay, nothing passes, in either direction."""
        self._flows.clear()

    def delay(self, seconds: float) -> None:
        """Everything comes later, in order."""
        self._lag = seconds

    def split(self) -> None:
        """One byte at a time."""
        self._bytewise = True

    def corrupt(self, *, up: bool = False) -> None:
        """Flip bits in what comes from the server (`up`: in what goes to it)."""
        for wire in self._wires:
            wire.spoilt.add(up)

    def garbage(self, *, up: bool = False) -> None:
        """Put bytes between the server's (`up`: between ours) that nobody sent."""
        for wire in self._wires:
            if up not in wire.shut:
                wire.sink(up).write(NOISE)

    def half_close(self, *, up: bool = False) -> None:
        """End the server's way to us (`up`: ours to the server); the other way stays open."""
        for wire in self._wires:
            wire.shut.add(up)
            with contextlib.suppress(OSError, RuntimeError):
                wire.sink(up).write_eof()

    def heal(self) -> None:
        """All is well with the network again; what it broke stays broken."""
        self._refuses = self._bytewise = False
        self._lag = 0.0
        self._flows.set()

    # --- how

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._refuses:
            writer.transport.abort()
            return
        try:
            there, back = await asyncio.open_connection(*self._target)
        except OSError:
            writer.transport.abort()
            return
        self.connections += 1
        wire = _Wire(writer, back)
        self._wires.add(wire)
        tasks = {asyncio.create_task(self._pump(wire, one, up)) for one, up in ((reader, True), (there, False))}
        self._tasks |= tasks
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for one in (writer, back):
            one.transport.abort()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._wires.discard(wire)
        self._tasks -= tasks

    async def _pump(self, wire: _Wire, reader: asyncio.StreamReader, up: bool) -> None:
        with contextlib.suppress(OSError):
            while data := await reader.read(65536):
                if up:
                    self.sent += data
                if self._lag:
                    await asyncio.sleep(self._lag)
                await self._flows.wait()
                if up not in wire.shut:
                    await self._pass_on(wire.sink(up), self._flipped(data) if up in wire.spoilt else data)

    async def _pass_on(self, sink: asyncio.StreamWriter, data: bytes) -> None:
        for piece in (data[n : n + 1] for n in range(len(data))) if self._bytewise else (data,):
            sink.write(piece)
            await sink.drain()
            if self._bytewise:
                await asyncio.sleep(0)

    def _flipped(self, data: bytes) -> bytes:
        """About every eighth byte is another."""
        return bytes(byte ^ (0x55 if self._chance.random() < 0.12 else 0) for byte in data)
