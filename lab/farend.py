"""The far end of the lab's trunk: numbers that answer with a tone, are busy, ring for ever (`lab.outside`)."""

from __future__ import annotations

import asyncio
from types import TracebackType
from typing import Self

from lab import outside
from lab.errors import CallFailed
from lab.sip.endpoint import SipEndpoint
from lab.sip.leg import Leg
from lab.sip.message import user_of
from lab.switchconf import TRUNK_ADDRESS

FAR_HZ = 1000
Address = tuple[str, int]


class FarEnd:
    """`async with FarEnd(lab.sip, lab.ports.trunk) as far:` takes every call that the switch sends over its trunk.
    `dialled` holds the numbers in the order of the INVITEs: what the other side of a dial can count."""

    def __init__(self, server: Address, port: int, *, hz: float = FAR_HZ, host: str = TRUNK_ADDRESS) -> None:
        self._endpoint = SipEndpoint(server, "far", host=host)
        self._port, self._hz = port, hz
        self._tasks: set[asyncio.Task[None]] = set()
        self._calls: asyncio.Queue[Leg] = asyncio.Queue()
        self.legs: list[Leg] = []
        self.dialled: list[str] = []

    async def __aenter__(self) -> Self:
        self._endpoint.on_invite = self._called
        await self._endpoint.open(self._port)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for leg in self.legs:
            await leg.hang_up()
        await self._endpoint.close()

    async def call(self, within: float = 10.0) -> Leg:
        """The next call that comes or came."""
        try:
            return await asyncio.wait_for(self._calls.get(), within)
        except TimeoutError:
            raise CallFailed(f"nobody dialled within {within:.0f} s", "look at the switch's log") from None

    def _called(self, leg: Leg) -> None:
        assert leg.invite is not None
        number = user_of(leg.invite.start.split()[1])
        self.dialled.append(number)
        self.legs.append(leg)
        status = outside.refusal(number)
        if status is not None:
            leg.refuse(status)
        else:
            leg.ring()
            if outside.answers(number):
                task = asyncio.create_task(self._answer(leg, number))
                self._tasks.add(task)
                task.add_done_callback(self._tasks.discard)
        self._calls.put_nowait(leg)

    async def _answer(self, leg: Leg, number: str) -> None:
        await asyncio.sleep(outside.ANSWERS_AFTER)
        if leg.is_over:
            return
        await leg.answer(self._hz)
        talk = outside.talk_seconds(number)
        if talk is not None:
            await asyncio.sleep(talk)
            await leg.hang_up()
