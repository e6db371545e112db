"""Orders over the wire: one end each, in the order they were given, and no leg is forgotten."""

from __future__ import annotations

import pytest

from cti.ami import AmiSwitch
from cti.facts import LegAsked, LegEnded, LegSound, LegStarted, OrderDone
from cti.orders import DropClaim, HangUp, HoldCaller, LookAtLeg
from tests.integration.cti.conftest import Ear
from tests.integration.cti.fake_ami import FakeAmi
from tests.integration.cti.test_link import CALLER, drop_claim, ring
from tests.support.waiting import until

pytestmark = pytest.mark.integration

NEW_LEG = ("Channel: PJSIP/cti-phone-01-00000002", "Uniqueid: leg-1", "Linkedid: leg-1")


async def test_given_a_ring_then_it_is_done_when_its_channel_comes(switch: AmiSwitch, ami: FakeAmi, ear: Ear) -> None:
    switch.send(ring())
    await until(lambda: len(ami.named("Originate")) == 1)
    assert ear.of(OrderDone) == []
    await ami.event("Newchannel", *NEW_LEG)
    assert (await ear.hears(OrderDone)).ok
    kinds = [type(fact) for fact in ear.facts]
    assert kinds.index(LegAsked) < kinds.index(LegStarted)
    claim = ami.named("Setvar")[0]
    assert (claim["Channel"], claim["Variable"], claim["Value"]) == (CALLER, "CTI_CLAIM", "of-1")


async def test_given_a_phone_that_is_not_there_then_the_leg_ends_and_the_order_fails(
    switch: AmiSwitch, ami: FakeAmi, ear: Ear
) -> None:
    switch.send(ring())
    await until(lambda: len(ami.named("Originate")) == 1)
    action_id = ami.named("Originate")[0]["ActionID"]
    await ami.event("OriginateResponse", f"ActionID: {action_id}", "Response: Failure", "Reason: 0", "Uniqueid: leg-1")
    done = await ear.hears(OrderDone)
    assert (done.ok, done.unknown) == (False, False)
    assert [(fact.leg, fact.cause) for fact in ear.of(LegEnded)] == [("leg-1", 20)]


async def test_given_a_caller_that_left_then_no_phone_is_rung(switch: AmiSwitch, ami: FakeAmi, ear: Ear) -> None:
    ami.refusals["Setvar"] = "No such channel"
    switch.send(ring())
    done = await ear.hears(OrderDone)
    assert not done.ok
    assert "No such channel" in done.message
    assert (await ear.hears(LegEnded)).leg == "leg-1"
    assert ami.named("Originate") == []


async def test_given_a_hang_up_before_the_channel_is_there_then_it_waits_for_it(
    switch: AmiSwitch, ami: FakeAmi, ear: Ear
) -> None:
    switch.send(ring())
    switch.send(HangUp(order_id="o2", leg="leg-1", cause=26, interaction_id="ix-1"))
    await until(lambda: len(ami.named("Originate")) == 1)
    assert ami.named("Hangup") == []
    await ami.event("Newchannel", *NEW_LEG)
    await ear.hears(OrderDone, 2)
    assert [(hangup["Channel"], hangup["Cause"]) for hangup in ami.named("Hangup")] == [("leg-1", "26")]


async def test_given_a_hang_up_of_a_leg_that_never_came_then_it_ends_without_being_sent(
    switch: AmiSwitch, ami: FakeAmi, ear: Ear
) -> None:
    switch.send(ring())
    switch.send(HangUp(order_id="o2", leg="leg-1", interaction_id="ix-1"))
    await until(lambda: len(ami.named("Originate")) == 1)
    await ami.event("OriginateResponse", "Response: Failure", "Reason: 0", "Uniqueid: leg-1")
    await ear.hears(OrderDone, 2)
    assert [(done.order_id, done.ok) for done in ear.of(OrderDone)] == [("o1", False), ("o2", False)]
    assert ami.named("Hangup") == []


async def test_given_a_leg_of_which_nothing_is_heard_then_its_order_ends_as_unknown(
    switch: AmiSwitch, ami: FakeAmi, ear: Ear
) -> None:
    switch.send(ring())
    done = await ear.hears(OrderDone)
    assert (done.ok, done.unknown) == (False, True)
    assert ear.of(LegEnded) == []


