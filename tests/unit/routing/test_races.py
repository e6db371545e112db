"""Things that happen at the same moment, or around a kill: no caller lost, no agent stuck, no outcome overwritten."""

from __future__ import annotations

from datetime import timedelta

import pytest

from crm_core.timeline.writes import SaveTimelineEntry
from cti import events as ev
from cti.facts import LinkDown
from cti.orders import HangUp, QueueCaller
from kernel.core import Core
from kernel.messages import Message
from kernel.turn import Turn
from routing.messages import DeclineOffer, FinishWrapUp, IdentifyCaller, OfferMade, SignInAgent, SignOutAgent
from routing.room import handlers
from routing.rows import Duty, InteractionState, Presence, StintState
from routing.setupmessages import PhonesConfigured
from routing.state import State
from server.replay import replay
from tests.unit.routing.world import World

pytestmark = pytest.mark.unit


def entries(world: World) -> list[SaveTimelineEntry]:
    return [one for one in world.out.writes if isinstance(one, SaveTimelineEntry)]


def test_a_phone_that_answers_as_its_offer_is_declined_does_not_cost_the_caller_the_call() -> None:
    world = World()
    world.agent("ana")
    ix = world.call("c1")
    place = world.ix(ix).place
    offer = world.ring(ix)
    world.say(DeclineOffer(actor="ana", offer_id=offer.id))
    world.say(ev.AgentLegUp(interaction_id=ix, leg=offer.leg, endpoint=offer.endpoint))
    world.join(ix, offer.leg, offer.endpoint)
    world.agent_leg_ends(ix, offer)

    assert "c1" not in [one.leg for one in world.orders(HangUp)]
    assert len(world.orders(QueueCaller)) == 1
    world.say(ev.CallerWaits(interaction_id=ix, leg="c1"))
    assert (world.ix(ix).state, world.ix(ix).place) == (InteractionState.queued, place)
    assert world.ix(ix).answered_at is None
    assert world.state.agents["ana"].duty is Duty.idle


@pytest.mark.parametrize("waits_first", [True, False])
def test_a_caller_called_back_from_the_fallback_queue_just_as_a_phone_there_answered_waits_on(
    waits_first: bool,
) -> None:
    world = World()
    world.agent("ana")
    world.agent("ben", Presence.paused)
    ix = world.call("c1")
    world.say(DeclineOffer(actor="ana", offer_id=world.offer_to(ix).id))
    world.say(ev.CallerInFallback(interaction_id=ix, leg="c1", ringing=False))
    assert len(world.orders(QueueCaller)) == 1
    world.join(ix, "fb-1", "cti-phone-02", ours=False)
    facts = [
        ev.CallerWaits(interaction_id=ix, leg="c1"),
        ev.AgentLegEnded(interaction_id=ix, leg="fb-1", endpoint="cti-phone-02", cause=16, ours=False),
    ]
    for fact in facts if waits_first else reversed(facts):
        world.say(fact)

    assert world.orders(HangUp) == []
    assert world.ix(ix).state is InteractionState.queued
    assert world.state.agents["ben"].duty is Duty.wrapping


def test_the_outcome_stays_on_the_timeline_when_the_caller_leaves_after_the_wrap_up() -> None:
    world = World()
    world.agent("ana")
    ix = world.call("c1")
    offer = world.answer(ix)
    world.wait(10)
    world.agent_leg_ends(ix, offer)
    world.say(FinishWrapUp(actor="ana", interaction_id=ix, disposition_id="sale"))
    world.caller_leaves(ix)

    last = entries(world)[-1]
    assert (last.status, last.staff_name) == ("done", "Ana")
    assert (last.details["disposition"], last.details["talk_seconds"]) == ("Sale or interest", 10.0)
    assert len(world.state.stints) == len(world.state.interactions) == 0


def test_a_call_that_nobody_answered_names_no_agent_on_the_timeline() -> None:
    world = World()
    world.agent("ana")
    ix = world.call("c1")
    world.ring(ix)
    world.caller_leaves(ix)
    last = entries(world)[-1]
    assert (last.details["outcome"], last.staff_name, "talk_seconds" in last.details) == ("abandoned", None, False)


def test_an_agent_rung_by_the_fallback_queue_in_a_wrap_up_is_idle_only_when_both_are_wrapped_up() -> None:
    world = World(wrap_seconds=20)
    world.agent("ana")
    first = world.call("c1")
    world.agent_leg_ends(first, world.answer(first))
    world.caller_leaves(first)
    world.wait(15)
    second = world.call("c2")
    world.join(second, "fb-1", "cti-phone-01", ours=False)
    world.caller_leaves(second)
    world.wait(6)
    assert world.state.agents["ana"].duty is Duty.wrapping, "the second call is not wrapped up yet"
    world.wait(15)
    assert world.state.agents["ana"].duty is Duty.idle


