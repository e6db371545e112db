"""A caller's visit: looked up, waiting, in the fallback queue, talking, and its line on the timeline."""

from __future__ import annotations

from datetime import timedelta

import pytest

from crm_core.timeline.writes import SaveTimelineEntry
from cti import events as ev
from cti.orders import QueueCaller
from routing.messages import FinishWrapUp, LinkCustomer
from routing.rows import Duty, InteractionState, Match, StintState
from tests.unit.routing.world import World, talking

pytestmark = pytest.mark.unit


def test_answered_and_joined_makes_agent_and_caller_talk() -> None:
    world, ix = talking()
    assert world.ix(ix).state is InteractionState.active
    assert world.ix(ix).offer_id is None
    assert world.stint(ix).state is StintState.joined
    assert world.state.agents["ana"].duty is Duty.busy


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
    assert world.waiting() == ["1795312272.11", "1795312273.9", "1795312273.10"]


def test_a_caller_whom_only_the_snapshot_tells_stands_before_one_who_came_later_and_was_heard_of_sooner() -> None:
    world = World()
    world.call("1795312273.11")
    world.wait(0.01)
    world.call("1795312273.10")
    world.wait(0.01)
    world.call("1795312273.12")
    assert world.waiting() == ["1795312273.10", "1795312273.11", "1795312273.12"]


def test_a_caller_who_came_just_before_an_outage_stands_before_those_who_came_in_it() -> None:
    """They were heard of, and not yet that they wait; of the others the snapshot knows since when they are there."""
    world = World()
    came = {"1795312273.10": world.at, "1795312273.11": world.at + timedelta(seconds=1)}
    legs = {leg: {"interaction_id": f"ix-{leg}", "leg": leg} for leg in came}
    first, second = legs.values()
    world.say(ev.CallerArrived(**first, channel="PJSIP/t-10", did="5", language=""))
    world.wait(3)
    world.say(ev.CallerArrived(**second, channel="PJSIP/t-11", did="5", language="", since=came["1795312273.11"]))
    for leg in (first, second):
        world.say(ev.CallerWaits(**leg))
    world.wait(1)
    assert world.waiting() == list(came)


def test_a_caller_whose_wait_a_wrong_clock_makes_longer_stands_behind_who_came_before_and_was_heard_of() -> None:
    """The switch's clock was set ten minutes ahead after both came; only of the second it is asked since when."""
    world = World()
    legs = {leg: {"interaction_id": f"ix-{leg}", "leg": leg} for leg in ("1795312273.10", "1795312273.11")}
    first, second = legs.values()
    world.say(ev.CallerArrived(**first, channel="PJSIP/t-10", did="5", language=""))
    world.say(ev.CallerWaits(**first))
    world.wait(3)
    since = world.at - timedelta(minutes=10)
    world.say(ev.CallerArrived(**second, channel="PJSIP/t-11", did="5", language="", since=since))
    world.say(ev.CallerWaits(**second))
    world.wait(1)
    assert world.waiting() == list(legs)
    assert world.ix("ix-1795312273.11").place == world.ix("ix-1795312273.10").place
