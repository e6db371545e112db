"""A floor of three agents: one talks, one has a caller on hold, the third is free when asked; and one caller waits."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from lab.asterisk import AmiAccess, AsteriskLab
from routing.queuerows import Queue
from tests.support.faulty_link import FaultyLink
from tests.support.floor.people import Person
from tests.support.floor.sight import Talk, double, mistakes, talks, waiting
from tests.support.floor.worlds import Channel, World
from tests.support.waiting import until
from tests.system.desk.process import CUSTOMERS, LUCIA, PASSWORD, PlatformProcess

LOGINS = ("ana", "ben", "cia")
QUEUE = Queue("main", "Main", wrap_seconds=60, render_ms=300, lost_phone_seconds=8)
STEP = 20.0


@dataclass(frozen=True, slots=True)
class PlainPhones:
    """A real switch of which a platform knows the ordinary SIP phones only."""

    ami: AmiAccess
    phones: Path
    ws_url: str
    recordings_dir: Path


def plain_phones(lab: AsteriskLab, folder: Path) -> PlainPhones:
    known = json.loads(lab.phones.read_text())
    known["phones"] = known["phones"][len(known["phones"]) - lab.settings.plain_phones :]
    phones = folder / "plain-phones.json"
    phones.write_text(json.dumps(known))
    return PlainPhones(lab.ami, phones, lab.ws_url, lab.recordings_dir)


@dataclass(frozen=True, slots=True)
class AtWork:
    """What must not change, by ids of legs."""

    talk: Talk
    held: str
    holder: str
    waits: str


class SmallFloor:
    """`async with SmallFloor.open(place, folder) as floor`. `channels` is the switch at the last look, `twice` what was
    ever seen that may never be."""

    def __init__(self, world: World, platform: PlatformProcess, link: FaultyLink) -> None:
        self.world, self.platform, self.link = world, platform, link
        self.people = tuple(Person(platform.url, login, PASSWORD) for login in LOGINS)
        self.talker, self.holder, self.third = self.people
        self.channels: dict[str, Channel] = {}
        self.twice: list[str] = []
        self.work: AtWork

    @classmethod
    @asynccontextmanager
    async def open(
        cls, place: AbstractAsyncContextManager[World], folder: Path, database_url: str = ""
    ) -> AsyncIterator[Self]:
        """Everybody at work; in the end everybody hangs up, nothing is left, and the journal is replayed."""
        async with place as world, FaultyLink(world.reach.ami.host, world.reach.ami.port) as link:
            platform = PlatformProcess(world.reach, folder, ami_port=link.port, database_url=database_url)
            await platform.prepare(LOGINS, QUEUE, customers=CUSTOMERS)
            await platform.start()
            floor = cls(world, platform, link)
            try:
                await floor._begin()
                yield floor
                await floor._end()
            except AssertionError as error:
                error.add_note(f"{platform.tail()}\n{await platform.story()}")
                raise
            finally:
                await asyncio.gather(*(one.close() for one in floor.people))
                await platform.stop()
        assert await platform.replayed() == []

    async def _begin(self) -> None:
        callers = []
        for person in (self.talker, self.holder):
            await person.sign_in(self.world.phone)
            callers.append(await self.world.call_in(LUCIA))
            await self._until_talks(person, callers[-1])
        talk = talks(self.channels)[callers[0]]
        assert await self.holder.does("hold") == 200
        await until(lambda: self.holder.stint == "held", STEP, "a caller on hold")
        (held,) = (one.id for one in self.channels.values() if one.endpoint == self.holder.endpoint)
        self.third.works = False
        await self.third.sign_in(self.world.phone)
        await self._pauses()
        self.work = AtWork(talk, callers[1], held, await self.world.call_in(LUCIA))
        await self.is_right()

    async def _end(self) -> None:
        await self.look()
        for leg in (self.work.talk.caller, self.work.held, self.work.waits):
            if leg in self.channels:
                await self.world.caller_hangs_up(leg)
        await until(self._empty, STEP, "no channel is left")

    async def _empty(self) -> bool:
        await self.look()
        return not self.channels

    async def _pauses(self) -> None:
        status, answer = await self.third.ask("PUT", "/api/desk/presence", {"presence": "paused", "reason": "break"})
        assert status == 200, answer

    async def look(self) -> list[str]:
        """See the switch and the desks of those who have one; what is wrong."""
        self.channels = await self.world.channels()
        self.twice += double(self.channels)
        people = [one for one in self.people if one.endpoint]
        offline = [f"{one.login} is not connected" for one in people if not one.connected]
        return offline or mistakes(self.channels, {one.endpoint: one.desk for one in people})

    async def is_right(self, within: float = STEP) -> float:
        """Until the platform says that it works, and desks and switch agree, all of it `within` so many seconds; how
        long it took."""
        began = time.monotonic()
        await self.platform.ready(within)
        while found := await self.look():
            assert time.monotonic() - began < within, f"not right within {within} s:\n" + "\n".join(found)
            await asyncio.sleep(0.03)
        return time.monotonic() - began

    def undisturbed(self) -> list[str]:
        """What was lost of those who were at work before; empty when nothing."""
        work, found = self.work, []
        if talks(self.channels).get(work.talk.caller) != work.talk:
            found.append(f"the talk {work.talk} is no longer")
        found += (f"{leg} is gone" for leg in (work.held, work.holder, work.waits) if leg not in self.channels)
        if work.waits not in waiting(self.channels):
            found.append(f"{work.waits} waits no longer")
        return found

    # --- the third agent's part

    async def rings_the_third(self) -> str:
        """Another caller comes, the third agent gets ready, and whoever waited longer is offered; returns the leg of
        that caller, at the moment when the order to ring has left the platform."""
        first, work = self.work.waits, self.work
        self.work = AtWork(work.talk, work.held, work.holder, await self.world.call_in(LUCIA))
        await until(lambda: all(one.desk["queues"][0]["waiting"] == 2 for one in self.people), STEP, "two wait")
        ordered = len(self.link.originated)
        self.third.works = True
        await until(lambda: len(self.link.originated) > ordered, STEP, "the order to ring")
        return first

    async def third_talks_to(self, caller: str) -> None:
        await self._until_talks(self.third, caller)

    async def third_is_done_with(self, caller: str) -> None:
        """As it was before `rings_the_third`."""
        self.third.works = False
        await self._pauses()
        await self.world.caller_hangs_up(caller)
        await until(lambda: self.third.stint == "wrapping", STEP, "wrap-up")
        await self.third.wrap_up()
        await until(lambda: self.third.me["presence"] == "paused" and self.third.stint == "", STEP, "paused")
        await self.is_right()

    async def _until_talks(self, person: Person, caller: str) -> None:
        async def done() -> bool:
            wrong = await self.look()
            talk = talks(self.channels).get(caller)
            return not wrong and talk is not None and talk.endpoint == person.endpoint and person.stint == "joined"

        await until(done, STEP, f"{person.login} talks to {caller}")
