"""The call after it was answered: hold, resume, ends on each side, a lost phone, the fallback queue, wrap-up."""

from __future__ import annotations

from typing import Any

import pytest

from crm_core.timeline.writes import SaveTimelineEntry
from cti import events as ev
from cti.facts import ContactGone, LegSound
from cti.orders import HangUp, HoldCaller, LookAtLeg, QueueCaller, ResumeCaller
from kernel.errors import IllegalCommand, Invalid, LinkDown, NotFound, Refused
from routing.messages import (
    AgentPausedForPhone,
    ExtendWrapUp,
    FinishWrapUp,
    HangUpCall,
    HoldCall,
    InteractionEnded,
    LinkCustomer,
    ResumeCall,
    SetPresence,
    SignInAgent,
    SignOutAgent,
    StintEnded,
)
from routing.rows import Duty, InteractionState, Match, Presence, StintState
from tests.unit.routing.world import World

pytestmark = pytest.mark.unit


def talking(**queue: Any) -> tuple[World, str]:
    world = World(**queue)
    world.agent("ana")
    ix = world.call("c1")
    world.answer(ix)
    return world, ix


def ended(world: World) -> StintEnded:
    (event,) = [one for one in world.out.events if isinstance(one, StintEnded)]
    return event


def test_answered_and_joined_makes_agent_and_caller_talk() -> None:
    world, ix = talking()
    assert world.ix(ix).state is InteractionState.active
    assert world.ix(ix).offer_id is None
    assert world.stint(ix).state is StintState.joined
    assert world.state.agents["ana"].duty is Duty.busy


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


def test_a_caller_who_leaves_after_the_phone_was_lost_was_not_ended_by_the_agent() -> None:
    world, ix = talking()
    world.say(ev.AgentLegEnded(interaction_id=ix, leg=world.stint(ix).leg, endpoint="cti-phone-01", cause=44))
    world.say(ev.PhoneChanged(endpoint="cti-phone-01", reachable=False))
    world.say(ev.CallerWaits(interaction_id=ix, leg="c1"))
    world.caller_leaves(ix)
    (over,) = [one for one in world.out.events if isinstance(one, InteractionEnded)]
    assert (over.state, over.reason) == ("closed", "gave_up_after_phone_lost")


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


def test_a_lost_phone_keeps_the_caller_for_the_same_agent_then_for_anybody() -> None:
    world, ix = talking()
    world.wait(5)
    world.agent("ben")
    leg = world.stint(ix).leg
    world.say(ev.AgentLegEnded(interaction_id=ix, leg=leg, endpoint="cti-phone-01", cause=44))
    world.say(ev.PhoneChanged(endpoint="cti-phone-01", reachable=False))
    assert len(world.orders(QueueCaller)) == 1
    assert world.orders(HangUp) == []
    world.say(ev.CallerWaits(interaction_id=ix, leg="c1"))
    assert world.ix(ix).offer_id is None, "the caller waits for ana"
    world.wait(19)
    assert world.ix(ix).offer_id is None
    world.wait(1)
    assert world.offer_to(ix).agent_id == "ben"


def test_a_phone_that_comes_back_gets_its_caller_again() -> None:
    world, ix = talking()
    world.agent("ben")
    world.say(ev.AgentLegEnded(interaction_id=ix, leg=world.stint(ix).leg, endpoint="cti-phone-01", cause=44))
    world.say(ev.PhoneChanged(endpoint="cti-phone-01", reachable=False))
    world.say(ev.CallerWaits(interaction_id=ix, leg="c1"))
    other = world.call("c2")
    assert world.offer_to(other).agent_id == "ben"
    world.say(ev.PhoneChanged(endpoint="cti-phone-01", reachable=True))
    assert world.offer_to(ix).agent_id == "ana"


