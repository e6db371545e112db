"""The simulated switch and a real Asterisk say the same in every scenario."""

import asyncio
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
    # given the same steps on either switch, at the same time
    async with SimSwitch(PHONES, registered=False) as switch:
        players = (Player(AsteriskWorld(asterisk_lab), scenario(name)), Player(SimWorld(switch), scenario(name)))
        real, simulated = await asyncio.gather(*(player.play() for player in players))
    # then the events that matter, their headers, their order, the answers and the lists are the same
    assert simulated == real
    # and what is committed for machines without an Asterisk is what a real one says
    assert (RECORDED / f"{name}.txt").read_text() == real
