"""A switch with callers and phones, simulated or real, as the crash loop sees and moves it."""

from __future__ import annotations

import asyncio
import contextlib
import random
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from lab.ami import LabAmi
from lab.asterisk import AmiAccess, AsteriskLab
from lab.caller import Leg, Manner, SipCaller, SipPhone
from tests.support.sim_process import SimProcess
from tests.support.waiting import until

ANSWERS_AFTER = (0.1, 0.6)
REGISTER_AGAIN = 90.0


@dataclass(frozen=True, slots=True)
class Channel:
    """One leg as the switch itself lists it. `bridge` is empty outside of a talk."""

    id: str
    endpoint: str
    up: bool
    context: str
    bridge: str


class Reach(Protocol):
    """What a platform must know of its switch."""

    @property
    def ami(self) -> AmiAccess: ...
    @property
    def phones(self) -> Path: ...
    @property
    def ws_url(self) -> str: ...
    @property
    def recordings_dir(self) -> Path: ...


class World(Protocol):
    """Callers and phones by the ids of their legs and the names of their endpoints."""

    @property
    def reach(self) -> Reach: ...

    async def phone(self, endpoint: str, secret: str) -> None:
        """Switch a phone on: registered, and answering after a moment."""
        ...

    async def rings(self, endpoint: str, secret: str) -> None:
        """Switch a phone on that rings until somebody picks up."""
        ...

    async def picks_up(self, endpoint: str) -> None: ...

    async def phone_hangs_up(self, endpoint: str) -> None: ...

    async def call_in(self, number: str) -> str: ...

    async def caller_hangs_up(self, leg: str) -> None: ...

    async def channels(self) -> dict[str, Channel]: ...


class SimWorld:
    def __init__(self, sim: SimProcess, chance: random.Random) -> None:
        self.reach: Reach = sim
        self._sim, self._chance = sim, chance

    async def phone(self, endpoint: str, secret: str) -> None:
        await self._sim.phone(endpoint, "answer", after=self._chance.uniform(*ANSWERS_AFTER))

    async def rings(self, endpoint: str, secret: str) -> None:
        await self._sim.phone(endpoint, "ring")

    async def picks_up(self, endpoint: str) -> None:
        """A leg that is listed may be a moment away from ringing; nobody can pick up before."""

        async def invited() -> bool:
            return all(one["state"] != "Down" for one in await self._sim.channels() if one["endpoint"] == endpoint)

        await until(invited, 10, f"{endpoint} rings")
        await self._sim.phone(endpoint, "pick_up")

    async def phone_hangs_up(self, endpoint: str) -> None:
        await self._sim.phone(endpoint, "hang_up")

    async def call_in(self, number: str) -> str:
        return await self._sim.call_in(number)

    async def caller_hangs_up(self, leg: str) -> None:
        await self._sim.end(leg)

    async def channels(self) -> dict[str, Channel]:
        found = await self._sim.channels()
        return {
            one["id"]: Channel(one["id"], one["endpoint"], one["state"] == "Up", one["context"], one["bridge"])
            for one in found
        }


class AsteriskWorld:
    """SIP callers and phones with sound; `eyes` is an AMI connection of our own."""

    def __init__(
        self, lab: AsteriskLab, reach: Reach, eyes: LabAmi, stack: AsyncExitStack, chance: random.Random
    ) -> None:
        self.reach = reach
        self._lab, self._eyes, self._stack, self._chance = lab, eyes, stack, chance
        self._phones: dict[str, SipPhone] = {}
        self._callers: dict[str, Leg] = {}
        self._tasks: list[asyncio.Task[None]] = []
        self._looking = asyncio.Lock()

    async def phone(self, endpoint: str, secret: str) -> None:
        if endpoint not in self._phones:
            await self.rings(endpoint, secret)
            self._tasks.append(asyncio.create_task(self._answer(self._phones[endpoint])))

    async def rings(self, endpoint: str, secret: str) -> None:
        phone = SipPhone(self._lab.sip, endpoint, secret, manner=Manner.ring)
        self._phones[endpoint] = await self._stack.enter_async_context(phone)
        self._tasks.append(asyncio.create_task(self._stay(phone)))

    async def picks_up(self, endpoint: str) -> None:
        leg = await self._phones[endpoint].call()
        while leg.is_over:  # an earlier one, that nobody answered
            leg = await self._phones[endpoint].call()
        await leg.answer(440)

    async def _answer(self, phone: SipPhone) -> None:
        while True:
            with contextlib.suppress(Exception):  # gone again before it was answered
                leg = await phone.call(3600)
                await asyncio.sleep(self._chance.uniform(*ANSWERS_AFTER))
                await leg.answer(440)

    async def _stay(self, phone: SipPhone) -> None:
        while True:
            await asyncio.sleep(REGISTER_AGAIN)
            await phone.register()

    async def phone_hangs_up(self, endpoint: str) -> None:
        for leg in self._phones[endpoint].legs:
            if not leg.is_over:
                await leg.hang_up()

    async def call_in(self, number: str) -> str:
        known = set(await self.channels())
        caller = SipCaller(self._lab.sip, number=number, to="5551234")
        leg = await self._stack.enter_async_context(caller)
        found: set[str] = set()

        async def there() -> bool:
            found.update(one.id for one in (await self.channels()).values() if one.endpoint == "trunk")
            found.difference_update(known)
            return bool(found)

        await until(there, 10, "the new caller's channel")
        (key,) = found
        self._callers[key] = leg
        return key

    async def caller_hangs_up(self, leg: str) -> None:
        await self._callers.pop(leg).hang_up()

    async def channels(self) -> dict[str, Channel]:
        async with self._looking:
            rows = await self._eyes.collect("CoreShowChannels", "CoreShowChannelsComplete")
            del self._eyes.seen[:]
        return {
            row["Uniqueid"]: Channel(
                row["Uniqueid"],
                row["Channel"].partition("/")[2].rpartition("-")[0],
                row["ChannelStateDesc"] == "Up",
                row["Context"],
                row["BridgeId"],
            )
            for row in rows
        }

    async def close(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)


@asynccontextmanager
async def sim_world(folder: Path, phones: int, chance: random.Random) -> AsyncIterator[World]:
    async with SimProcess(folder, phones) as sim:
        yield SimWorld(sim, chance)


@asynccontextmanager
async def asterisk_world(lab: AsteriskLab, chance: random.Random, reach: Reach | None = None) -> AsyncIterator[World]:
    """`reach`: another view of the lab for the platform."""
    async with lab.stand_in.client() as eyes, AsyncExitStack() as stack:
        await eyes.action("Events", EventMask="off")
        world = AsteriskWorld(lab, reach or lab, eyes, stack, chance)
        try:
            yield world
        finally:
            await world.close()
