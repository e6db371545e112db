"""The link to the switch breaks in each way there is, on either switch, while somebody talks, somebody is on hold,
somebody waits and a phone is about to ring: it is seen within 3 s, all is right 3 s after, and nobody noticed."""

from __future__ import annotations

import random
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass

import pytest
import pytest_asyncio

from lab.asterisk import AsteriskLab
from tests.support.faulty_link import FaultyLink
from tests.support.floor.small import LOGINS, SmallFloor, plain_phones
from tests.support.floor.worlds import World, asterisk_world, sim_world
from tests.support.waiting import until
from tests.system.conftest import channels_left

pytestmark = [pytest.mark.system, pytest.mark.timeout(120), pytest.mark.asyncio(loop_scope="module")]

SEEN_WITHIN = RIGHT_WITHIN = 3.0


@dataclass(frozen=True, slots=True)
class Kind:
    """`strikes` breaks it. `seen` waits until the platform knows; without, the link goes on working, badly."""

    strikes: Callable[[FaultyLink], None]
    seen: Callable[[SmallFloor, int], Awaitable[None]] | None = None


async def down(floor: SmallFloor, _connections: int) -> None:
    """The agents read that the switch is not reached."""
    await until(lambda: all(one.desk["link"]["switch"] == "down" for one in floor.people), SEEN_WITHIN, "it is seen")


async def given_up(floor: SmallFloor, connections: int) -> None:
    """The platform has closed what is broken and dialled again."""
    await until(lambda: floor.link.connections > connections, SEEN_WITHIN, "the platform dials again")


KINDS = {
    "cut": Kind(lambda link: link.cut(), given_up),
    "refused": Kind(lambda link: link.refuse(), down),
    "stalled": Kind(lambda link: link.stall(), down),
    "too slow": Kind(lambda link: link.delay(1.5), down),
    "slow": Kind(lambda link: link.delay(0.2)),
    "one byte at a time": Kind(lambda link: link.split()),
    "corrupt from the switch": Kind(lambda link: link.corrupt(), given_up),
    "corrupt to the switch": Kind(lambda link: link.corrupt(up=True), given_up),
    "garbage from the switch": Kind(lambda link: link.garbage(), given_up),
    "garbage to the switch": Kind(lambda link: link.garbage(up=True)),
    "half-closed by the switch": Kind(lambda link: link.half_close(), given_up),
    "half-closed to the switch": Kind(lambda link: link.half_close(up=True), given_up),
}


@pytest_asyncio.fixture(scope="module", loop_scope="module", params=["simulated", "asterisk"])
async def floor(
    request: pytest.FixtureRequest, asterisk_lab: AsteriskLab, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[SmallFloor]:
    """One platform on one switch for all kinds: each test leaves it as it found it."""
    folder = tmp_path_factory.mktemp("floor")
    chance = random.Random(20261122)
    if request.param == "simulated":
        place: AbstractAsyncContextManager[World] = sim_world(folder, len(LOGINS), chance)
    else:
        place = asterisk_world(asterisk_lab, chance, plain_phones(asterisk_lab, folder))
    async with SmallFloor.open(place, folder) as found:
        yield found
    assert await channels_left(asterisk_lab) == ""


@pytest.mark.parametrize("name", KINDS)
async def test_given_a_link_that_breaks_then_it_is_seen_and_nobody_on_the_phone_notices(
    name: str, floor: SmallFloor
) -> None:
    kind = KINDS[name]
    caller = await floor.rings_the_third()
    connections = floor.link.connections
    kind.strikes(floor.link)
    began = time.monotonic()
    if kind.seen is None:
        await floor.third_talks_to(caller)
    else:
        await kind.seen(floor, connections)
    seen = time.monotonic() - began
    floor.link.heal()
    right = await floor.is_right(RIGHT_WITHIN)
    print(f"{name}: seen or done after {seen:.2f} s, all right {right:.2f} s after it was whole")
    await floor.third_talks_to(caller)

    assert floor.undisturbed() == []
    assert len(floor.channels) == len((*LOGINS, *LOGINS, "who waits")), f"too many: {sorted(floor.channels)}"
    assert floor.twice == [], "two legs of one phone"
    legs = floor.link.originated
    assert len(legs) == len(set(legs)), "a leg was originated twice"
    await floor.third_is_done_with(caller)
