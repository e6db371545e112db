"""A bare AMI client for the lab and its tests: keeps every message and every raw byte, and waits
for what a test expects."""

import asyncio
from collections.abc import Callable
from types import TracebackType
from typing import Self

from lab.errors import SwitchNotReady

Message = dict[str, str]
Test = Callable[[Message], bool]


def parse(block: bytes) -> Message:
    """One AMI message; of a repeated header (ChanVariable, Output) all values, joined by line ends."""
    message: Message = {}
    for line in block.decode(errors="replace").split("\r\n"):
        key, colon, value = line.partition(":")
        if colon:
            value = value.removeprefix(" ")
            message[key] = f"{message[key]}\n{value}" if key in message else value
    return message


class LabAmi:
    """`async with LabAmi(...) as ami: await ami.action("Ping")`. `seen` holds every event since the start."""

    def __init__(self, host: str, port: int, user: str, secret: str) -> None:
        self._address, self._login = (host, port), (user, secret)
        self.raw = bytearray()
        self.seen: list[Message] = []
        self._pending: dict[str, asyncio.Future[Message]] = {}
        self._waiters: list[tuple[Test, asyncio.Future[Message]]] = []
        self._count = 0

    async def __aenter__(self) -> Self:
        self._reader, self._writer = await asyncio.open_connection(*self._address)
        self._buffer = b""
        self.raw += await self._reader.readuntil(b"\r\n")
        self._task = asyncio.create_task(self._read())
        answer = await self.action("Login", Username=self._login[0], Secret=self._login[1])
        if answer.get("Response") != "Success":
            await self.close()
            raise SwitchNotReady(f"AMI refused {self._login[0]}: {answer.get('Message')}", "look into manager.conf")
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        self._writer.close()
        self._task.cancel()
        await asyncio.gather(self._task, self._writer.wait_closed(), return_exceptions=True)

    async def _read(self) -> None:
        while data := await self._reader.read(65536):
            self.raw += data
            *blocks, self._buffer = (self._buffer + data).split(b"\r\n\r\n")
            for block in blocks:
                self._handle(parse(block))
        for future in self._pending.values():
            if not future.done():
                future.set_exception(SwitchNotReady("the AMI connection was closed", "look into the log of the lab"))

    def _handle(self, message: Message) -> None:
        if "Event" not in message:  # OriginateResponse is an event with a Response header
            future = self._pending.pop(message.get("ActionID", ""), None)
            if future and not future.done():
                future.set_result(message)
            return
        self.seen.append(message)
        for test, waiter in self._waiters:
            if not waiter.done() and test(message):
                waiter.set_result(message)
        self._waiters = [(test, waiter) for test, waiter in self._waiters if not waiter.done()]

    async def action(self, name: str, *variables: str, **headers: str | int) -> Message:
        """Send an action and await its response; `variables` become `Variable:` headers."""
        self._count += 1
        action_id = f"lab-{self._count}"
        future: asyncio.Future[Message] = asyncio.get_running_loop().create_future()
        self._pending[action_id] = future
        lines = [f"Action: {name}", f"ActionID: {action_id}", *(f"{k}: {v}" for k, v in headers.items())]
        lines += [f"Variable: {text}" for text in variables]
        self._writer.write(("\r\n".join(lines) + "\r\n\r\n").encode())
        async with asyncio.timeout(10):  # wait_for would swallow a cancellation that comes together with the answer
            return await future

    async def collect(self, name: str, end: str, **headers: str | int) -> list[Message]:
        """Send an action that answers with a list; returns the events of the list without the last."""
        start = len(self.seen)
        action_id = (await self.action(name, **headers)).get("ActionID", "")
        await self.until(lambda m: m.get("Event") == end and m.get("ActionID") == action_id, since=start)
        return [m for m in self.seen[start:] if m.get("ActionID") == action_id and m["Event"] != end]

    async def until(self, test: Test, *, since: int = 0, timeout: float = 10) -> Message:
        """The first event from index `since` of `seen` that passes, now or within the time."""
        for message in self.seen[since:]:
            if test(message):
                return message
        waiter: asyncio.Future[Message] = asyncio.get_running_loop().create_future()
        self._waiters.append((test, waiter))
        async with asyncio.timeout(timeout):
            return await waiter

    async def user_event(self, name: str, *, since: int = 0, timeout: float = 10, **headers: str) -> Message:
        """The first UserEvent of that name with those headers."""

        def fits(message: Message) -> bool:
            return message.get("UserEvent") == name and all(message.get(k) == v for k, v in headers.items())

        return await self.until(fits, since=since, timeout=timeout)

    async def event(self, name: str, *, since: int = 0, timeout: float = 10, **headers: str) -> Message:
        """The first event of that name with those headers."""

        def fits(message: Message) -> bool:
            return message.get("Event") == name and all(message.get(k) == v for k, v in headers.items())

        return await self.until(fits, since=since, timeout=timeout)

    def mark(self) -> int:
        """Where `seen` stands now: for `since`."""
        return len(self.seen)
