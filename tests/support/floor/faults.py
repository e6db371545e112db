"""The faults of the crash loop: the platform killed, the link to the switch broken in every way."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from random import Random

from tests.support.faulty_link import FaultyLink
from tests.support.waiting import until
from tests.system.desk.process import PlatformProcess

GIVEN_UP_WITHIN = 3.0
Fault = Callable[[], Awaitable[None]]


def killing(platform: PlatformProcess, chance: Random) -> Fault:
    """SIGKILL, a moment down, and up again; now and then it is killed again while it starts."""

    async def fault() -> None:
        await platform.kill()
        await asyncio.sleep(chance.uniform(0, 0.5))
        if chance.random() < 0.15:
            await platform.launch()
            await asyncio.sleep(chance.uniform(0.1, 1.5))
            await platform.kill()
        await platform.launch()

    return fault


async def _refused(link: FaultyLink, chance: Random) -> None:
    link.refuse()
    await asyncio.sleep(chance.uniform(0.5, 3.0))


async def _stalled(link: FaultyLink, chance: Random) -> None:
    link.stall()
    await asyncio.sleep(chance.uniform(1.0, 3.5))


async def _late(link: FaultyLink, chance: Random) -> None:
    link.delay(chance.uniform(0.1, 1.2))
    await asyncio.sleep(chance.uniform(1.0, 4.0))


async def _bytewise(link: FaultyLink, chance: Random) -> None:
    link.split()
    await asyncio.sleep(chance.uniform(1.0, 4.0))


def _struck(how: str, **direction: bool) -> Callable[[FaultyLink, Random], Awaitable[None]]:
    """A fault of the connections there are: over when the platform has given them up and dialled again."""

    async def strike(link: FaultyLink, chance: Random) -> None:
        before = link.connections
        getattr(link, how)(**direction)
        await until(lambda: link.connections > before, GIVEN_UP_WITHIN, "the platform dials again")

    return strike


LINK_FAULTS: dict[str, Callable[[FaultyLink, Random], Awaitable[None]]] = {
    "cut": _struck("cut"),
    "refused": _refused,
    "stalled": _stalled,
    "late": _late,
    "one byte at a time": _bytewise,
    "corrupt from the switch": _struck("corrupt"),
    "corrupt to the switch": _struck("corrupt", up=True),
    "garbage from the switch": _struck("garbage"),
    "half-closed by the switch": _struck("half_close"),
    "half-closed to the switch": _struck("half_close", up=True),
}


def breaking(link: FaultyLink, kind: str, chance: Random) -> Fault:
    async def fault() -> None:
        try:
            await LINK_FAULTS[kind](link, chance)
        finally:
            link.heal()

    return fault
