"""The disk of the recordings is full, or becomes full in a talk: the talk goes on, the call's line says that its
recording lacks sound, health and figures raise the alarm, and the next call is recorded whole once there is room."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from sqlalchemy import select

from crm_core.timeline.tables import timeline
from kernel.db import readonly
from lab.asterisk import AsteriskLab, LabSettings
from lab.caller import CALLER_HZ, PHONE_HZ, SipCaller
from tests.support.disks import enlarge, fill, small_disk
from tests.support.house import LUCIA, House, SipAgent, house
from tests.support.waiting import until

pytestmark = [pytest.mark.system, pytest.mark.timeout(150)]

ROOM = 96
"""KiB: about two seconds of the three files of a talk."""


@asynccontextmanager
async def on_small_disk() -> AsyncIterator[AsteriskLab]:
    async with AsteriskLab(LabSettings(phones=4, plain_phones=4)) as lab:
        with small_disk(lab.recordings_dir, ROOM):
            yield lab


async def figure(home: House, name: str) -> float:
    async with aiohttp.ClientSession() as client, client.get(f"{home.url}/metrics") as answer:
        lines = (await answer.text()).splitlines()
    return next((float(line.rpartition(" ")[2]) for line in lines if line.startswith(name)), 0.0)


async def lines(home: House) -> list[dict[str, Any]]:
    """What the customer's history says of each call, the newest first."""
    async with readonly(home.platform.database) as connection:
        return list(await connection.scalars(select(timeline.c.details).order_by(timeline.c.at.desc())))


async def talk(lab: AsteriskLab, ana: SipAgent, seconds: float) -> None:
    """Both hear each other from the first to the last moment."""
    async with SipCaller(lab.sip, number=LUCIA, to="5551234") as lucia:
        leg = await ana.takes(within=15)
        await lucia.audio.heard_tone(PHONE_HZ)
        await asyncio.sleep(seconds)  # so long they talk, with the disk full before the end
        await lucia.audio.heard_tone(PHONE_HZ)
        await leg.audio.heard_tone(CALLER_HZ)
        assert not leg.is_over
        await lucia.hang_up()
    desk = await ana.sees(lambda desk: desk["me"]["duty"] == "wrapping", "wrap-up")
    await ana.ask("POST", f"/api/calls/{desk['call']['id']}/wrap-up", {"disposition": "resolved"})
    await ana.sees(lambda desk: desk["me"]["routable"], "ready again")


async def test_given_a_full_disk_then_calls_go_on_and_what_is_missing_is_told(tmp_path: Path) -> None:
    async with on_small_disk() as lab, house(lab, tmp_path) as home, home.agent("ana") as ana:
        await talk(lab, ana, 7)
        await until(lambda: flagged(home, 1), 20, "the call's line says so")
        assert (await lines(home))[0]["recording_problem"] in ("short", "unreadable")
        fill(lab.recordings_dir / "ballast")
        await talk(lab, ana, 4)
        await until(lambda: flagged(home, 2), 20, "that of the second, of which nothing was kept, too")
        assert (await lines(home))[0]["recording_problem"] in ("no_file", "unreadable", "empty", "short")
        health = await home.health("recordings")
        assert health["warning"], health
        assert "recordings that failed since the start" in health["words"]
        problems = [await figure(home, f'trunkline_recording_problems_total{{problem="{one}"}}') for one in PROBLEMS]
        assert sum(problems) == 2
        assert await figure(home, "trunkline_dead_letters_total") == 0
        enlarge(lab.recordings_dir, 16 * 1024)
        await talk(lab, ana, 4)
        await until(lambda: figure_is(home, 'trunkline_recordings_total{state="stored"}', stored_before(problems)), 20)
        assert (await lines(home))[0]["recording_problem"] is None, "with room again it is whole"


PROBLEMS = ("short", "unreadable", "empty", "no_file")


def stored_before(problems: list[float]) -> float:
    """A short one is kept too; and the last, whole one."""
    return problems[0] + 1


async def figure_is(home: House, name: str, value: float) -> bool:
    return await figure(home, name) == value


async def flagged(home: House, count: int) -> bool:
    return sum(one["recording_problem"] is not None for one in await lines(home)) == count
