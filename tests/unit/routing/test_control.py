"""What an agent does to the own call: hold, resume, hang up; confirmed by the switch, asked once, finished."""

from __future__ import annotations

import pytest

from cti import events as ev
from cti.orders import HangUp, HoldCaller, ResumeCaller
from kernel.errors import IllegalCommand, LinkDown, NotFound
from routing.messages import ExtendWrapUp, FinishWrapUp, HangUpCall, HoldCall, ResumeCall, StintEnded
from routing.rows import Duty, InteractionState, Presence
from tests.unit.routing.world import World, talking

pytestmark = pytest.mark.unit


def ended(world: World) -> StintEnded:
    (event,) = [one for one in world.out.events if isinstance(one, StintEnded)]
    return event


def test_hold_and_resume_are_confirmed_by_the_switch_and_not_billed_as_talk() -> None:
    world, ix = talking()
    world.wait(10)
    world.say(HoldCall(actor="ana", interaction_id=ix))
    (order,) = world.orders(HoldCaller)
    assert (order.caller_channel, order.agent_channel) == ("PJSIP/trunk-c1", "PJSIP/cti-phone-01-1")
    assert world.ix(ix).state is InteractionState.active, "not held before the switch says so"
    world.say(ev.CallerHeld(interaction_id=ix, leg="c1"))
    assert world.ix(ix).state is InteractionState.held
    with pytest.raises(IllegalCommand):
        world.say(HoldCall(actor="ana", interaction_id=ix))
    world.wait(30)
    world.say(ResumeCall(actor="ana", interaction_id=ix))
    assert len(world.orders(ResumeCaller)) == 1
    world.join(ix, world.stint(ix).leg, "cti-phone-01")
    world.wait(5)
    assert world.stint(ix).talk_seconds(world.at) == pytest.approx(15)
    world.caller_leaves(ix)
    world.say(FinishWrapUp(actor="ana", interaction_id=ix, disposition_id="resolved"))
    assert ended(world).talk_seconds == pytest.approx(15)


def test_a_refused_hold_is_told_and_the_talk_goes_on() -> None:
    world, ix = talking()
    world.say(HoldCall(actor="ana", interaction_id=ix))
    order = world.orders(HoldCaller)[0]
    world.say(ev.OrderFailed(order_id=order.order_id, message="No such channel", unknown=False, interaction_id=ix))
    assert world.stint(ix).problem == "hold_failed"
    assert world.ix(ix).state is InteractionState.active


def test_a_hold_without_a_link_is_refused_at_once() -> None:
    world, ix = talking()
    world.say(ev.SwitchLost(reason="closed"))
    with pytest.raises(LinkDown):
        world.say(HoldCall(actor="ana", interaction_id=ix))
    assert world.orders(HoldCaller) == []


def test_nobody_controls_the_call_of_another() -> None:
    world, ix = talking()
    world.agent("eve", Presence.paused)
    for command in (HoldCall, ResumeCall, HangUpCall, ExtendWrapUp):
        with pytest.raises(NotFound):
            world.say(command(actor="eve", interaction_id=ix))


def test_when_the_agent_hangs_up_the_caller_is_ended_and_wrap_up_begins() -> None:
    world, ix = talking()
    offer_leg = world.stint(ix).leg
    world.say(ev.CallerAfter(interaction_id=ix, leg="c1"))
    assert world.orders(HangUp) == [], "only the end of the agent's leg says what it means"
    world.say(ev.AgentLegEnded(interaction_id=ix, leg=offer_leg, endpoint="cti-phone-01", cause=16))
    assert [one.leg for one in world.orders(HangUp)] == ["c1"]
    assert world.state.agents["ana"].duty is Duty.wrapping
    world.caller_leaves(ix)
    assert world.ix(ix).state is InteractionState.closed
    assert world.ix(ix).end_reason == "agent_hung_up"


def test_two_quick_resumes_are_one_order_and_a_failed_one_may_be_repeated() -> None:
    world, ix = talking()
    world.say(HoldCall(actor="ana", interaction_id=ix))
    world.say(HoldCall(actor="ana", interaction_id=ix))
    assert len(world.orders(HoldCaller)) == 1
    world.say(ev.CallerHeld(interaction_id=ix, leg="c1"))
    for _ in range(2):
        world.say(ResumeCall(actor="ana", interaction_id=ix))
    (order,) = world.orders(ResumeCaller)
    world.say(ev.OrderFailed(order_id=order.order_id, message="?", unknown=True, interaction_id=ix))
    world.say(ResumeCall(actor="ana", interaction_id=ix))
    assert len(world.orders(ResumeCaller)) == 2
    world.wait(5)
    world.say(ResumeCall(actor="ana", interaction_id=ix))
    assert len(world.orders(ResumeCaller)) == 3, "nothing was heard of it"
