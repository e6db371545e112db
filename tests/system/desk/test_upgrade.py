"""An upgrade while people talk: stopped gracefully, migrated, started again. No talk is cut, and who waits keeps their
place, also when it takes so long that the switch's own queue has them meanwhile."""

from __future__ import annotations

import asyncio
import os
import sys
import time
from pathlib import Path

import pytest

from lab.asterisk import AsteriskLab
from lab.caller import MUSIC_HZ, SipCaller
from tests.support.waiting import until
from tests.system.desk.browser import AGENT_HZ, Browsers
from tests.system.desk.process import HANNAH, LUCIA, PlatformProcess
from tests.system.desk.test_kill import take

pytestmark = [pytest.mark.system, pytest.mark.timeout(240)]

LAST = "+34600999888"


@pytest.fixture
def cold() -> bool:
    """Who waits, waits for all of a start."""
    return True


async def test_stopped_migrated_started_nobody_is_cut_off(
    desk_lab: AsteriskLab, platform: PlatformProcess, agents: Browsers
) -> None:
    ana = await (await (await agents.agent("ana", platform.url)).sign_in()).ready()
    async with SipCaller(desk_lab.sip, number=LUCIA, to="5551234") as lucia:
        assert await take(ana) == "Lucía Fernández"
        async with (
            SipCaller(desk_lab.sip, number=HANNAH, to="5551234") as hannah,
            SipCaller(desk_lab.sip, number=LAST, to="5551234") as last,
        ):
            await ana.until("d => d.queues[0].waiting === 2", "two wait")
            since = time.monotonic()
            await platform.stop()
            assert time.monotonic() - since < 5, "a stop is quick"
            assert "Left there: 1 in talk, 2 waiting." in platform.tail()
            await migrate(platform)
            await until(lambda: in_fallback(desk_lab, 2), 8, "the switch serves them meanwhile")
            await lucia.audio.heard_tone(AGENT_HZ)
            await platform.start()
            await ana.live("d => d.call?.state === 'active' && d.queues[0].waiting === 2")
            await until(lambda: in_fallback(desk_lab, 0), 10, "they are taken back")
            await lucia.audio.heard_tone(AGENT_HZ)
            for leg in (hannah, last):
                assert not leg.is_over
                await leg.audio.heard_tone(MUSIC_HZ)
            await ana.press("End")
            await ana.until("d => d.offer", "the next caller", within=15)
            assert (await ana.desk())["pop"]["customer"]["name"] == "Hannah Brooks", "the order is kept"
            await ana.press("Decline")


async def in_fallback(lab: AsteriskLab, callers: int) -> bool:
    return (await lab.rasterisk("queue show cti-fallback")).count("PJSIP/trunk-") == callers


async def migrate(platform: PlatformProcess) -> None:
    """What the new version does first."""
    folder = platform.database_url.removeprefix("sqlite+aiosqlite:///").rpartition("/")[0]
    program = str(Path(sys.executable).parent / "trunkline")
    env = {**os.environ, "TRUNKLINE_DATA_DIR": folder}
    process = await asyncio.create_subprocess_exec(program, "migrate", env=env, stdout=asyncio.subprocess.DEVNULL)
    assert await asyncio.wait_for(process.wait(), 60) == 0
