"""The simulated switch and a real Asterisk say the same in every scenario."""

from pathlib import Path

import pytest

from lab.asterisk import AsteriskLab
from lab.scenarios.player import Player
from lab.scenarios.script import names, scenario
from lab.scenarios.worlds import PHONES, AsteriskWorld, SimWorld
from lab.sim import SimSwitch

pytestmark = pytest.mark.system

RECORDED = Path(__file__).parent.parent / "fixtures" / "switch_traces"


@pytest.mark.parametrize("name", names())
async def test_both_switches_tell_the_same_story(name: str, asterisk_lab: AsteriskLab) -> None:
    # given the same steps on either switch
    real = await Player(AsteriskWorld(asterisk_lab), scenario(name)).play()
    async with SimSwitch(PHONES, registered=False) as switch:
        simulated = await Player(SimWorld(switch), scenario(name)).play()
    # then the events that matter, their headers, their order, the answers and the lists are the same
    assert simulated == real
    # and what is committed for machines without an Asterisk is what a real one says
    assert (RECORDED / f"{name}.txt").read_text() == real
