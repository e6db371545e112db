"""What a healthy database is not blamed for: a handler's own time limit is an incident, which somebody looks at."""

from __future__ import annotations

from pathlib import Path

import aiohttp
import pytest
from aiohttp import web

from lab.sim import SimSwitch
from tests.support.house import QUEUE
from tests.support.simhouse import on_sim, web_of
from tests.support.waiting import until

pytestmark = pytest.mark.integration


async def late(_request: web.Request) -> web.Response:
    """Asks something that is no database, and gives it no longer than it should."""
    raise TimeoutError("some other machine")


async def test_given_a_handler_that_times_out_on_a_healthy_database_then_it_is_an_incident(tmp_path: Path) -> None:
    async with (
        SimSwitch(1) as switch,
        on_sim(switch, tmp_path, QUEUE) as home,
        web_of(home.platform, tmp_path, (web.get("/api/late", late),)) as (address, _),
        aiohttp.ClientSession(address) as client,
    ):
        await until(lambda: home.platform.heartbeat.beating, 10, "it saves")
        async with client.get("/api/late") as response:
            found = response.status, (await response.json())["error"]["id"]

    assert found == (500, "incident")