def test_while_the_lost_phone_is_not_yet_known_as_lost_nobody_is_offered_to_it() -> None:
    """The switch tells of the leg first and of the phone a moment later."""
    world, ix = talking()
    other = world.call("c2")
    world.say(ev.AgentLegEnded(interaction_id=ix, leg=world.stint(ix).leg, endpoint="cti-phone-01", cause=44))
    world.say(ev.CallerWaits(interaction_id=ix, leg="c1"))
    assert world.ix(ix).offer_id is None
    world.say(ev.PhoneChanged(endpoint="cti-phone-01", reachable=False))
    world.wait(5)
    assert world.ix(ix).offer_id is None
    assert world.ix(other).offer_id is None


def test_a_phone_that_lost_its_sound_alone_is_rung_again_after_a_moment() -> None:
    """It never went from the switch, so nothing tells that it came back."""
    world, ix = talking()
    world.say(ev.AgentLegEnded(interaction_id=ix, leg=world.stint(ix).leg, endpoint="cti-phone-01", cause=44))
    world.say(ev.CallerWaits(interaction_id=ix, leg="c1"))
    world.wait(1)
    assert world.offer_to(ix).agent_id == "ana"


def lose_sound(world: World, ix: str) -> None:
    leg = world.stint(ix).leg
    world.say(ev.AgentLegEnded(interaction_id=ix, leg=leg, endpoint="cti-phone-01", cause=44))
    world.say(ev.CallerWaits(interaction_id=ix, leg="c1"))
    world.wait(1)


def test_a_registered_phone_that_loses_its_sound_again_is_rested_and_its_caller_goes_to_another() -> None:
    world, ix = talking()
    lose_sound(world, ix)
    world.answer(ix)
    world.agent("ben")
    lose_sound(world, ix)
    ana = world.state.agents["ana"]
    assert (ana.presence, ana.pause_reason) == (Presence.paused, "phone_failing")
    assert world.offer_to(ix).agent_id == "ben"
    assert [one.agent_id for one in world.out.events if isinstance(one, AgentPausedForPhone)] == ["ana"]


@pytest.mark.parametrize("why", ["long ago", "it went away"])
def test_a_phone_that_loses_its_sound_now_and_then_is_rung_again(why: str) -> None:
    world, ix = talking()
    lose_sound(world, ix)
    world.answer(ix)
    if why == "long ago":
        world.wait(120)
    else:
        world.say(ev.PhoneChanged(endpoint="cti-phone-01", reachable=False))
        world.say(ev.PhoneChanged(endpoint="cti-phone-01", reachable=True))
    lose_sound(world, ix)
    assert world.offer_to(ix).agent_id == "ana"


@pytest.mark.parametrize("held", [False, True])
def test_a_phone_in_a_talk_whose_contact_goes_is_listened_to_and_ended_when_it_is_silent(held: bool) -> None:
    world, ix = talking()
    leg = world.stint(ix).leg
    if held:
        world.say(ev.CallerHeld(interaction_id=ix, leg="c1"))
    world.say(ContactGone(endpoint="cti-phone-01"))
    assert [one.leg for one in world.orders(LookAtLeg)] == [leg]
    world.say(LegSound(leg=leg, heard=True))
    assert world.orders(HangUp) == [], "only the way of its signalling broke"
    world.say(LegSound(leg=leg, heard=False))
    assert [(one.leg, one.cause) for one in world.orders(HangUp)] == [(leg, 27)]
    world.say(ev.AgentLegEnded(interaction_id=ix, leg=leg, endpoint="cti-phone-01", cause=27))
    assert len(world.orders(QueueCaller)) == 1


def test_a_contact_that_goes_without_a_talk_means_nothing() -> None:
    world = World()
    world.agent("ana")
    world.ring(world.call("c1"))
    world.say(ContactGone(endpoint="cti-phone-01"))
    assert world.orders(LookAtLeg) == []


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


