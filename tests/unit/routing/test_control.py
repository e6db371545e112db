"""What an agent does to the own call: hold, resume, hang up; confirmed by the switch, asked once, finished."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from cti import events as ev
from cti.facts import LinkDown as Down
from cti.orders import DropClaim, HangUp, HoldCaller, ResumeCaller
from kernel.errors import IllegalCommand, LinkDown, NotFound
from routing.messages import (
    CallActionFailed,
    DeclineOffer,
    ExtendWrapUp,
    FinishWrapUp,
    HangUpCall,
    HoldCall,
    ResumeCall,
    StintEnded,
)
from routing.rows import Duty, InteractionState, Presence, StintState
from tests.unit.routing.world import World, talking

pytestmark = pytest.mark.unit


def ended(world: World) -> StintEnded:
    (event,) = [one for one in world.out.events if isinstance(one, StintEnded)]
    return event


@dataclass(frozen=True)
class _Leg:
    leg: str
    endpoint: str = "cti-phone-01"


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


# ── killed or cut off before the switch was told ────────────────────────────────────────────────────────


def killed(world: World, seconds: float = 3) -> None:
    """Died right after the commit: the order was never sent, and for a while nobody is there."""
    world.out.orders.clear()
    world.say(Down(reason="start"))
    world.say(ev.SwitchLost(reason="start"))
    world.wait(seconds)


def back(world: World) -> None:
    world.say(ev.SwitchBack(switch_version="22"))


def on_the_line(world: World, ix: str) -> str:
    leg = world.stint(ix).leg
    world.live_legs |= {leg, "c1"}
    world.partners[leg] = "c1"
    return leg


def test_a_hang_up_that_was_never_sent_is_finished_once_when_the_link_is_back() -> None:
    world, ix = talking()
    leg = on_the_line(world, ix)
    world.say(HangUpCall(actor="ana", interaction_id=ix))
    killed(world)
    assert world.orders(HangUp) == []
    back(world)
    assert [one.leg for one in world.orders(HangUp)] == [leg]
    world.agent_leg_ends(ix, _Leg(leg))
    assert world.stint(ix).asked is None
    back(world)
    assert [one.leg for one in world.orders(HangUp)] == [leg, "c1", "c1"], "the caller's, while they are there"


def test_a_hang_up_that_had_arrived_is_not_repeated() -> None:
    world, ix = talking()
    leg = on_the_line(world, ix)
    world.say(HangUpCall(actor="ana", interaction_id=ix))
    killed(world)
    world.agent_leg_ends(ix, _Leg(leg))
    back(world)
    assert [one.leg for one in world.orders(HangUp)] == ["c1"]


def test_a_hold_that_was_never_sent_is_finished_and_one_that_had_arrived_is_not_repeated() -> None:
    for arrived in (False, True):
        world, ix = talking()
        on_the_line(world, ix)
        world.say(HoldCall(actor="ana", interaction_id=ix))
        killed(world)
        if arrived:
            world.say(ev.CallerHeld(interaction_id=ix, leg="c1"))
            world.partners.clear()
        back(world)
        assert len(world.orders(HoldCaller)) == (0 if arrived else 1)
        world.say(ev.CallerHeld(interaction_id=ix, leg="c1"))
        assert (world.stint(ix).state, world.stint(ix).asked) == (StintState.held, None)


def test_a_hold_whose_legs_are_on_their_way_is_left_alone_and_told_if_nothing_comes_of_it() -> None:
    world, ix = talking()
    on_the_line(world, ix)
    world.partners.clear()
    world.say(HoldCall(actor="ana", interaction_id=ix))
    killed(world)
    back(world)
    assert world.orders(HoldCaller) == []
    world.wait(5)
    assert (world.stint(ix).asked, world.stint(ix).problem) == (None, "hold_failed")


@pytest.mark.parametrize("idle", [True, False])
def test_a_resume_that_was_never_sent_is_finished_while_the_agents_leg_waits_for_it(idle: bool) -> None:
    world, ix = talking()
    leg = on_the_line(world, ix)
    world.say(ev.CallerHeld(interaction_id=ix, leg="c1"))
    world.partners.clear()
    world.say(ResumeCall(actor="ana", interaction_id=ix))
    killed(world)
    if idle:
        world.idle_legs.add(leg)
    back(world)
    assert len(world.orders(ResumeCaller)) == idle


@pytest.mark.parametrize("command", [HoldCall, HangUpCall])
def test_what_was_asked_long_ago_is_told_as_failed_and_not_done_any_more(command: type) -> None:
    world, ix = talking()
    on_the_line(world, ix)
    world.say(command(actor="ana", interaction_id=ix))
    killed(world, 61)
    back(world)
    assert world.orders(HangUp) == world.orders(HoldCaller) == []
    assert world.stint(ix).problem in ("hold_failed", "hang_up_failed")
    assert world.stint(ix).asked is None


def test_a_hang_up_takes_the_place_of_a_hold_that_was_asked_before() -> None:
    world, ix = talking()
    leg = on_the_line(world, ix)
    world.say(HoldCall(actor="ana", interaction_id=ix))
    world.say(HangUpCall(actor="ana", interaction_id=ix))
    killed(world)
    world.say(ev.CallerHeld(interaction_id=ix, leg="c1"))
    back(world)
    assert world.orders(HoldCaller) == []
    assert [one.leg for one in world.orders(HangUp)] == [leg]


def test_a_hang_up_that_the_switch_refuses_or_does_not_confirm_is_told() -> None:
    world, ix = talking()
    world.say(HangUpCall(actor="ana", interaction_id=ix))
    (order,) = world.orders(HangUp)
    world.say(ev.OrderFailed(order_id=order.order_id, message="no", unknown=False, interaction_id=ix))
    assert (world.stint(ix).problem, world.stint(ix).asked) == ("hang_up_failed", None)
    world.say(HangUpCall(actor="ana", interaction_id=ix))
    assert world.stint(ix).problem is None
    world.wait(5)
    assert (world.stint(ix).problem, world.stint(ix).asked) == ("hang_up_failed", None)


def test_an_order_that_the_cut_link_took_is_told_and_finished_when_it_is_back() -> None:
    world, ix = talking()
    on_the_line(world, ix)
    world.say(HoldCall(actor="ana", interaction_id=ix))
    (order,) = world.orders(HoldCaller)
    world.say(ev.OrderFailed(order_id=order.order_id, message="lost", unknown=True, interaction_id=ix))
    assert world.stint(ix).problem == "hold_failed"
    world.say(ev.SwitchLost(reason="closed"))
    world.wait(2)
    back(world)
    assert len(world.orders(HoldCaller)) == 2
    assert world.stint(ix).problem is None
    assert len([one for one in world.out.events if isinstance(one, CallActionFailed)]) == 1


def test_a_decline_that_was_never_sent_stops_the_phone_when_the_link_is_back() -> None:
    world = World()
    world.agent("ana")
    ix = world.call("c1")
    offer = world.ring(ix)
    world.say(DeclineOffer(actor="ana", offer_id=offer.id))
    killed(world)
    back(world)
    assert [one.leg for one in world.orders(HangUp)] == [offer.leg]
    assert len(world.orders(DropClaim)) == 1


def test_a_phone_that_still_rings_for_nobody_when_the_link_is_back_stops() -> None:
    """Given up, and forgotten, while the switch could not be told."""
    world = World()
    world.agent("ana")
    ix = world.call("c1")
    offer = world.ring(ix)
    world.alone = [(offer.leg, ix)]
    world.say(DeclineOffer(actor="ana", offer_id=offer.id))
    killed(world, 20)
    back(world)
    assert [one.leg for one in world.orders(HangUp)] == [offer.leg]
