"""The clock of the machine is set while calls are up: deadlines come when due and once, and the heartbeat beats."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import update

from cti.ami.settings import AmiSettings
from kernel.db import connect, engine_pulse
from lab.sim import Policy, SimSwitch
from server.pbx import Pbx
from server.platform import Platform, running
from server.store import last_committed
from tests.support.house import prepare
from tests.support.waiting import until
from tests.support.walls import Wall, wall

__all__ = ["wall"]
pytestmark = [pytest.mark.integration, pytest.mark.timeout(90)]


@asynccontextmanager
async def platform_on(switch: SimSwitch, url: str, folder: Path) -> AsyncIterator[Platform]:
    phones = switch.write_files(folder)
    ami = AmiSettings(port=switch.port, username=switch.user, secret=switch.secret)
    database = connect(url)
    try:
        async with running(database, Pbx("asterisk", "", ami, phones, "ws://{host}:1", folder), "ES") as platform:
            await until(lambda: platform.rooms.routing.line_up, 10, "the link")
            yield platform
    finally:
        await database.dispose()


async def paused_for(platform: Platform, seconds: float) -> int:
    """How many deadlines came meanwhile."""
    before = platform.engine.core.counts.total()
    await asyncio.sleep(seconds)  # what comes in this time is what is shown
    return platform.engine.core.counts.total() - before


@pytest.mark.parametrize("jump", [3600.0, -3600.0])
async def test_set_by_an_hour_nothing_storms_and_nothing_stalls(
    sqlite_url: str, tmp_path: Path, wall: Wall, jump: float
) -> None:
    await prepare(sqlite_url, ("ana",))
    async with SimSwitch(1, policy=Policy.rings_out()) as switch, platform_on(switch, sqlite_url, tmp_path) as platform:
        switch.call_in("+34600111222")
        await until(lambda: len(platform.rooms.routing.interactions) == 1, what="a caller waits")
        calls = platform.rooms.routing.interactions
        await until(lambda: [one.state for one in calls] == ["queued"], what="in the queue")
        (caller,) = platform.rooms.routing.interactions
        began = time.monotonic()
        wall.ahead = jump
        assert await paused_for(platform, 1.5) < 40, "no storm of deadlines"
        assert platform.heartbeat.beating, "nothing stalls"
        waited = (platform.clock.now() - caller.arrived_at).total_seconds()
        assert waited == pytest.approx(time.monotonic() - began, abs=3), "the wait is as long as it was"
        assert [one.state for one in platform.rooms.routing.interactions] == [caller.state]
        assert abs(platform.clock.ahead.total_seconds()) > 3000


async def test_set_back_over_a_restart_time_goes_on(sqlite_url: str, tmp_path: Path, wall: Wall) -> None:
    await prepare(sqlite_url, ("ana",))
    async with SimSwitch(1) as switch:
        async with platform_on(switch, sqlite_url, tmp_path) as first:
            switch.call_in("+34600111222")
            await until(lambda: len(first.rooms.routing.interactions) == 1, what="a caller waits")
            (caller,) = first.rooms.routing.interactions
        wall.ahead = -3600
        async with platform_on(switch, sqlite_url, tmp_path) as again:
            (found,) = again.rooms.routing.interactions
            assert found.id == caller.id
            waited = again.clock.now() - caller.arrived_at
            assert timedelta(0) < waited < timedelta(seconds=60), "not minus an hour, for which every timer would stall"
            ours = await last_committed(again.database)
            assert ours is not None
            assert ours - caller.arrived_at > timedelta(seconds=-5), "what is kept is our time"


async def test_the_nights_of_the_clock_change_are_nothing_special(sqlite_url: str) -> None:
    """Time is kept in UTC: the hour that comes twice and the one that never comes leave order and length alone."""
    madrid = ZoneInfo("Europe/Madrid")
    database = connect(sqlite_url)
    for twice in (datetime(2026, 10, 25, 2, 30, tzinfo=madrid), datetime(2026, 3, 29, 2, 30, tzinfo=madrid)):
        moments = [twice.replace(fold=fold) for fold in (0, 1)]
        async with database.begin() as connection:
            await connection.execute(engine_pulse.delete())
            await connection.execute(engine_pulse.insert(), [{"id": "engine", "at": moments[0]}])
        assert await last_committed(database) == moments[0].astimezone(ZoneInfo("UTC"))
        async with database.begin() as connection:
            await connection.execute(update(engine_pulse).values(at=moments[1]))
        assert await last_committed(database) == moments[1].astimezone(ZoneInfo("UTC"))
        gap = abs(moments[1].astimezone(ZoneInfo("UTC")) - moments[0].astimezone(ZoneInfo("UTC")))
        assert gap == timedelta(hours=1)
    await database.dispose()