def test_wrap_up_ends_on_its_deadline_and_the_agent_is_free() -> None:
    world, ix = talking(wrap_seconds=30)
    world.caller_leaves(ix)
    world.wait(29.9)
    assert world.state.agents["ana"].duty is Duty.wrapping
    world.wait(0.1)
    assert world.state.agents["ana"].duty is Duty.idle
    assert ended(world).disposition_id is None
    assert ix not in world.state.interactions


def test_wrap_up_can_be_extended_three_times() -> None:
    world, ix = talking(wrap_seconds=10, wrap_extend_seconds=10)
    world.caller_leaves(ix)
    for _ in range(3):
        world.say(ExtendWrapUp(actor="ana", interaction_id=ix))
    with pytest.raises(Refused, match="again"):
        world.say(ExtendWrapUp(actor="ana", interaction_id=ix))
    world.wait(39.9)
    assert world.state.agents["ana"].duty is Duty.wrapping
    world.wait(0.1)
    assert world.state.agents["ana"].duty is Duty.idle


def test_wrap_up_with_a_disposition_frees_the_agent_for_the_next_caller() -> None:
    world, ix = talking()
    waiting = world.call("c2")
    world.caller_leaves(ix)
    assert world.ix(waiting).offer_id is None
    with pytest.raises(Invalid):
        world.say(FinishWrapUp(actor="ana", interaction_id=ix, disposition_id="nonsense"))
    world.say(FinishWrapUp(actor="ana", interaction_id=ix, disposition_id="resolved"))
    assert world.offer_to(waiting).agent_id == "ana"


def test_a_presence_chosen_while_busy_is_taken_afterwards() -> None:
    world, ix = talking()
    world.say(SetPresence(actor="ana", agent_id="ana", presence=Presence.paused, reason="lunch"))
    assert world.state.agents["ana"].presence is Presence.ready
    world.call("c2")
    world.caller_leaves(ix)
    world.say(FinishWrapUp(actor="ana", interaction_id=ix, disposition_id="resolved"))
    agent = world.state.agents["ana"]
    assert (agent.presence, agent.pause_reason, agent.duty) == (Presence.paused, "lunch", Duty.idle)


def test_signing_out_in_a_call_is_refused_and_in_wrap_up_waits_for_its_end() -> None:
    world, ix = talking()
    with pytest.raises(Refused) as refusal:
        world.say(SignOutAgent(actor="ana", agent_id="ana"))
    assert refusal.value.id == "call_in_hand"
    world.caller_leaves(ix)
    world.say(SignOutAgent(actor="ana", agent_id="ana"))
    assert world.state.agents["ana"].endpoint == "cti-phone-01"
    world.wait(60)
    assert world.state.agents["ana"].presence is Presence.out
    assert world.state.phones["cti-phone-01"].agent_id is None


def test_the_pool_of_phones_can_be_exhausted_and_signing_in_again_keeps_the_phone() -> None:
    world = World(phones=1)
    world.agent("ana")
    assert world.say(SignInAgent(actor="ana", agent_id="ana", name="Ana")) == "cti-phone-01"
    with pytest.raises(Refused) as refusal:
        world.say(SignInAgent(actor="ben", agent_id="ben", name="Ben"))
    assert refusal.value.id == "no_phone_free"


def test_a_phone_left_behind_without_signing_out_goes_to_the_next_agent() -> None:
    world = World(phones=1)
    world.agent("ana")
    world.say(ev.PhoneChanged(endpoint="cti-phone-01", reachable=False))
    assert world.say(SignInAgent(actor="ben", agent_id="ben", name="Ben")) == "cti-phone-01"
    assert world.state.agents["ana"].endpoint is None


def test_going_off_keeps_the_phone_until_signing_out() -> None:
    world = World()
    world.agent("ana")
    world.say(SetPresence(actor="ana", agent_id="ana", presence=Presence.out))
    assert world.state.agents["ana"].endpoint == "cti-phone-01"
    world.say(SetPresence(actor="ana", agent_id="ana", presence=Presence.ready))
    assert world.offer_to(world.call("c1")).agent_id == "ana"


