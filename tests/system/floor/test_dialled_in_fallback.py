"""An agent has dialled somebody; the platform is killed, and the agent's leg goes, so that the switch's own queue has
the customer, on either switch. Back again, the platform knows them: the same interaction, customer and permit, dialled
once (P3), joined to one agent (P2), and nobody is torn out of a talk that the queue had begun (P1)."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from cti.ids import is_ours
from lab.ami import LabAmi
from lab.asterisk import AsteriskLab
from lab.farend import FarEnd
from routing.queuerows import Queue
from tests.integration.server.test_fault_dials import asks_for_one_dial, outcomes, permits
from tests.support.floor.people import Person
from tests.support.floor.small import plain_phones
from tests.support.floor.worlds import Channel, World, asterisk_world, sim_world
from tests.support.waiting import until
from tests.system.conftest import channels_left
from tests.system.desk.process import LUCIA, PASSWORD, PlatformProcess
from tests.system.floor.test_ring_all_kill import watched

pytestmark = [pytest.mark.system, pytest.mark.timeout(240)]

QUEUE = Queue("main", "Main", render_ms=50, ring_seconds=40, wrap_seconds=60)
LOST, REFUSED = 44, 21
STEP = 60.0


@dataclass(slots=True)
class Scene:
    """Ana talks to Lucía, whom she dialled: `call` as the desk shows it, `far` the leg that was dialled."""

    world: World
    platform: PlatformProcess
    people: list[Person]
    call: dict[str, Any]
    far: str

    @property
    def ana(self) -> Person:
        return self.people[0]

    async def ends(self, leg: str, cause: int) -> None:
        """The switch ends a leg with that cause, as it does where a phone is lost; nothing if it is gone already."""
        ami = self.world.reach.ami
        async with LabAmi(ami.host, ami.port, ami.user, ami.secret) as client:
            await client.action("Hangup", Channel=leg, Cause=cause)

    async def customer(self) -> Channel:
        return (await self.world.channels())[self.far]

    async def leg(self) -> Channel:
        """The one leg of an agent's phone."""
        (found,) = [one for one in (await self.world.channels()).values() if one.id != self.far]
        return found

    async def rung_by_the_queue(self) -> Channel:
        """The platform is dead: the switch's own queue has the customer, and rings a phone."""

        async def rings() -> bool:
            others = [one for one in (await self.world.channels()).values() if one.id != self.far]
            return (await self.customer()).context == "cti-fallback" and [one.up for one in others] == [False]

        await until(rings, STEP, "the queue rings a phone for the customer")
        return await self.leg()

    async def joined(self) -> str:
        """Wait until the customer talks; the bridge."""

        async def talks() -> bool:
            return bool((await self.customer()).bridge)

        await until(talks, STEP, "the queue joins them")
        return (await self.customer()).bridge

    async def shown(self, endpoint: str = "") -> Person:
        """Wait until an agent's desk shows the talk with the customer; returns whose."""

        def talks(one: Person) -> bool:
            return one.connected and one.stint == "joined" and endpoint in ("", one.endpoint)

        await until(lambda: any(map(talks, self.people)), STEP, "a desk shows the talk")
        (who,) = filter(talks, self.people)
        for key in ("id", "customer_id", "direction"):
            assert who.call[key] == self.call[key], f"the same {key} as before"
        return who

    async def is_over(self, who: Person) -> None:
        """Hang up and wrap up: the call is in the history of the customer, once."""

        async def over() -> bool:
            if who.stint == "joined":
                await who.does("hang-up")
            return who.me["duty"] == "idle" and not await self.world.channels()

        await until(over, STEP, "wrapped up")
        status, page = await who.ask("GET", f"/api/customers/{self.call['customer_id']}/timeline")
        calls = [one["details"] for one in page["entries"] if one["kind"] == "call"]
        assert status == 200
        assert [(one["direction"], one["outcome"]) for one in calls] == [("outbound", "answered")]