async def test_given_a_hang_up_of_a_leg_that_the_switch_does_not_have_then_the_leg_is_told_as_ended(
    switch: AmiSwitch, ami: FakeAmi, ear: Ear
) -> None:
    ami.refusals["Hangup"] = "No such channel"
    switch.send(HangUp(order_id="o1", leg="leg-1", interaction_id="ix-1"))
    done = await ear.hears(OrderDone)
    assert (done.ok, done.unknown) == (False, False)
    assert [(fact.leg, fact.cause) for fact in ear.of(LegEnded)] == [("leg-1", 16)]


async def test_given_orders_of_one_call_then_they_are_carried_out_one_after_the_other(
    switch: AmiSwitch, ami: FakeAmi, ear: Ear
) -> None:
    agent = "PJSIP/cti-phone-01-00000002"
    hold = HoldCaller(order_id="o1", caller_channel=CALLER, agent_channel=agent, interaction_id="ix-1")
    switch.send(hold)
    switch.send(drop_claim("o2"))
    switch.send(drop_claim("o3", interaction="ix-2"))
    await ear.hears(OrderDone, 3)
    said = [(action["Action"], action.get("Variable")) for action in ami.actions if action["Action"] != "Ping"]
    mine = said[said.index(("Setvar", "CTI_AGENT")) :]
    assert mine.index(("Redirect", None)) < len(mine) - 1 - mine[::-1].index(("Setvar", "CTI_CLAIM"))
    assert {done.order_id for done in ear.of(OrderDone) if done.ok} == {"o1", "o2", "o3"}
    redirect = ami.named("Redirect")[0]
    assert (redirect["Context"], redirect["ExtraContext"]) == ("cti-held", "cti-idle")


async def test_given_a_refused_step_then_the_later_ones_are_not_sent(switch: AmiSwitch, ami: FakeAmi, ear: Ear) -> None:
    ami.refusals["Setvar"] = "No such channel"
    agent = "PJSIP/cti-phone-01-00000002"
    switch.send(HoldCaller(order_id="o1", caller_channel=CALLER, agent_channel=agent, interaction_id="ix-1"))
    done = await ear.hears(OrderDone)
    assert (done.ok, done.unknown) == (False, False)
    assert ami.named("Redirect") == []


async def test_given_an_order_with_poison_in_it_then_it_is_refused_and_nothing_is_sent(
    switch: AmiSwitch, ami: FakeAmi, ear: Ear
) -> None:
    sent = len(ami.actions)
    poison = "PJSIP/x-1\r\n\r\nAction: Originate"
    switch.send(DropClaim(order_id="o1", caller_channel=poison, interaction_id="ix-1"))
    done = ear.of(OrderDone)[0]
    assert not done.ok
    assert "Nothing was sent" in done.message
    assert [action for action in ami.actions[sent:] if action["Action"] != "Ping"] == []


@pytest.mark.parametrize(("packets", "heard"), [(["100", "103"], False), (["100", "175"], True)])
async def test_given_a_look_at_a_leg_then_packets_that_come_are_its_sound(
    switch: AmiSwitch, ami: FakeAmi, ear: Ear, packets: list[str], heard: bool
) -> None:
    ami.packets = packets
    switch.send(LookAtLeg(order_id="o1", leg="leg-1", interaction_id="ix-1"))
    switch.send(drop_claim("o2"))
    assert (await ear.hears(OrderDone)).order_id == "o2", "nothing waits for a look"
    assert (await ear.hears(LegSound)).heard is heard
    assert [one["Channel"] for one in ami.named("Getvar") if "Channel" in one] == ["leg-1", "leg-1"]


async def test_given_a_leg_that_cannot_be_looked_at_then_nothing_is_concluded(
    switch: AmiSwitch, ami: FakeAmi, ear: Ear
) -> None:
    switch.send(LookAtLeg(order_id="o1", leg="leg-1"))
    assert not (await ear.hears(OrderDone)).ok
    assert ear.of(LegSound) == []
