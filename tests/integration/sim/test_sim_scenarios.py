"""The simulated switch plays every scenario as the real Asterisk did when its traces were recorded."""

from pathlib import Path

import pytest

from lab.scenarios.player import Player
from lab.scenarios.script import names, scenario
from lab.scenarios.worlds import PHONES, SimWorld
from lab.sim import SimSwitch

pytestmark = pytest.mark.integration

RECORDED = Path(__file__).parents[2] / "fixtures" / "switch_traces"
HURRIED = 0.25


def test_each_trace_has_its_scenario_and_the_other_way_round() -> None:
    assert sorted(path.stem for path in RECORDED.glob("*.txt")) == names()


@pytest.mark.parametrize("name", names())
async def test_simulated_switch_says_what_asterisk_said(name: str) -> None:
    async with SimSwitch(PHONES, registered=False, second=HURRIED) as switch:
        trace = await Player(SimWorld(switch), scenario(name)).play()
    assert trace == (RECORDED / f"{name}.txt").read_text()
