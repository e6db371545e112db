"""The simulator's control connection: each question gets its own answer."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from lab.sim import SimSwitch
from lab.sim.control import ControlServer, SimControl

pytestmark = pytest.mark.integration


async def test_given_a_question_given_up_half_way_then_the_next_one_gets_its_own_answer(tmp_path: Path) -> None:
    file = tmp_path / "sim.json"
    async with SimSwitch(2) as switch, ControlServer(switch, file), SimControl.found(file) as control:
        for _ in range(20):
            given_up = asyncio.create_task(control.ask("channels"))
            await asyncio.sleep(0)
            given_up.cancel()
            await asyncio.gather(given_up, return_exceptions=True)
            leg = await control.ask("begin", number="+34600111222")
            assert isinstance(leg, str), "the answer to what was given up"
            await control.ask("end", leg=leg)
