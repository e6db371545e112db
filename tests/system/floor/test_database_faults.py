"""The database locked, stopped, killed or without room under the whole platform, while somebody talks, somebody is on
hold and somebody waits: the switch goes on with all of them, who hangs up meanwhile is noticed, and when the database
is back all is right within seconds and nothing acknowledged is lost."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Iterator
from contextlib import AbstractAsyncContextManager
from pathlib import Path

import pytest

from lab.asterisk import AsteriskLab
from tests.support.dbfaults import dead, locked, standing_still, without_room
from tests.support.disks import small_disk
from tests.support.floor import after
from tests.support.floor.sight import talks
from tests.support.floor.small import LOGINS, SmallFloor, plain_phones
from tests.support.floor.worlds import World, asterisk_world, sim_world
from tests.support.postgres import TEMPLATE, PostgresCluster, mortal_cluster
from tests.support.waiting import until
from tests.system.conftest import channels_left

pytestmark = pytest.mark.timeout(240)

SIMULATED = pytest.param("simulated", marks=pytest.mark.system)
ON_EACH = (SIMULATED, pytest.param("asterisk", marks=pytest.mark.system))
ON_SIM_FIRST = (SIMULATED, pytest.param("asterisk", marks=pytest.mark.soak))
"""On the real switch too: one kind of each database always, the others in the soak."""

RIGHT_WITHIN = 6.0
"""Seconds after the database is back; the platform tries again at least every second."""
SERVED_WITHIN = 15.0
"""Until who waits is the switch's own: the commit in hand has 1.5 s, then the count of the heartbeat grows old."""


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    with small_disk(tmp_path / "disk", 24 * 1024) as folder:
        yield folder


@pytest.fixture
def cluster() -> Iterator[PostgresCluster]:
    with mortal_cluster() as made:
        yield made


def switches(folder: Path, lab: AsteriskLab | None) -> AbstractAsyncContextManager[World]:
    chance = random.Random(20261122)
    if lab is None:
        return sim_world(folder, len(LOGINS), chance)
    return asterisk_world(lab, chance, plain_phones(lab, folder))


@pytest.fixture
def lab(request: pytest.FixtureRequest, asterisk_lab: AsteriskLab) -> AsteriskLab | None:
    return asterisk_lab if request.param == "asterisk" else None


@pytest.mark.parametrize("lab", ON_SIM_FIRST, indirect=True)
async def test_given_a_locked_database_then_calls_go_on(tmp_path: Path, lab: AsteriskLab | None) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path / 'trunkline.db'}"
    await calls_go_on(tmp_path, lab, url, locked(tmp_path / "trunkline.db"))


@pytest.mark.parametrize("lab", ON_EACH, indirect=True)
async def test_given_a_disk_without_room_then_calls_go_on(tmp_path: Path, disk: Path, lab: AsteriskLab | None) -> None:
    await calls_go_on(tmp_path, lab, f"sqlite+aiosqlite:///{disk / 'trunkline.db'}", without_room(disk))


@pytest.mark.parametrize("lab", ON_SIM_FIRST, indirect=True)
async def test_given_postgresql_that_stands_still_then_calls_go_on(
    tmp_path: Path, cluster: PostgresCluster, lab: AsteriskLab | None
) -> None:
    url = cluster.url(await asyncio.to_thread(cluster.create, TEMPLATE))
    await calls_go_on(tmp_path, lab, url, standing_still(cluster))


@pytest.mark.parametrize("lab", ON_EACH, indirect=True)
async def test_given_postgresql_that_is_killed_then_calls_go_on(
    tmp_path: Path, cluster: PostgresCluster, lab: AsteriskLab | None
) -> None:
    url = cluster.url(await asyncio.to_thread(cluster.create, TEMPLATE))
    await calls_go_on(tmp_path, lab, url, dead(cluster))


async def calls_go_on(
    folder: Path, lab: AsteriskLab | None, url: str, fault: AbstractAsyncContextManager[None]
) -> None:
    async with SmallFloor.open(switches(folder, lab), folder, url) as floor:
        caller = await floor.rings_the_third()
        await floor.third_talks_to(caller)
        await floor.third_is_done_with(caller)
        assert len(floor.third.kept.dispositions) == 1, "something is acknowledged before"
        work = floor.work
        async with fault:
            await until(lambda: switch_has(floor, work.waits), SERVED_WITHIN, "the switch serves who waits")
            await floor.world.caller_hangs_up(work.held)
            await until(lambda: gone(floor, work.held), 10, "who hung up is gone")
            assert talks(floor.channels)[work.talk.caller] == work.talk, "the talk goes on"
            assert work.waits in floor.channels
            status, answer = await floor.third.ask("PUT", "/api/desk/presence", {"presence": "ready"})
            assert status == 503, f"acknowledged, or not answered, without a database: {answer}"
        began = time.monotonic()
        await until(lambda: floor.holder.stint != "held", RIGHT_WITHIN, "who hung up meanwhile is noticed")
        right = await floor.is_right(RIGHT_WITHIN)
        print(f"noticed and all right {time.monotonic() - began:.2f} s after ({right:.2f})")
        assert talks(floor.channels)[work.talk.caller] == work.talk, "the same talk on the same legs"
        assert work.waits in floor.channels, "nobody who waited is lost"
        assert floor.twice == [], "two legs of one phone"
        legs = floor.link.originated
        assert len(legs) == len(set(legs)), "a leg was originated twice"
        await until(lambda: len(floor.holder.kept.dispositions) == 1, 20, "the held call is wrapped up")
    assert await after.lost(url, [one.kept for one in floor.people]) == []
    if lab is not None:
        assert await channels_left(lab) == ""


async def switch_has(floor: SmallFloor, leg: str) -> bool:
    """The switch's own queue has the caller, or gave them to a phone."""
    await floor.look()
    found = floor.channels[leg]
    return found.context == "cti-fallback" or bool(found.bridge)


async def gone(floor: SmallFloor, leg: str) -> bool:
    await floor.look()
    return leg not in floor.channels