def test_a_caller_in_the_fallback_queue_comes_back_with_the_place() -> None:
    world = World()
    first, second = world.call("c1"), world.call("c2")
    world.wait(4)
    world.say(ev.CallerInFallback(interaction_id=first, leg="c1", ringing=False))
    assert [one.interaction_id for one in world.orders(QueueCaller)] == [first]
    world.say(ev.CallerWaits(interaction_id=first, leg="c1"))
    world.agent("ana")
    assert world.ix(first).offer_id is not None
    assert world.ix(second).offer_id is None


def test_a_caller_served_by_the_fallback_is_adopted_with_the_agent() -> None:
    world = World()
    world.agent("ana")
    world.say(ev.SwitchLost(reason="start"))
    ix = world.call("c1")
    world.say(ev.CallerInFallback(interaction_id=ix, leg="c1", ringing=True))
    assert world.orders(QueueCaller) == []
    world.join(ix, "switch-leg", "cti-phone-01", ours=False)
    world.say(ev.SwitchBack(switch_version="22"))
    assert world.state.agents["ana"].duty is Duty.busy
    assert world.ix(ix).from_fallback
    world.caller_leaves(ix)
    assert world.state.agents["ana"].duty is Duty.wrapping


def test_a_caller_torn_out_of_a_late_pickup_goes_back_to_the_queue() -> None:
    world = World()
    world.agent("ana")
    ix = world.call("c1")
    offer = world.ring(ix)
    world.wait(23.1)
    world.say(ev.CallerAfter(interaction_id=ix, leg="c1"))
    assert [one.interaction_id for one in world.orders(QueueCaller)] == [ix]
    world.agent_leg_ends(ix, offer)
    assert world.ix(ix).state is InteractionState.queued


def test_the_calls_line_on_the_timeline_tells_what_came_of_it() -> None:
    world, ix = talking()
    world.wait(12)
    world.caller_leaves(ix)
    world.say(FinishWrapUp(actor="ana", interaction_id=ix, disposition_id="follow_up"))
    last = [one for one in world.out.writes if isinstance(one, SaveTimelineEntry)][-1]
    assert (last.id, last.customer_id, last.status, last.staff_name) == (f"tl-{ix}", "cu-c1", "done", "Ana")
    assert last.details["outcome"] == "answered"
    assert last.details["disposition"] == "Follow-up needed"
    assert last.details["talk_seconds"] == pytest.approx(12)


def test_an_unknown_caller_has_no_line_until_an_agent_says_who_it_is() -> None:
    world = World()
    world.agent("ana")
    ix = world.call("c1", match=Match.unknown)
    world.answer(ix)
    assert not [one for one in world.out.writes if isinstance(one, SaveTimelineEntry)]
    world.say(LinkCustomer(actor="ana", interaction_id=ix, customer_id="cu-9"))
    (entry,) = [one for one in world.out.writes if isinstance(one, SaveTimelineEntry)]
    assert entry.customer_id == "cu-9"


def test_a_slow_look_up_does_not_keep_the_caller_waiting() -> None:
    world = World()
    world.agent("ana")
    world.say(
        ev.CallerArrived(interaction_id="ix-c1", leg="c1", channel="PJSIP/trunk-c1", did="5", language="en", number="1")
    )
    world.say(ev.CallerWaits(interaction_id="ix-c1", leg="c1"))
    assert world.ix("ix-c1").offer_id is None
    world.wait(1)
    assert world.offer_to("ix-c1").agent_id == "ana"
    assert world.ix("ix-c1").match is Match.unknown


def test_callers_who_came_during_one_outage_are_served_as_the_switch_numbered_them() -> None:
    world = World()
    for leg in ("1795312273.10", "1795312273.9", "1795312272.11"):
        world.call(leg)
    assert [one.leg for one in world.state.callers()] == ["1795312272.11", "1795312273.9", "1795312273.10"]
