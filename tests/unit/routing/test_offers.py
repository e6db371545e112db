"""Offers: longest idle first, screen before ring, one agent per caller, and what each way of ending means."""

from __future__ import annotations

import pytest

from cti import events as ev
from cti.orders import DropClaim, HangUp, RingAgent
from kernel.errors import NotFound
from routing.messages import DeclineOffer, OfferEnded, OfferRendered
from routing.rows import Duty, InteractionState, OfferState, Presence
from tests.unit.routing.world import World

pytestmark = pytest.mark.unit


def test_the_agent_idle_the_longest_gets_the_caller_and_the_why_names_everybody() -> None:
    world = World()
    world.agent("ana")
    world.wait(10)
    world.agent("ben")
    world.agent("cho", Presence.paused)
    world.agent("dan", reachable=False)

    offer = world.offer_to(world.call("c1"))

    assert offer.agent_id == "ana"
    why = {one.agent_id: (one.verdict, one.reason) for one in world.considered(offer)}
    assert why == {
        "ana": ("chosen", "longest_idle"),
        "ben": ("passed", "idle_for_less_time"),
        "cho": ("rejected", "paused_start"),
        "dan": ("rejected", "phone_lost"),
    }


def test_the_phone_rings_only_after_the_pop_was_rendered() -> None:
    world = World()
    world.agent("ana")
    offer = world.offer_to(world.call("c1"))
    assert world.orders(RingAgent) == []

    world.say(OfferRendered(actor="ana", offer_id=offer.id))

    (ring,) = world.orders(RingAgent)
    assert (ring.leg, ring.claim, ring.endpoint, ring.timeout) == (offer.leg, offer.claim, "cti-phone-01", 20)
    world.wait(1)
    assert len(world.orders(RingAgent)) == 1, "the render deadline must not ring again"


def test_without_an_acknowledgement_the_phone_rings_after_300_ms() -> None:
    world = World()
    world.agent("ana")
    world.call("c1")
    world.wait(0.299)
    assert world.orders(RingAgent) == []
    world.wait(0.001)
    assert len(world.orders(RingAgent)) == 1


def test_an_acknowledgement_of_somebody_else_rings_nothing() -> None:
    world = World()
    world.agent("ana")
    offer = world.offer_to(world.call("c1"))
    world.say(OfferRendered(actor="eve", offer_id=offer.id))
    assert world.orders(RingAgent) == []


def test_callers_are_served_in_order_as_agents_become_free() -> None:
    world = World()
    first, second = world.call("c1"), world.call("c2")
    world.agent("ana")
    assert world.ix(first).state is InteractionState.offered
    assert world.ix(second).state is InteractionState.queued
    world.agent("ben")
    assert world.offer_to(second).agent_id == "ben"


def test_no_answer_keeps_the_place_and_waits_for_the_leg_to_be_gone() -> None:
    world = World()
    world.agent("ana")
    ix = world.call("c1")
    world.agent("ben", Presence.paused)
    place = world.ix(ix).place
    offer = world.ring(ix)
    world.wait(23.1)

    assert world.state.offers[offer.id].state is OfferState.timed_out
    assert [order.leg for order in world.orders(HangUp)] == [offer.leg]
    assert len(world.orders(DropClaim)) == 1
    assert world.ix(ix).state is InteractionState.offered, "the leg may still be answered"

    world.agent_leg_ends(ix, offer, cause=19)
    assert world.ix(ix).state is InteractionState.queued
    assert world.ix(ix).place == place
    assert world.state.agents["ana"].duty is Duty.idle


def test_a_leg_that_never_reports_its_end_does_not_keep_the_caller_for_ever() -> None:
    world = World()
    world.agent("ana")
    ix = world.call("c1")
    world.ring(ix)
    world.wait(23.1 + 5)
    assert world.ix(ix).state is InteractionState.queued


def test_two_missed_offers_in_a_row_pause_the_agent() -> None:
    world = World()
    world.agent("ana")
    ix = world.call("c1")
    for missed in (1, 2):
        offer = world.ring(ix)
        world.agent_leg_ends(ix, offer, cause=19)
        assert world.state.agents["ana"].missed == missed
        world.wait(10)
    agent = world.state.agents["ana"]
    assert (agent.presence, agent.pause_reason) == (Presence.paused, "missed")
    assert world.ix(ix).state is InteractionState.queued


def test_a_declined_offer_goes_to_the_next_agent_and_rests_the_one_who_declined() -> None:
    world = World()
    world.agent("ana")
    world.wait(1)
    world.agent("ben")
    ix = world.call("c1")
    offer = world.ring(ix)

    world.say(DeclineOffer(actor="ana", offer_id=offer.id))
    world.agent_leg_ends(ix, offer, cause=16)

    second = world.offer_to(ix)
    assert second.agent_id == "ben"
    assert {one.agent_id: one.reason for one in world.considered(second)}["ana"] == "resting"
    assert world.state.agents["ana"].missed == 0


