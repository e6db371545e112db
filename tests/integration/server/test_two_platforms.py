"""A platform that was stopped in its tracks, while another took its place, comes to: it sends the switch nothing, ends
in words, and the other goes on with all that there was."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from server.heartbeat import STOOD_STILL
from tests.integration.server.test_fault_points import QUEUE, STEP, channels_of, watched
from tests.support.faulty_link import FaultyLink
from tests.support.floor.people import Person
from tests.support.floor.sight import Talk, talks
from tests.support.sim_process import SimProcess
from tests.support.waiting import until
from tests.system.desk.process import LUCIA, OLIVER, PASSWORD, PlatformProcess

pytestmark = [pytest.mark.integration, pytest.mark.timeout(240)]

NOTICED = STOOD_STILL.total_seconds() + 0.5
"""Seconds; a shorter pause is a busy machine's, and a beat, which says nothing of any call, may follow it."""
ENDS = 10.0
"""Seconds; it needs a moment of the first."""
QUESTIONS = {
    b"Ping", b"CoreSettings", b"CoreShowChannels", b"DeviceStateList", b"Getvar", b"ListCommands", b"ShowDialPlan",
}  # fmt: skip
"""Looking is free: a look that was due may begin in the moment before the first commit is refused."""


@dataclass(slots=True)
class Two:
    """`old` is stopped, `new` works on the same switch and database; `link` is between `old` and the switch."""

    switch: SimProcess
    link: FaultyLink
    old: PlatformProcess
    new: PlatformProcess
    stopped_at: float = 0.0

    def stop_in_its_tracks(self) -> None:
        self.old.stand_still()
        self.stopped_at = time.monotonic()

    async def talks(self) -> dict[str, Talk]:
        return talks(channels_of(await self.switch.channels()))

    async def displaced(self) -> float:
        """Let the old one go on, once it stood still for longer than it takes for one; how long it took to end."""
        await until(lambda: time.monotonic() > self.stopped_at + NOTICED, NOTICED + STEP, "it stood still long enough")
        before = len(self.link.sent)
        began = time.monotonic()
        self.old.go_on()
        assert await self.old.died(60) == 4, self.old.tail()
        took = time.monotonic() - began
        said = self.link.sent[before:]
        orders = [one for one in said.split(b"\r\n\r\n") if one and _action(one) not in QUESTIONS]
        assert orders == [], "what it ordered after it was displaced"
        tail = self.old.tail(30)
        last = self.old.tail(1)
        assert "Another platform was started on this database" in last, tail
        assert "out of service" in last, tail
        assert "Traceback" not in self.old.log.read_text(), tail
        return took


def _action(message: bytes) -> bytes:
    (name,) = [line.split(b": ")[1] for line in message.split(b"\r\n") if line.lower().startswith(b"action: ")]
    return name


@asynccontextmanager
async def two_platforms(folder: Path, database_url: str, logins: tuple[str, ...]) -> AsyncIterator[Two]:
    async with SimProcess(folder, phones=3) as switch, FaultyLink(switch.ami.host, switch.ami.port) as link:
        old, new = folder / "old", folder / "new"
        old.mkdir()
        new.mkdir()
        first = PlatformProcess(switch, old, ami_port=link.port, database_url=database_url)
        second = PlatformProcess(switch, new, database_url=database_url)
        await first.prepare(logins, replace(QUEUE, ring_seconds=120, reject_delay=600))
        try:
            yield Two(switch, link, first, second)
        finally:
            first.go_on()
            await first.stop()
            await second.stop()
        assert await second.replayed() == []


async def test_given_an_idle_platform_then_it_notices_and_ends(tmp_path: Path, database_url: str) -> None:
    async with two_platforms(tmp_path, database_url, ("ana",)) as two:
        await two.old.start()
        two.stop_in_its_tracks()
        await two.new.start()

        took = await two.displaced()

        assert took < ENDS
        await two.new.ready(STEP)


async def test_given_calls_then_the_second_goes_on_with_them_and_nobody_is_rung_twice(
    tmp_path: Path, database_url: str
) -> None:
    async with two_platforms(tmp_path, database_url, ("ana",)) as two, watched(two.switch) as seen:
        await two.old.start()
        ana = Person(two.old.url, "ana", PASSWORD)
        try:
            await ana.sign_in(lambda endpoint, _secret: two.switch.phone(endpoint, "answer", after=0.1))
            caller = await two.switch.call_in(LUCIA)

            await until(lambda: ana.stint == "joined", STEP, "a talk")
            before = (await two.talks())[caller]
            waits = await two.switch.call_in(OLIVER)
            two.stop_in_its_tracks()
            await two.new.start()
            rung = len(await two.switch.originated())

            await two.displaced()

            await two.new.ready(STEP)
            assert (await two.talks())[caller] == before, "the talk goes on"
            assert waits in channels_of(await two.switch.channels())
            assert len(await two.switch.originated()) == rung == 1, "nobody was rung again"
            await ana.moves(two.new.url)
            await until(lambda: ana.connected and ana.stint == "joined", STEP, "her desk shows the talk again")
            await two.switch.end(caller)
            await until(lambda: ana.kept.dispositions != {}, STEP, "she wraps up")
        finally:
            await ana.close()
    assert seen == [], "two legs of one phone"