@asynccontextmanager
async def dialled(kind: str, lab: AsteriskLab, folder: Path, logins: tuple[str, ...]) -> AsyncIterator[Scene]:
    chance = random.Random(20261122)
    async with AsyncExitStack() as stack:
        if kind == "simulated":
            world = await stack.enter_async_context(sim_world(folder, len(logins), chance))
            far = None
        else:
            place = asterisk_world(lab, chance, plain_phones(lab, folder))
            world = await stack.enter_async_context(place)
            far = await stack.enter_async_context(FarEnd(lab.sip, lab.ports.trunk))
        platform = PlatformProcess(world.reach, folder)
        await platform.prepare(logins, QUEUE)
        await platform.start()
        people = [Person(platform.url, login, PASSWORD) for login in logins]
        try:
            async with watched(world):
                yield await dials(world, platform, people)
                numbers = far.dialled if far is not None else await world._sim.dialled()  # type: ignore[attr-defined]
                assert numbers == [LUCIA], "dialled once"
        finally:
            await asyncio.gather(*(one.close() for one in people))
            await platform.stop()
    assert await channels_left(lab) == ""
    assert await permits(platform.database_url) == 1
    assert await outcomes(platform.database_url) == ["reached"]
    assert await platform.replayed() == []


async def dials(world: World, platform: PlatformProcess, people: list[Person]) -> Scene:
    for one in people:
        await one.sign_in(world.rings)
    ana = people[0]
    assert await asks_for_one_dial(ana) == ""

    async def rings() -> bool:
        return any(one.endpoint == ana.endpoint for one in (await world.channels()).values())

    await until(rings, STEP, "ana's phone rings")
    await world.picks_up(ana.endpoint)
    await until(lambda: ana.stint == "joined", STEP, "ana talks to whom she dialled")
    (far,) = [one.id for one in (await world.channels()).values() if one.endpoint == "trunk"]
    assert ana.call["customer_id"], "found by the number"
    return Scene(world, platform, people, dict(ana.call), far)


@pytest.mark.parametrize("kind", ["simulated", "asterisk"])
async def test_given_a_customer_on_hold_whom_the_queue_had_served_then_the_talk_goes_on_as_the_same_call(
    kind: str, asterisk_lab: AsteriskLab, tmp_path: Path
) -> None:
    async with dialled(kind, asterisk_lab, tmp_path, ("ana", "ben")) as scene:
        assert await scene.ana.does("hold") == 200
        await until(lambda: scene.ana.stint == "held", STEP, "on hold")
        await scene.platform.kill()
        await scene.world.phone_hangs_up(scene.ana.endpoint)
        rung = await scene.rung_by_the_queue()
        await scene.world.picks_up(rung.endpoint)
        talk = await scene.joined()
        await scene.platform.start()
        who = await scene.shown(rung.endpoint)
        assert who.call["from_fallback"]
        now = await scene.world.channels()
        assert {one.bridge for one in now.values()} == {talk}, "nobody was torn out of it"
        assert now.keys() == {scene.far, rung.id}
        await scene.is_over(who)


@pytest.mark.parametrize("kind", ["simulated", "asterisk"])
async def test_given_a_talk_whose_phone_was_lost_then_the_customer_is_offered_as_the_same_call(
    kind: str, asterisk_lab: AsteriskLab, tmp_path: Path
) -> None:
    async with dialled(kind, asterisk_lab, tmp_path, ("ana",)) as scene:
        await scene.platform.kill()
        await scene.ends((await scene.leg()).id, LOST)
        await scene.rung_by_the_queue()
        await scene.platform.start()

        async def offered() -> bool:
            """The phone refuses whatever the queue rings; what we ring has an id of ours."""
            for leg in (await scene.world.channels()).values():
                if leg.id != scene.far and not is_ours(leg.id):
                    await scene.ends(leg.id, REFUSED)
            return scene.ana.connected and bool(scene.ana.desk["offer"])

        await until(offered, STEP, "the customer is offered")
        assert scene.ana.desk["offer"]["interaction_id"] == scene.call["id"]
        await until(lambda: scene.ana.desk["offer"]["ringing_at"], STEP, "ana's phone rings")
        await scene.world.picks_up(scene.ana.endpoint)
        await scene.is_over(await scene.shown())