def test_a_look_up_lost_in_a_kill_is_asked_again_at_the_next_start() -> None:
    world = World()
    world.say(
        ev.CallerArrived(interaction_id="ix-c1", leg="c1", channel="PJSIP/t-c1", did="5", language="", number="+34600")
    )
    world.wait(2)
    world.say(LinkDown(reason="start"))
    assert [one.number for one in world.orders(IdentifyCaller)] == ["+34600", "+34600"]


def test_a_caller_on_the_way_back_to_the_queue_is_sent_there_again_after_an_outage() -> None:
    world = World()
    world.agent("ana")
    ix = world.call("c1")
    world.agent_leg_ends(ix, world.answer(ix), cause=44)
    world.say(ev.SwitchLost(reason="closed"))
    world.say(ev.SwitchBack(switch_version="22"))
    assert len(world.orders(QueueCaller)) == 2


def test_a_stray_leg_is_hung_up_and_is_no_talk_when_it_was_answered_all_the_same() -> None:
    world = World()
    world.agent("ana")
    ix = world.call("c1")
    offer = world.ring(ix)
    world.agent_leg_ends(ix, offer, cause=0, unseen=True)
    world.say(ev.StrayLeg(interaction_id=ix, leg=offer.leg, endpoint=offer.endpoint))
    assert [one.leg for one in world.orders(HangUp)] == [offer.leg]
    world.join(ix, offer.leg, offer.endpoint)
    world.agent_leg_ends(ix, offer, stale=True)
    assert [one.leg for one in world.orders(HangUp)] == [offer.leg], "the caller is not cut off"
    assert len(world.orders(QueueCaller)) == 1


def test_a_phone_that_rings_for_nobody_stops() -> None:
    world = World()
    world.agent("ana")
    ix = world.call("c1")
    world.say(ev.AgentLegRinging(interaction_id=ix, leg="leg-old", endpoint="cti-phone-01"))
    assert [one.leg for one in world.orders(HangUp)] == ["leg-old"]


def test_the_end_of_another_leg_is_not_the_end_of_a_talk_on_a_phone_that_nobody_leased() -> None:
    world = World()
    ix = world.call("c1")
    world.say(ev.CallerInFallback(interaction_id=ix, leg="c1", ringing=True))
    world.partners["c1"] = "fb-1"
    world.join(ix, "fb-1", "cti-phone-04", ours=False)
    world.say(ev.AgentLegEnded(interaction_id=ix, leg="fb-2", endpoint="cti-phone-03", cause=26, ours=False))
    assert world.ix(ix).state is InteractionState.active
    world.partners.clear()
    world.say(ev.AgentLegEnded(interaction_id=ix, leg="fb-1", endpoint="cti-phone-04", cause=16, ours=False))
    assert world.ix(ix).state is InteractionState.after_call


def test_a_caller_who_was_taken_for_gone_comes_alive_again_with_the_visits_history() -> None:
    world = World()
    world.agent("ana")
    ix = world.call("c1")
    world.answer(ix)
    world.say(ev.CallerLeft(interaction_id=ix, leg="c1", cause=0, unseen=True))
    arrived = world.ix(ix).arrived_at
    world.wait(5)
    world.say(ev.CallerArrived(interaction_id=ix, leg="c1", channel="PJSIP/trunk-c1", did="5", language="en"))
    world.say(ev.CallerWaits(interaction_id=ix, leg="c1"))
    again = world.ix(ix)
    assert (again.state, again.ended_at, again.arrived_at) == (InteractionState.queued, None, arrived)
    world.wait(60)
    assert world.offer_to(ix).agent_id == "ana"


def test_callers_from_before_an_outage_keep_the_order_in_which_they_came() -> None:
    world = World()
    for name, seconds in (("a-late", 10), ("b-early", 300)):
        since = world.at - timedelta(seconds=seconds)
        ids = {"interaction_id": f"ix-{name}", "leg": name}
        world.say(ev.CallerArrived(**ids, channel=f"PJSIP/t-{name}", did="5", language="", since=since))
        world.say(ev.CallerWaits(**ids))
    world.wait(1)
    world.agent("ana")
    assert world.offer_to("ix-b-early")


def test_signing_in_again_during_wrap_up_takes_back_the_sign_out() -> None:
    world = World()
    world.agent("ana")
    ix = world.call("c1")
    world.agent_leg_ends(ix, world.answer(ix))
    world.say(SignOutAgent(actor="ana", agent_id="ana"))
    world.say(SignInAgent(actor="ana", agent_id="ana", name="Ana"))
    world.say(FinishWrapUp(actor="ana", interaction_id=ix, disposition_id="sale"))
    agent = world.state.agents["ana"]
    assert (agent.presence, agent.endpoint) == (Presence.ready, "cti-phone-01")


