"""`trunkline run` from start to stop: ready with all its parts, stopped in good order, right at the next start."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from lab.sim import SimSwitch
from tests.support.served import Served, served
from tests.support.waiting import until

pytestmark = [pytest.mark.integration, pytest.mark.timeout(90)]


async def test_it_serves_stops_in_good_order_and_takes_up_its_calls_again(tmp_path: Path) -> None:
    async with SimSwitch(1) as switch:
        async with served(switch, tmp_path) as first:
            await first.ready()
            assert (await first.get("/sign-in"))[0] == 200
            switch.call_in("+34600111222")
            await until(lambda: has_rows(first, 1), what="the caller waits")
            assert await first.stop() == 0
            assert "Stopping. Calls in progress go on at the switch" in first.said()
            assert "Traceback" not in first.said()
        async with served(switch, tmp_path) as again:
            await again.ready()
            assert await has_rows(again, 1), "the caller waits still, and is one"
            await again.stop()
    assert "Traceback" not in again.said()
    assert switch.secret not in first.said() + again.said()


async def has_rows(platform: Served, count: int) -> bool:
    return await platform.figure('trunkline_rows{shelf="interactions"}') == count


async def test_without_its_switch_it_runs_and_says_what_is_wrong(tmp_path: Path) -> None:
    async with SimSwitch(1) as switch:
        await switch.stop()
        async with served(switch, tmp_path) as platform:
            await until(lambda: answers(platform), 30, "the web server answers")
            status, text = await platform.get("/health/ready")
            part = json.loads(text)["parts"]["switch"]
            assert (status, part["ok"]) == (503, False)
            await until(lambda: names_the_cure(platform), 10, "cause and cure")
            assert (await platform.get("/health/live"))[0] == 200
            assert await platform.stop() == 0


async def answers(platform: Served) -> bool:
    return (await platform.get("/health/ready"))[0] != 0


async def names_the_cure(platform: Served) -> bool:
    words = json.loads((await platform.get("/health/ready"))[1])["parts"]["switch"]["words"]
    return "cannot connect" in words and "check that Asterisk runs" in words