def test_an_offer_can_only_be_declined_by_its_agent_and_once() -> None:
    world = World()
    world.agent("ana")
    ix = world.call("c1")
    offer = world.offer_to(ix)
    with pytest.raises(NotFound):
        world.say(DeclineOffer(actor="eve", offer_id=offer.id))
    world.say(DeclineOffer(actor="ana", offer_id=offer.id))
    with pytest.raises(NotFound):
        world.say(DeclineOffer(actor="ana", offer_id=offer.id))


def test_a_caller_who_gives_up_while_ringing_costs_the_agent_nothing() -> None:
    world = World()
    world.agent("ana")
    idle_since = world.state.agents["ana"].idle_since
    ix = world.call("c1")
    offer = world.ring(ix)
    world.caller_leaves(ix)
    assert [order.leg for order in world.orders(HangUp)] == [offer.leg]
    world.agent_leg_ends(ix, offer)
    agent = world.state.agents["ana"]
    assert (agent.duty, agent.missed, agent.idle_since) == (Duty.idle, 0, idle_since)
    assert ix not in world.state.interactions
    assert len(world.state.offers) == len(world.state.stints) == 0


def test_a_busy_or_unreachable_phone_is_not_a_miss() -> None:
    world = World()
    world.agent("ana")
    ix = world.call("c1")
    for cause in (17, 20):
        world.agent_leg_ends(ix, world.ring(ix), cause=cause)
        assert world.state.agents["ana"].missed == 0
        world.wait(15)


def test_a_leg_that_an_outage_took_is_not_a_miss() -> None:
    world = World()
    world.agent("ana")
    ix = world.call("c1")
    world.agent_leg_ends(ix, world.ring(ix), cause=0, unseen=True)
    assert world.state.agents["ana"].missed == 0
    assert world.offer_to(ix).agent_id == "ana"


def test_the_switch_refuses_to_ring() -> None:
    world = World()
    world.agent("ana")
    ix = world.call("c1")
    world.wait(0.3)
    offer = world.offer_to(ix)
    world.say(ev.OrderFailed(order_id=f"ring-{offer.id}", message="No such endpoint", unknown=False))
    assert world.ix(ix).state is InteractionState.queued
    assert world.state.agents["ana"].duty is Duty.idle


def test_nobody_is_offered_while_the_link_is_down_and_everybody_when_it_is_back() -> None:
    world = World()
    world.agent("ana")
    world.say(ev.SwitchLost(reason="closed"))
    ix = world.call("c1")
    assert world.ix(ix).offer_id is None
    world.say(ev.SwitchBack(switch_version="22"))
    assert world.offer_to(ix).agent_id == "ana"


def test_an_offer_whose_leg_the_snapshot_does_not_show_has_failed() -> None:
    world = World()
    world.agent("ana")
    ix = world.call("c1")
    offer = world.ring(ix)
    world.say(ev.SwitchLost(reason="closed"))
    world.live_legs.clear()
    world.say(ev.SwitchBack(switch_version="22"))
    assert world.state.offers.get(offer.id) is None or world.offer_to(ix).id != offer.id
    assert world.offer_to(ix).agent_id == "ana", "offered again at once, nobody lost a place"


def test_a_stale_pickup_returns_the_caller_to_the_queue() -> None:
    world = World()
    world.agent("ana")
    ix = world.call("c1")
    offer = world.ring(ix)
    world.say(ev.AgentLegUp(interaction_id=ix, leg=offer.leg, endpoint=offer.endpoint))
    world.agent_leg_ends(ix, offer, stale=True)
    assert world.ix(ix).state is InteractionState.queued
    assert world.state.stints.where("leg", offer.leg) == []
    world.wait(5)
    assert world.offer_to(ix).agent_id == "ana"


def test_a_caller_who_leaves_between_answer_and_joining_ends_the_offer_once() -> None:
    world = World()
    world.agent("ana")
    ix = world.call("c1")
    offer = world.ring(ix)
    world.say(ev.AgentLegUp(interaction_id=ix, leg=offer.leg, endpoint=offer.endpoint))
    world.caller_leaves(ix)
    world.agent_leg_ends(ix, offer)
    endings = [one for one in world.out.events if isinstance(one, OfferEnded)]
    assert [one.state for one in endings] == ["rescinded"]
    assert world.state.agents["ana"].duty is Duty.idle
    assert ix not in world.state.interactions


def test_a_phone_that_the_switch_rings_by_itself_is_not_offered_another_caller() -> None:
    world = World()
    world.agent("ana")
    world.switch_rings("cti-phone-01")
    ix = world.call("c1")
    assert world.ix(ix).offer_id is None
    world.switch_rings("cti-phone-01", False)
    world.say(ev.CallerInFallback(interaction_id="ix-other", leg="other", ringing=False))
    world.say(ev.PhoneChanged(endpoint="cti-phone-01", reachable=True))
    assert world.offer_to(ix).agent_id == "ana"