def test_misses_count_although_the_queue_gives_no_rest_after_them() -> None:
    world = World(no_answer_delay=0)
    world.agent("ana")
    ix = world.call("c1")
    for _ in range(2):
        world.agent_leg_ends(ix, world.ring(ix), cause=19)
    assert world.state.agents["ana"].pause_reason == "missed"


def test_congestion_on_the_way_to_the_phone_is_no_miss() -> None:
    world = World()
    world.agent("ana")
    ix = world.call("c1")
    world.agent_leg_ends(ix, world.ring(ix), cause=34)
    assert world.state.agents["ana"].missed == 0


def test_an_order_to_ring_that_the_lost_link_refused_does_not_rest_the_agent() -> None:
    world = World()
    world.agent("ana")
    ix = world.call("c1")
    world.say(ev.SwitchLost(reason="closed"))
    offer = world.offer_to(ix)
    world.wait(0.3)
    world.say(ev.OrderFailed(order_id=f"ring-{offer.id}", message="no link", unknown=False))
    world.say(ev.SwitchBack(switch_version="22"))
    assert world.offer_to(ix).agent_id == "ana"


def test_a_phone_that_leaves_the_pool_and_comes_back_is_still_its_agents() -> None:
    world = World(phones=2)
    world.agent("ana")
    world.say(PhonesConfigured(endpoints=()))
    world.say(PhonesConfigured(endpoints=("cti-phone-01", "cti-phone-02")))
    assert world.agent("ben").endpoint == "cti-phone-02"
    assert world.state.agents["ana"].endpoint == "cti-phone-01"


def test_a_match_that_was_taken_back_is_made_in_the_next_turn() -> None:
    class Broken:
        armed = False

        def handle(self, message: Message, turn: Turn) -> None:
            if isinstance(message, OfferMade) and self.armed:
                self.armed = False
                raise RuntimeError("a room above fails")

    world, broken = World(reject_delay=5), Broken()
    world.core = Core(world.state.shelves, (*world.core.handlers, broken), world.core.seq)
    world.agent("ana")
    ix = world.call("c1")
    world.say(DeclineOffer(actor="ana", offer_id=world.offer_to(ix).id))
    broken.armed = True
    with pytest.raises(RuntimeError):
        world.wait(5)
    assert world.ix(ix).offer_id is None, "the rest is over, but the turn that matched was taken back"
    world.say(ev.CallerHeld(interaction_id="ix-another", leg="c9"))
    assert world.offer_to(ix).agent_id == "ana"
    state = State()
    assert list(replay(world.out.entries, Core(state.shelves, handlers(state, world)))) == []


def test_a_held_caller_said_to_wait_who_is_joined_again_is_in_the_same_talk() -> None:
    """A word of the queue that comes late, or again, while the caller is held ends the talk only until it goes on."""
    world = World(wrap_seconds=20)
    world.agent("ana")
    ix = world.call("c1")
    offer = world.answer(ix)
    world.say(ev.CallerHeld(interaction_id=ix, leg="c1"))
    world.say(ev.CallerWaits(interaction_id=ix, leg="c1"))
    assert world.stint(ix).state is StintState.wrapping
    world.join(ix, offer.leg, offer.endpoint)
    stint = world.stint(ix)
    assert (stint.state, stint.wrap_deadline, stint.talk_ended_at) == (StintState.joined, None, None)
    assert world.state.agents["ana"].duty is Duty.busy
    world.wait(60)
    assert world.stint(ix).state is StintState.joined
    world.caller_leaves(ix)
    world.agent_leg_ends(ix, offer)
    assert world.state.agents["ana"].duty is Duty.wrapping
    world.wait(20)
    assert world.state.agents["ana"].duty is Duty.idle


def test_a_held_caller_whose_agent_is_turned_away_goes_back_and_the_talk_is_wrapped_up() -> None:
    world = World(wrap_seconds=20)
    world.agent("ana")
    ix = world.call("c1")
    offer = world.answer(ix)
    world.say(ev.CallerHeld(interaction_id=ix, leg="c1"))
    world.agent_leg_ends(ix, offer, stale=True)
    assert world.orders(QueueCaller)[-1].interaction_id == ix
    assert world.state.agents["ana"].duty is Duty.wrapping
    world.caller_leaves(ix)
    assert world.ix(ix).state is InteractionState.closed
    assert world.ix(ix).end_reason == "agent_hung_up"
    world.wait(20)
    assert world.state.agents["ana"].duty is Duty.idle
