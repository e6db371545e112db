"""Python callers and phones with sound, one async context each: what tests and `trunkline lab call` use."""

import asyncio
from enum import StrEnum
from types import TracebackType
from typing import Self

from lab.errors import CallFailed
from lab.sip.endpoint import SipEndpoint
from lab.sip.leg import CallResult, EndedBy, Leg

__all__ = ["CALLER_HZ", "MUSIC_HZ", "PHONE_HZ", "CallResult", "EndedBy", "Leg", "SipCaller", "SipPhone"]

CALLER_HZ = 1000
MUSIC_HZ = 700
PHONE_HZ = 440
TRUNK = "127.0.0.2"
Address = tuple[str, int]


class SipCaller:
    """A customer: `async with SipCaller(lab.sip, number="+34600111222", name="José", to="5551234") as call:`
    dials on entry and hangs up on exit. Number, name and called number are what the trunk would deliver; `sender` is
    the whole From header as a strange trunk might write it."""

    def __init__(  # noqa: PLR0913 - what a trunk may deliver
        self,
        server: Address,
        *,
        number: str,
        to: str,
        name: str = "",
        hz: float | None = CALLER_HZ,
        host: str = TRUNK,
        sender: str = "",
    ) -> None:
        self._endpoint = SipEndpoint(server, number, host=host)
        self._to, self._name, self._hz, self._sender = to, name, hz, sender

    async def __aenter__(self) -> Leg:
        await self._endpoint.open()
        return await Leg.dial(self._endpoint, self._to, name=self._name, hz=self._hz, sender=self._sender)

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._endpoint.close()


class Manner(StrEnum):
    """What a phone does by itself when it is called."""

    wait = "wait"
    answer = "answer"
    ring = "ring"
    busy = "busy"
    decline = "decline"


class SipPhone:
    """An agent's phone: registered on entry, taken back on exit. `manner` says what it does with a call;
    with `ring` and `wait` the test answers the leg that `call()` returns."""

    def __init__(
        self, server: Address, endpoint: str, secret: str, *, hz: float = PHONE_HZ, manner: Manner = Manner.answer
    ) -> None:
        self._endpoint = SipEndpoint(server, endpoint, host="127.0.0.1", secret=secret)
        self._hz, self.manner = hz, manner
        self._calls: asyncio.Queue[Leg] = asyncio.Queue()
        self._tasks: set[asyncio.Task[None]] = set()
        self.legs: list[Leg] = []

    async def __aenter__(self) -> Self:
        self._endpoint.on_invite = self._called
        await self._endpoint.open()
        await self._endpoint.register()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for leg in self.legs:
            await leg.hang_up()
        await self._endpoint.unregister()
        await self._endpoint.close()

    @property
    def name(self) -> str:
        return self._endpoint.user

    async def register(self) -> None:
        await self._endpoint.register()

    async def unregister(self) -> None:
        await self._endpoint.unregister()

    async def dial(self, to: str) -> Leg:
        """Call a number of the phone's own context."""
        leg = await Leg.dial(self._endpoint, to, hz=self._hz)
        self.legs.append(leg)
        return leg

    async def call(self, within: float = 10.0) -> Leg:
        """The next call that comes or came in."""
        try:
            return await asyncio.wait_for(self._calls.get(), within)
        except TimeoutError:
            raise CallFailed(f"{self.name} was not called within {within:.0f} s", "look at the switch's log") from None

    def _called(self, leg: Leg) -> None:
        self.legs.append(leg)
        if self.manner is Manner.busy:
            leg.refuse(486)
        elif self.manner is Manner.decline:
            leg.refuse(603)
        elif self.manner is not Manner.wait:
            leg.ring()
        if self.manner is Manner.answer:
            task = asyncio.create_task(leg.answer(self._hz))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        self._calls.put_nowait(leg)
