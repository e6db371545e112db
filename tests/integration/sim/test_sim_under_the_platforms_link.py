"""The platform's own AMI link on the simulated switch: orders in, facts out, a cut in mid-call."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import TypeVar

import pytest
import pytest_asyncio

from cti.ami import AmiSettings, AmiSwitch
from cti.facts import (
    BridgeEntered,
    Device,
    LegEnded,
    LegPlaced,
    LinkDown,
    LinkUp,
    OrderDone,
    PickupEnded,
    Place,
    Snapshot,
)
from cti.orders import HangUp, HoldCaller, ResumeCaller, RingAgent
from kernel.messages import Fact
from lab.sim import Policy, SimSwitch
from tests.support.waiting import until

pytestmark = pytest.mark.integration

F = TypeVar("F", bound=Fact)


class Platform:
    """What the platform would hear, and orders in short."""

    def __init__(self, switch: SimSwitch) -> None:
        self.facts: list[Fact] = []
        settings = AmiSettings(port=switch.port, secret=switch.secret, backoff_first=0.02, ping_interval=0.2)
        self.link = AmiSwitch(settings, self._hear)

    def _hear(self, fact: Fact) -> bool:
        self.facts.append(fact)
        return True

    async def hears(self, kind: type[F], count: int = 1, **values: object) -> F:
        def found() -> list[F]:
            kinds = [fact for fact in self.facts if isinstance(fact, kind)]
            return [fact for fact in kinds if all(getattr(fact, name) == value for name, value in values.items())]

        await until(lambda: len(found()) >= count, what=f"{kind.__name__} {values}")
        return found()[count - 1]

    async def placed(self, place: Place, count: int = 1) -> LegPlaced:
        return await self.hears(LegPlaced, count, place=place)


@pytest_asyncio.fixture
async def switch() -> AsyncIterator[SimSwitch]:
    async with SimSwitch(2, policy=Policy.answers(after=0.05)) as running:
        yield running


@pytest_asyncio.fixture
async def platform(switch: SimSwitch) -> AsyncIterator[Platform]:
    platform = Platform(switch)
    await platform.link.start()
    await platform.hears(Snapshot)
    platform.link.beat(1)
    yield platform
    await platform.link.stop()


def ring(caller: LegPlaced, leg: str = "leg-1", endpoint: str = "cti-phone-01") -> RingAgent:
    return RingAgent(
        order_id=f"o-{leg}",
        leg=leg,
        endpoint=endpoint,
        caller_channel=caller.channel,
        interaction_id=caller.interaction_id,
        claim=f"claim-{leg}",
        timeout=20,
        caller_number=caller.number,
        caller_name=caller.name,
    )


async def test_a_call_is_offered_held_resumed_and_ended(switch: SimSwitch, platform: Platform) -> None:
    call = switch.call_in("+34600111222", "José Núñez", "900123")
    entered = await platform.placed(Place.entered)
    assert (entered.number, entered.name, entered.did) == ("+34600111222", "José Núñez", "900123")
    caller = await platform.placed(Place.waiting)

    platform.link.send(ring(caller))
    joined = await platform.hears(BridgeEntered, leg="leg-1")
    assert (await platform.hears(BridgeEntered, leg=caller.leg)).bridge == joined.bridge

    agent = switch.exchange.find("leg-1")
    assert agent is not None
    names = {"caller_channel": caller.channel, "agent_channel": agent.name, "interaction_id": caller.interaction_id}
    platform.link.send(HoldCaller(order_id="o-hold", **names))
    await platform.placed(Place.held)
    await platform.placed(Place.idle)

    platform.link.send(ResumeCaller(order_id="o-resume", claim="claim-2", **names))
    again = await platform.hears(BridgeEntered, 2, leg="leg-1")
    assert again.bridge != joined.bridge

    call.hang_up()
    assert (await platform.hears(PickupEnded)).result == "SUCCESS"
    assert (await platform.hears(LegEnded, leg="leg-1")).cause == 16
    assert {fact.ok for fact in platform.facts if isinstance(fact, OrderDone)} == {True}
    assert switch.exchange.channels == {}


async def test_a_cut_in_mid_call_is_followed_by_a_snapshot_and_nothing_is_sent_twice(
    switch: SimSwitch, platform: Platform
) -> None:
    switch.call_in("112")
    caller = await platform.placed(Place.waiting)
    platform.link.send(ring(caller))
    joined = await platform.hears(BridgeEntered, leg="leg-1")
    switch.faults.cut()

    await platform.hears(LinkDown)
    await platform.hears(LinkUp, 2)
    legs = {leg.leg: leg for leg in (await platform.hears(Snapshot, 2)).legs}

    assert legs.keys() == {caller.leg, "leg-1"}
    assert {leg.bridge for leg in legs.values()} == {joined.bridge}
    assert {leg.interaction_id for leg in legs.values()} == {caller.interaction_id}
    assert [leg.role for leg in legs.values()] == ["caller", "agent"]
    assert len(switch.sent("Originate")) == 1


async def test_an_originate_that_the_cut_swallowed_is_not_sent_again(switch: SimSwitch, platform: Platform) -> None:
    switch.call_in("112")
    caller = await platform.placed(Place.waiting)
    switch.faults.cut_on("Originate", executed=True)
    platform.link.send(ring(caller))

    await platform.hears(LinkUp, 2)
    legs = (await platform.hears(Snapshot, 2)).legs
    assert {leg.leg for leg in legs} == {caller.leg, "leg-1"}
    assert len(switch.sent("Originate")) == 1


async def test_a_stalled_switch_is_noticed(switch: SimSwitch, platform: Platform) -> None:
    switch.faults.stall()
    await platform.hears(LinkDown)
    switch.faults.resume()
    await platform.hears(LinkUp, 2)


async def test_a_restarted_switch_has_no_calls_and_its_phones(switch: SimSwitch, platform: Platform) -> None:
    switch.call_in("112")
    await platform.placed(Place.waiting)
    switch.phone(2).unregister()
    await switch.restart()

    snapshot = await platform.hears(Snapshot, 2)
    assert snapshot.legs == ()
    assert {("cti-phone-01", Device.reachable), ("cti-phone-02", Device.lost)} <= set(snapshot.devices)


async def test_a_ringing_leg_is_taken_back(switch: SimSwitch, platform: Platform) -> None:
    switch.set_policy(Policy.rings_out())
    switch.call_in("112")
    caller = await platform.placed(Place.waiting)
    platform.link.send(ring(caller))
    await switch.phone(1).until("RINGING")
    platform.link.send(HangUp(order_id="o-hang", leg="leg-1", cause=26, interaction_id=caller.interaction_id))
    assert (await platform.hears(LegEnded, leg="leg-1")).cause == 26
