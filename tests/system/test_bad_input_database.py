"""The database locked by another process while calls are up and one waits: talks go on, nothing is lost, and what was
said meanwhile is told afterwards."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from sqlalchemy import text

from kernel.db import readonly
from lab.asterisk import AsteriskLab
from lab.caller import CALLER_HZ, MUSIC_HZ, PHONE_HZ, SipCaller
from tests.support.house import LUCIA, PASSWORD, House, house
from tests.support.waiting import until

pytestmark = [pytest.mark.system, pytest.mark.timeout(120)]

OTHER = "+34600999888"
LAST = "+34600999777"


@asynccontextmanager
async def locked(home: House) -> AsyncIterator[None]:
    """What a backup tool or a database browser does."""
    file = home.database_url.removeprefix("sqlite+aiosqlite:///")
    other = sqlite3.connect(file, isolation_level=None, check_same_thread=False)
    await asyncio.to_thread(other.execute, "BEGIN EXCLUSIVE")
    try:
        yield
    finally:
        other.execute("ROLLBACK")
        other.close()


async def test_locked_for_three_seconds_nobody_notices(asterisk_lab: AsteriskLab, tmp_path: Path) -> None:
    async with house(asterisk_lab, tmp_path) as home, home.agent("ana") as ana:
        async with (
            SipCaller(asterisk_lab.sip, number=LUCIA, to="5551234") as lucia,
            SipCaller(asterisk_lab.sip, number=OTHER, to="5551234") as waits,
        ):
            leg = await ana.takes()
            await until(lambda: home.waiting() == 1, what="the second waits")
            async with SipCaller(asterisk_lab.sip, number=LAST, to="5551234") as leaves:
                await until(lambda: home.waiting() == 2, what="the third waits")
                async with locked(home):
                    holding = asyncio.create_task(ana.does("hold"))
                    await leaves.hang_up()
                    await asyncio.sleep(2)  # how long it stays locked is what is shown
                    await lucia.audio.heard_tone(PHONE_HZ)
                    await leg.audio.heard_tone(CALLER_HZ)
                    assert "Another process holds the database locked" not in str(await home.health("database"))
                assert (await holding)[0] == 200, "the command waited and was carried out"
            await lucia.audio.heard_tone(MUSIC_HZ)
            await until(lambda: home.waiting() == 1, what="the third has left")
            assert (await ana.does("resume"))[0] == 200
            await lucia.audio.heard_tone(PHONE_HZ)
            await waits.audio.heard_tone(MUSIC_HZ)
        assert await home.journalled("CallerInFallback") == []


async def test_locked_for_longer_the_switch_serves_those_who_wait(asterisk_lab: AsteriskLab, tmp_path: Path) -> None:
    async with house(asterisk_lab, tmp_path) as home:
        async with (
            home.agent("ana") as ana,
            SipCaller(asterisk_lab.sip, number=LUCIA, to="5551234") as lucia,
            SipCaller(asterisk_lab.sip, number=OTHER, to="5551234") as waits,
        ):
            leg = await ana.takes()
            await until(lambda: home.waiting() == 1, what="the second waits")
            place = next(one.place for one in home.interactions() if one.number == OTHER)
            async with locked(home):
                began = time.monotonic()
                holding = asyncio.create_task(ana.does("hold"))
                await ana.sees(lambda desk: desk["link"]["saving"] is False, "that nothing can be saved", 4)
                await until(lambda: in_the_switch_s_queue(asterisk_lab), 6, "the switch takes the caller")
                assert time.monotonic() - began < 6.5, "6 s, and a look of ours"
                await lucia.audio.heard_tone(PHONE_HZ)
                await leg.audio.heard_tone(CALLER_HZ)
                await waits.audio.heard_tone(MUSIC_HZ)
                status, answer = await ana.answers("POST", "/api/sign-in", {"login": "ben", "password": PASSWORD})
                assert (status, answer["error"]["id"]) == (503, "engine_busy"), answer
                assert (await holding)[0] == 503, "the agent is told to try again"
                engine = await home.health("engine")
                assert "Another process holds the database locked. Close the other program" in engine["words"]
            await until(lambda: home.platform.heartbeat.beating, what="the heartbeat goes on")
            await ana.sees(lambda desk: desk["link"]["saving"], "that it saves again")
            await until(lambda: [one.state for one in home.interactions() if one.number == OTHER] == ["queued"], 10)
            assert next(one.place for one in home.interactions() if one.number == OTHER) == place
            assert not await in_the_switch_s_queue(asterisk_lab)
            await waits.audio.heard_tone(MUSIC_HZ)
            if ana.desk["call"]["state"] == "held":  # the hold was given up by the browser, not by us
                await ana.ask("POST", f"/api/calls/{ana.desk['call']['id']}/resume")
            await lucia.audio.heard_tone(PHONE_HZ)
            await lucia.hang_up()
            await ana.takes(within=15)
            await waits.audio.heard_tone(PHONE_HZ)
        assert await dead_letters(home) == 0


async def in_the_switch_s_queue(lab: AsteriskLab) -> bool:
    return "PJSIP/trunk-" in await lab.rasterisk("queue show cti-fallback")


async def dead_letters(home: House) -> int:
    async with readonly(home.platform.database) as connection:
        return int(await connection.scalar(text("SELECT count(*) FROM dead_letters")) or 0)
