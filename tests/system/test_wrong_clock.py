"""An Asterisk whose clock is ten minutes wrong, either way: a whole call has right times and lengths all the same, and
the difference is told."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import pytest_asyncio
from sqlalchemy import select

from cti.ami.probe import probe
from cti.ami.settings import AmiSettings
from kernel.db import from_row, readonly
from lab.asterisk import AsteriskLab, LabSettings
from lab.caller import CALLER_HZ, MUSIC_HZ, PHONE_HZ, SipCaller
from recordings.rows import Recording
from recordings.tables import recordings
from routing.rows import Interaction
from routing.tables import interactions
from tests.support.house import LUCIA, House, house
from tests.support.waiting import until
from tests.system.conftest import channels_left

pytestmark = [pytest.mark.system, pytest.mark.timeout(150)]

TEN_MINUTES = 600.0
NEAR = timedelta(seconds=3)


@pytest_asyncio.fixture(params=[TEN_MINUTES, -TEN_MINUTES], ids=["fast", "slow"])
async def wrong(request: pytest.FixtureRequest) -> AsyncIterator[AsteriskLab]:
    settings = LabSettings(phones=4, plain_phones=4, clock_ahead=request.param)
    async with AsteriskLab(settings) as lab:
        yield lab
        assert await channels_left(lab) == ""


async def test_given_a_switch_ten_minutes_wrong_then_times_and_lengths_are_right_and_it_is_told(
    wrong: AsteriskLab, tmp_path: Path
) -> None:
    async with house(wrong, tmp_path) as home, home.agent("ana", ready=False) as ana:
        began, came = time.monotonic(), datetime.now(UTC)
        async with SipCaller(wrong.sip, number=LUCIA, to="5551234") as lucia:
            await lucia.audio.heard_tone(MUSIC_HZ)
            await until(lambda: home.waiting() == 1, 10, "she waits")
            assert 0 <= longest_wait(home) < 60
            await ana.ask("PUT", "/api/desk/presence", {"presence": "ready"})
            leg = await ana.takes(within=15)
            waited = time.monotonic() - began
            await lucia.audio.heard_tone(PHONE_HZ)
            assert (await ana.does("hold"))[0] == 200
            await lucia.audio.heard_tone(MUSIC_HZ)
            assert (await ana.does("resume"))[0] == 200
            await leg.audio.heard_tone(CALLER_HZ)
            await lucia.hang_up()
            await ana.sees(lambda desk: desk["me"]["duty"] == "wrapping", "wrap-up")
        whole = time.monotonic() - began
        await told(home, wrong)
        await until(lambda: stored(home), 15, "the recording is found")
        call, sound = await rows(home)
        assert call.answered_at is not None
        assert call.ended_at is not None
        assert abs(call.arrived_at - came) < NEAR
        assert abs((call.answered_at - call.arrived_at).total_seconds() - waited) < NEAR.total_seconds()
        assert abs((call.ended_at - call.arrived_at).total_seconds() - whole) < NEAR.total_seconds()
        assert came - NEAR <= sound.started_at <= datetime.now(UTC)
        assert (sound.problem, (sound.seconds or 0) > 0) == (None, True)


async def test_given_a_caller_who_was_there_before_us_then_the_wait_is_as_long_as_it_was(
    wrong: AsteriskLab, tmp_path: Path
) -> None:
    came = datetime.now(UTC)
    async with SipCaller(wrong.sip, number=LUCIA, to="5551234") as lucia:
        await lucia.audio.heard_tone(MUSIC_HZ)
        async with house(wrong, tmp_path) as home:
            await until(lambda: home.waiting() == 1, 10, "the snapshot tells of her")
            (caller,) = home.interactions()
            assert abs(caller.arrived_at - came) < NEAR
            assert 0 <= longest_wait(home) < 60
            await lucia.hang_up()
            await until(lambda: home.waiting() == 0, 10, "she is gone")


def longest_wait(home: House) -> float:
    now = home.platform.clock.now()
    return min((now - one.arrived_at).total_seconds() for one in home.interactions())


async def told(home: House, lab: AsteriskLab) -> None:
    """By health, by the doctor's look at the switch, and no clock of ours is blamed."""
    words = f"the switch's clock is {lab.settings.clock_ahead:+.0f}"[:-1]  # to ten seconds
    health = await home.health("switch")
    assert words in health["words"], health
    assert health["warning"], health
    access = lab.ami
    report = await probe(AmiSettings(port=access.port, username=access.user, secret=access.secret), time.time())
    assert any("the switch's clock is" in one.words for one in report.warnings), report
    assert "agrees" in (await home.health("clock"))["words"]


async def stored(home: House) -> bool:
    return (await rows(home))[1].state == "stored"


async def rows(home: House) -> tuple[Interaction, Recording]:
    async with readonly(home.platform.database) as connection:
        (call,) = list(await connection.execute(select(interactions)))
        (sound,) = list(await connection.execute(select(recordings)))
    return from_row(Interaction, call), from_row(Recording, sound)
