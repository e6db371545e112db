"""kill -9 of the platform while a queue rings all its members, on either switch: nobody is rung twice, one has the
caller, and the others' phones stop."""

from __future__ import annotations

import asyncio
import contextlib
import random
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

import pytest

from lab.asterisk import AsteriskLab
from routing.queuerows import Queue, Strategy
from tests.integration.server.test_fault_points import switch_took_over
from tests.support.floor.people import Person
from tests.support.floor.sight import double, talks
from tests.support.floor.small import LOGINS, STEP, plain_phones
from tests.support.floor.worlds import World, asterisk_world, sim_world
from tests.support.waiting import until
from tests.support.working import call_off
from tests.system.conftest import channels_left
from tests.system.desk.process import LUCIA, PASSWORD, PlatformProcess

pytestmark = [pytest.mark.system, pytest.mark.timeout(180)]

QUEUE = Queue("main", "Main", strategy=Strategy.ring_all, render_ms=50, ring_seconds=40, wrap_seconds=60)


@pytest.mark.parametrize(
    "while_down", [0, 1, 2], ids=["answered after", "answered while down", "two answer while down"]
)
@pytest.mark.parametrize("kind", ["simulated", "asterisk"])
async def test_killed_while_all_phones_ring_then_one_has_the_caller_and_the_others_stop(
    kind: str, while_down: int, asterisk_lab: AsteriskLab, tmp_path: Path
) -> None:
    chance = random.Random(20261122)
    place: AbstractAsyncContextManager[World] = (
        sim_world(tmp_path, len(LOGINS), chance)
        if kind == "simulated"
        else asterisk_world(asterisk_lab, chance, plain_phones(asterisk_lab, tmp_path))
    )
    async with place as world:
        platform = PlatformProcess(world.reach, tmp_path)
        await platform.prepare(LOGINS, QUEUE)
        await platform.start()
        people = [Person(platform.url, login, PASSWORD) for login in LOGINS]
        try:
            async with watched(world) as rung:
                await killed_while_all_ring(world, platform, people, while_down)
        finally:
            await asyncio.gather(*(one.close() for one in people))
            await platform.stop()
    assert await channels_left(asterisk_lab) == ""
    if not switch_took_over(await platform.journal()):
        assert {endpoint: len(legs) for endpoint, legs in rung.items()} == {one.endpoint: 1 for one in people}
    assert await platform.replayed() == []


async def killed_while_all_ring(world: World, platform: PlatformProcess, people: list[Person], while_down: int) -> None:
    for one in people:
        await one.sign_in(world.rings)
    caller = await world.call_in(LUCIA)

    async def all_ring() -> bool:
        ringing = {one.endpoint for one in (await world.channels()).values() if not one.up}
        return ringing >= {one.endpoint for one in people}

    await until(all_ring, STEP, "all phones ring")
    await platform.kill()
    answering = people[: max(1, while_down)]
    for one in people[:while_down]:
        await world.picks_up(one.endpoint)
    await platform.start()
    if not while_down:
        await until(lambda: all(one.connected and one.desk["offer"] for one in people), STEP, "they are offered still")
    (winner,) = await joined(world, people, caller, answering)
    assert winner in answering, "somebody who answered"

    losers = [one for one in people if one is not winner]
    await until(lambda: all(free(one) for one in losers), STEP, "the others are free")
    assert [one.me["missed"] for one in losers] == [0, 0], "nobody missed it"
    assert len(await world.channels()) == 2, "no phone rings on"
    await world.caller_hangs_up(caller)
    await until(lambda: winner.stint == "" and winner.me["duty"] == "idle", STEP, "wrapped up")


async def joined(world: World, people: list[Person], caller: str, answering: list[Person]) -> list[Person]:
    """Wait until the caller talks to one agent, and nobody else's phone has a leg; returns who shows a talk. Whoever
    answers does so whenever the phone rings: again, should the switch's own queue have had the caller meanwhile."""
    answers = {one.endpoint for one in answering}

    async def done() -> bool:
        channels = await world.channels()
        for one in channels.values():
            if one.endpoint in answers and not one.up and one.id not in picked:
                picked.add(one.id)
                with contextlib.suppress(Exception):  # it stopped ringing at this moment
                    await world.picks_up(one.endpoint)
        return caller in talks(channels) and len(channels) == 2 and any(one.stint == "joined" for one in people)

    picked: set[str] = set()
    await until(done, STEP, "one talks, the others' phones have stopped")
    return [one for one in people if one.stint == "joined"]


def free(person: Person) -> bool:
    return person.connected and (person.me["duty"], person.desk["offer"], person.desk["call"]) == ("idle", None, None)


@asynccontextmanager
async def watched(world: World) -> AsyncIterator[dict[str, set[str]]]:
    """The legs that each phone ever had; fails when one had two at once."""
    rung: defaultdict[str, set[str]] = defaultdict(set)
    twice: list[str] = []

    async def watch() -> None:
        while True:
            channels = await world.channels()
            twice.extend(double(channels))
            for one in channels.values():
                if one.endpoint != "trunk":
                    rung[one.endpoint].add(one.id)
            await asyncio.sleep(0.02)

    task = asyncio.create_task(watch(), name="the watcher")
    try:
        yield rung
    finally:
        await call_off(task)
    assert twice == []
