"""A PostgreSQL that stands still (its machine or disk does): who reads is told so within seconds and not after minutes,
desks have their state at once, no connection is lost, and all goes on by itself."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web
from sqlalchemy.pool import QueuePool

from agent_desktop.app import HUB
from kernel.engine import Published
from kernel.patience import all_left
from lab.sim import SimSwitch
from tests.integration.desktop.harness import Tab
from tests.support.house import LUCIA, PASSWORD, QUEUE
from tests.support.postgres import TEMPLATE, PostgresCluster, mortal_cluster, stopped
from tests.support.simhouse import SimHouse, on_sim, web_of
from tests.support.waiting import until

pytestmark = pytest.mark.integration

PATIENCE = 2.5
"""The setting's default."""
SLACK = 1.5
"""For a loaded machine. What it was before: 10 s for a statement, and 5 for a place in the pool before that."""
SOON = 6.0
SEARCH = f"/api/customers?q={LUCIA[-6:]}"
READS = (
    "/api/me",
    "/api/sessions",
    "/api/drafts",
    SEARCH,
    "/desk",
    "/account",
    "/sign-in",
    "/",
)
"""A page's data, and pages."""
AT_ONCE = 4
"""Times each is asked: more than the pool has connections."""
NEEDS_NO_DATABASE = ("/health/live", "/health/ready", "/static/desk.js")


@dataclass
class Floor:
    """A platform on PostgreSQL, its web server, and a browser that is signed in."""

    home: SimHouse
    cluster: PostgresCluster
    app: web.Application
    client: aiohttp.ClientSession

    @property
    def pool(self) -> QueuePool:
        found = self.home.platform.database.sync_engine.pool
        assert isinstance(found, QueuePool)
        return found

    async def read(self, path: str) -> tuple[float, int, str, str | None]:
        """Seconds until the answer, its status and text, and when the browser would ask again by itself."""
        began = time.monotonic()
        accept = "application/json" if path.startswith("/api") else "text/html,*/*;q=0.8"
        async with self.client.get(path, headers={"Accept": accept}, allow_redirects=False) as response:
            text = await response.text()
            return time.monotonic() - began, response.status, text, response.headers.get("Refresh")


@pytest.fixture(scope="module")
def cluster() -> Iterator[PostgresCluster]:
    with mortal_cluster() as made:
        yield made


@asynccontextmanager
async def floor_on(cluster: PostgresCluster, folder: Path) -> AsyncIterator[Floor]:
    url = cluster.url(await asyncio.to_thread(cluster.create, TEMPLATE))
    async with (
        SimSwitch(2) as switch,
        on_sim(switch, folder, QUEUE, url, ("ana",)) as home,
        web_of(home.platform, folder) as (address, app),
        aiohttp.ClientSession(address, cookie_jar=aiohttp.CookieJar(unsafe=True)) as client,
    ):
        body = {"login": "ana", "password": PASSWORD}
        async with client.post("/api/sign-in", json=body, headers={"Sec-Fetch-Site": "same-origin"}) as response:
            assert response.status == 200
            csrf = (await response.json())["csrf_token"]
        cookie = "; ".join(f"{one.key}={one.value}" for one in client.cookie_jar)
        tab = Tab()
        await tab.connect(address, {"csrf_token": csrf, "epoch": None, "seq": None, "tab": "t1"}, {"Cookie": cookie})
        try:
            yield Floor(home, cluster, app, client)
        finally:
            await tab.close()


async def test_who_reads_is_told_soon_and_no_connection_is_lost(cluster: PostgresCluster, tmp_path: Path) -> None:
    async with floor_on(cluster, tmp_path) as floor:
        with stopped(cluster):
            for _ in range(2):
                found = await asyncio.gather(*(floor.read(path) for path in READS * AT_ONCE))
                print(f"slowest of {len(found)} reads: {max(took for took, *_ in found):.2f} s")
                for path, (took, status, text, again) in zip(READS * AT_ONCE, found, strict=True):
                    assert (status, took < PATIENCE + SLACK) == (503, True), (path, status, took, text[:200])
                    if path.startswith("/api"):
                        assert '"id": "engine_busy"' in text
                    else:
                        assert again == "2", "a page loads itself again"
                        assert "does not answer" in text
            for path in NEEDS_NO_DATABASE:
                took, status, text, _ = await floor.read(path)
                assert took < PATIENCE, (path, took)
                assert status == (503 if path.endswith("ready") else 200), text
        began = time.monotonic()
        await until(lambda: floor.home.platform.heartbeat.beating, SOON, "it saves")
        for path in READS:
            _, status, text, _ = await floor.read(path)
            assert status in (200, 303), (path, text)
        print(f"all reads answered {time.monotonic() - began:.2f} s after")
        await all_left()
        await until(lambda: floor.pool.checkedout() <= 1, SOON, "all connections are back in the pool")


async def test_a_slow_read_of_a_database_that_works_is_not_cut(cluster: PostgresCluster, tmp_path: Path) -> None:
    """A lock on what is read holds it longer than our patience, while calls are saved."""
    async with floor_on(cluster, tmp_path) as floor, floor.home.platform.database.connect() as other:
        await other.exec_driver_sql("LOCK TABLE customers IN ACCESS EXCLUSIVE MODE")
        asked = asyncio.create_task(floor.read(SEARCH))
        done, _ = await asyncio.wait({asked}, timeout=PATIENCE + 1)
        assert not done, "the database works: it is worth waiting"
        await other.rollback()
        _, status, text, _ = await asked
        assert status == 200, text


async def test_desks_that_missed_something_have_their_state_at_once(cluster: PostgresCluster, tmp_path: Path) -> None:
    async with floor_on(cluster, tmp_path) as floor:
        ports, projection = floor.home.platform.ports, floor.app[HUB].projection
        with stopped(cluster):
            await until(lambda: not floor.home.platform.heartbeat.beating, SOON, "a commit waits for its answer")
            missed = projection.seq + 5000
            for seq in range(projection.seq + 1, missed + 1):
                ports.publish(Published(seq, floor.home.platform.clock.now(), (), ()))
            began = time.monotonic()
            await until(lambda: projection.seq == missed, 1, "the desks' state was taken anew")
            print(f"{1000 * (time.monotonic() - began):.0f} ms")
            state = await asyncio.wait_for(ports.state(), 0.5)
            assert set(state.rows["queues"]) == {"main"}
