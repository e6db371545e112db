"""The platform dies while a number that it dialled rings, and again while it starts: at the second start too nobody is
dialled a second time (P3)."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest

from tests.integration.server.test_fault_dials import asks_for_one_dial, outcomes, permits, signs_in
from tests.integration.server.test_fault_points import AT_START, QUEUE, STEP, kept_up, watched
from tests.support.counts import counted
from tests.support.floor.people import Person
from tests.support.sim_process import SimProcess
from tests.support.waiting import until
from tests.system.desk.process import PASSWORD, PlatformProcess

RINGS = "+34600111219"
"""A number behind the trunk that rings for ever, and so is rung when the platform is back from its second death."""
FEW = tuple((words, "sqlite") for words in AT_START)
MANY = tuple((words, "postgresql") for words in AT_START)


@pytest.mark.timeout(400)
@pytest.mark.parametrize(("words", "database_url"), counted(FEW, MANY), indirect=["database_url"])
async def test_killed_while_a_number_rings_and_again_at_the_start_then_it_is_dialled_once(
    words: str, tmp_path: Path, database_url: str
) -> None:
    """Dial, die, die at the start, start; the same number rings all the time, and the agent is the one who ends it."""
    async with SimProcess(tmp_path, phones=2) as switch:
        platform = PlatformProcess(switch, tmp_path, database_url=database_url)
        await platform.prepare(("ana",), QUEUE)
        ana = Person(platform.url, "ana", PASSWORD)
        try:
            await platform.start(DIAL_SECONDS="120")
            async with kept_up(platform) as deaths, watched(switch) as seen:
                await signs_in(ana, switch)
                assert await asks_for_one_dial(ana, RINGS) == ""
                await until(lambda: rings(ana), STEP, "the number rings")
                legs = {one["id"] for one in await switch.channels()}
                assert len(legs) == 2, "the agent's, and the number's"
                await platform.kill()
                await platform.launch(TESTING="true", FAULT_POINT=words)
                await until(lambda: deaths == [-signal.SIGKILL], STEP, f"the platform passes {words}")
                await platform.ready()
                await until(lambda: rings(ana), STEP, "the number rings still")
                assert await asks_for_one_dial(ana, RINGS) == "", "asked again under the same key"
                assert {one["id"] for one in await switch.channels()} == legs
                await ends(ana, switch)
        finally:
            await ana.close()
            await platform.stop()
        originated, numbers = await switch.originated(), await switch.dialled()
    assert seen == [], "two legs of one phone"
    assert set(originated) == legs
    assert len(originated) == len(legs), "no leg was ordered twice"
    assert numbers == [RINGS], "dialled once"
    assert await permits(platform.database_url) == 1
    assert await outcomes(platform.database_url) == ["cancelled"]
    assert await platform.replayed() == []


def rings(ana: Person) -> bool:
    dial = ana.desk.get("dial") or {}
    return ana.connected and bool(dial.get("ringing_at")) and not dial["ended_at"]


async def ends(ana: Person, switch: SimProcess) -> None:
    """The agent puts the phone down; nothing is left of the dial."""

    async def over() -> bool:
        if rings(ana):
            await ana.does("hang-up")
        return ana.connected and ana.me["duty"] == "idle" and await switch.channels() == []

    await until(over, STEP, "the dial is over")
