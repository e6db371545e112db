"""Ten calls up, two held, five waiting, always something moving: the platform is killed and its link to the switch is
broken at random moments. No talk is cut, the order is kept, all is right within 3 s, nothing is left over."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from itertools import cycle, islice
from pathlib import Path

import pytest

from lab.asterisk import AsteriskLab, LabSettings
from tests.support.faulty_link import FaultyLink
from tests.support.floor import after
from tests.support.floor.faults import LINK_FAULTS, breaking, killing
from tests.support.floor.shift import CUSTOMERS, LOGINS, QUEUE, Shift
from tests.support.floor.worlds import World, asterisk_world, sim_world
from tests.system.desk.process import PlatformProcess


@pytest.mark.system
@pytest.mark.timeout(240)
async def test_few_faults_on_the_simulated_switch(tmp_path: Path) -> None:
    chance = random.Random()
    await crash_loop(sim_world(tmp_path, len(LOGINS), chance), tmp_path, kills=4, breaks=4)


@pytest.mark.system
@pytest.mark.timeout(240)
async def test_few_faults_on_the_simulated_switch_and_postgresql(tmp_path: Path, postgres_url: str) -> None:
    chance = random.Random()
    await crash_loop(sim_world(tmp_path, len(LOGINS), chance), tmp_path, 3, 1, postgres_url)


@pytest.mark.system
@pytest.mark.timeout(240)
async def test_few_faults_on_asterisk(tmp_path: Path) -> None:
    await crash_loop(asterisk(), tmp_path, kills=2, breaks=2)


@pytest.mark.soak
@pytest.mark.timeout(3000)
async def test_200_kills_and_50_broken_links_on_the_simulated_switch(tmp_path: Path) -> None:
    chance = random.Random()
    await crash_loop(sim_world(tmp_path, len(LOGINS), chance), tmp_path, kills=200, breaks=50)


@pytest.mark.soak
@pytest.mark.timeout(3000)
async def test_200_kills_and_50_broken_links_on_the_simulated_switch_and_postgresql(
    tmp_path: Path, postgres_url: str
) -> None:
    chance = random.Random()
    await crash_loop(sim_world(tmp_path, len(LOGINS), chance), tmp_path, 200, 50, postgres_url)


@pytest.mark.soak
@pytest.mark.timeout(1800)
async def test_20_kills_and_20_broken_links_on_asterisk(tmp_path: Path) -> None:
    await crash_loop(asterisk(), tmp_path, kills=20, breaks=20)


@asynccontextmanager
async def asterisk() -> AsyncIterator[World]:
    settings = LabSettings(phones=len(LOGINS), plain_phones=len(LOGINS), record="never")
    async with AsteriskLab(settings) as lab, asterisk_world(lab, random.Random()) as world:
        yield world


async def crash_loop(
    place: AbstractAsyncContextManager[World], folder: Path, kills: int, breaks: int, database_url: str = ""
) -> None:
    seed = random.randrange(2**32)
    print(f"seed {seed}")
    chance = random.Random(seed)
    async with place as world, FaultyLink(world.reach.ami.host, world.reach.ami.port) as link:
        platform = PlatformProcess(world.reach, folder, ami_port=link.port, database_url=database_url, cold=True)
        await platform.prepare(LOGINS, QUEUE, customers=CUSTOMERS)
        await platform.start()
        shift = Shift(world, platform, link, chance)
        try:
            await shift.begin()
            kinds = list(LINK_FAULTS)
            chance.shuffle(kinds)
            rounds = [*islice(cycle(kinds), breaks), *[""] * kills]
            chance.shuffle(rounds)
            for number, kind in enumerate(rounds):
                print(f"round {number}: {kind or 'killed'}")
                fault = breaking(link, kind, chance) if kind else killing(platform, chance)
                await shift.round(fault, starts=not kind)
            await shift.end()
        except AssertionError as error:
            error.add_note(f"seed {seed}\n{platform.tail()}\n{await platform.story()}")
            raise
        finally:
            await shift.close()
            await platform.stop()
        print(shift.figures)
    assert shift.figures.moves >= shift.figures.rounds, "the floor stood still"
    assert shift.figures.held >= shift.figures.rounds, "nobody was on hold"
    assert sum(len(one.kept.dispositions) for one in shift.people) >= shift.figures.rounds / 2, "nobody wrapped up"
    assert await after.lost(platform.database_url, [one.kept for one in shift.people]) == []
    assert after.out_of_order(await platform.journal()) == []
    assert await platform.replayed() == []
