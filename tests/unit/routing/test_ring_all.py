"""A queue that rings all: screens before rings, the first answer has the caller, the others lose nothing."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cti import events as ev
from cti.orders import DropClaim, GrantClaim, HangUp, QueueCaller, RingAgent
from routing.messages import DeclineOffer, OfferEnded, OfferRendered
from routing.queuerows import Strategy
from routing.rows import Duty, InteractionState, Offer, OfferState, Presence, Standing
from routing.setupmessages import QueueConfigured
from tests.unit.routing.world import World

pytestmark = pytest.mark.unit

NAMES = ("ana", "ben", "cho")


def ringing(agents: tuple[str, ...] = NAMES, **queue: Any) -> tuple[World, str]:
    """A caller, and each of the agents' phones ringing."""
    world = World(strategy=Strategy.ring_all, **queue)
    for name in agents:
        world.agent(name)
    ix = world.call("c1")
    for name in agents:
        world.ring(ix, name)
    return world, ix


def up(world: World, ix: str, agent: str) -> None:
    offer = next(one for one in world.state.offers if one.agent_id == agent)
    world.say(ev.AgentLegUp(interaction_id=ix, leg=offer.leg, endpoint=offer.endpoint))


def legs(world: World) -> dict[str, str]:
    return {one.agent_id: one.leg for one in world.state.offers}


def test_all_who_are_free_are_offered_the_caller_and_rung_after_their_own_screen() -> None:
    world = World(strategy=Strategy.ring_all)
    for name in NAMES:
        world.agent(name)
    world.agent("dan", Presence.paused)
    ix = world.call("c1")
    offers = world.offers(ix)
    assert offers.keys() == set(NAMES)
    assert {one.verdict for one in world.considered(offers["ana"])} == {"chosen", "rejected"}

    world.say(OfferRendered(actor="ben", offer_id=offers["ben"].id))
    assert [one.leg for one in world.orders(RingAgent)] == [offers["ben"].leg], "the others' screens are not shown yet"
    world.wait(0.3)
    rings = world.orders(RingAgent)
    assert {one.leg for one in rings} == {one.leg for one in offers.values()}
    assert len({one.claim for one in rings}) == 3
    assert all(one.shared for one in rings)


def test_the_first_answer_gets_the_claim_and_the_others_are_rescinded() -> None:
    world, ix = ringing()
    found = legs(world)
    up(world, ix, "ben")
    up(world, ix, "ana")

    (grant,) = world.orders(GrantClaim)
    assert grant.claim == world.offers(ix)["ben"].claim
    assert world.orders(DropClaim) == [], "it would take the winner's claim off"
    assert {(one.leg, one.cause) for one in world.orders(HangUp)} == {(found["ana"], 26), (found["cho"], 26)}
    endings = {one.agent_id: (one.state, one.reason, one.by) for one in world.out.events if isinstance(one, OfferEnded)}
    assert endings == dict.fromkeys(("ana", "cho"), ("rescinded", "answered_elsewhere", "ben"))


def test_the_losers_are_ready_again_when_their_legs_are_gone_with_no_miss_and_know_who_answered() -> None:
    world, ix = ringing()
    idle = world.state.agents["ana"].idle_since
    losers = {name: world.offers(ix)[name] for name in ("ana", "cho")}
    up(world, ix, "ben")
    assert world.state.agents["ana"].duty is Duty.reserved, "its leg may still be answered"
    for offer in losers.values():
        world.agent_leg_ends(ix, offer, cause=26)
    agent = world.state.agents["ana"]
    assert (agent.standing, agent.why, agent.about) == (Standing.ready, "answered_elsewhere", "ben")
    assert (agent.missed, agent.not_before, agent.idle_since) == (0, None, idle)

    world.join(ix, world.offers(ix)["ben"].leg, "cti-phone-02")
    assert world.ix(ix).state is InteractionState.active
    assert world.state.agents["ben"].standing is Standing.talking
    assert len(world.state.offers) == 0


def test_one_who_declines_or_does_not_answer_leaves_the_others_ringing() -> None:
    world, ix = ringing()
    offers = world.offers(ix)
    world.say(DeclineOffer(actor="ana", offer_id=offers["ana"].id))
    assert world.orders(DropClaim) == []
    world.agent_leg_ends(ix, offers["ana"])
    world.agent_leg_ends(ix, offers["cho"], cause=19)
    assert world.offers(ix).keys() == {"ben"}
    assert world.ix(ix).state is InteractionState.offered
    up(world, ix, "ben")
    assert len(world.orders(GrantClaim)) == 1


def test_when_nobody_answers_the_caller_keeps_the_place_and_all_have_missed() -> None:
    world, ix = ringing(no_answer_delay=7)
    place, offers = world.ix(ix).place, world.offers(ix)
    world.wait(20)
    for offer in offers.values():
        world.agent_leg_ends(ix, offer, cause=19)
    assert (world.ix(ix).state, world.ix(ix).place) == (InteractionState.queued, place)
    assert {one.missed for one in world.state.agents} == {1}
    world.wait(7)
    assert world.offers(ix).keys() == set(NAMES), "after their rest all are rung again"


def test_a_caller_who_hangs_up_ends_all_offers_and_nobody_is_to_blame() -> None:
    world, ix = ringing()
    offers = world.offers(ix)
    world.caller_leaves(ix)
    assert {one.leg for one in world.orders(HangUp)} == {one.leg for one in offers.values()}
    for offer in offers.values():
        world.agent_leg_ends(ix, offer)
    assert {(one.duty, one.missed) for one in world.state.agents} == {(Duty.idle, 0)}
    assert len(world.state.offers) == len(world.state.stints) == len(world.state.interactions) == 0


def test_who_becomes_free_while_others_ring_is_rung_too_but_not_once_somebody_answered() -> None:
    world, ix = ringing(("ana",))
    world.agent("ben")
    assert world.offers(ix).keys() == {"ana", "ben"}
    up(world, ix, "ana")
    world.agent("cho")
    assert world.offers(ix).keys() == {"ana"}


def test_an_agent_rung_for_one_caller_is_not_rung_for_another() -> None:
    world, first = ringing(("ana", "ben"))
    second = world.call("c2")
    assert world.offers(second) == {}
    up(world, first, "ana")
    assert world.offers(second) == {}, "ben's leg is not gone yet"
    ben = next(one for one in world.state.offers if one.agent_id == "ben")
    world.agent_leg_ends(first, ben, cause=26)
    assert world.offers(second).keys() == {"ben"}


def test_a_winner_whose_leg_breaks_gives_the_caller_back_once_all_legs_are_gone() -> None:
    world, ix = ringing(("ana", "ben"))
    ana, ben = (world.offers(ix)[name] for name in ("ana", "ben"))
    up(world, ix, "ana")
    world.agent_leg_ends(ix, ana, stale=True)
    assert world.offers(ix) == {}, "the rescinded leg's end is awaited before the next offer"
    world.agent_leg_ends(ix, ben, cause=26)
    assert world.offers(ix).keys() == {"ben"}


def test_a_word_lost_with_the_link_is_said_again_when_it_is_back() -> None:
    world, ix = ringing(("ana", "ben"))
    up(world, ix, "ana")
    world.say(ev.SwitchLost(reason="closed"))
    world.live_legs.discard(next(one.leg for one in world.state.offers if one.agent_id == "ben"))
    world.say(ev.SwitchBack(switch_version="22"))
    grants = world.orders(GrantClaim)
    assert len(grants) == 2
    assert len({one.order_id for one in grants}) == 2
    assert len({one.claim for one in grants}) == 1
    assert world.state.agents["ben"].duty is Duty.idle


def test_a_phone_that_the_switchs_own_queue_rang_ends_the_rings_when_it_has_the_caller() -> None:
    """The platform was away: the fallback served the caller while the phones that we had rung ring on."""
    world, ix = ringing(("ana", "ben"))
    world.agent("cho", Presence.paused)
    world.join(ix, "fb-1", "cti-phone-03", ours=False)
    ends = [one for one in world.out.events if isinstance(one, OfferEnded)]
    assert {(one.agent_id, one.state, one.by) for one in ends} == {
        ("ana", "rescinded", "cho"),
        ("ben", "rescinded", "cho"),
    }
    assert {one.missed for one in world.state.agents} == {0}


def away(world: World, ix: str, ringing: bool = False) -> None:
    """An outage in which ana and then ben answer, and the switch's own queue takes the caller over."""
    world.say(ev.SwitchLost(reason="start"))
    world.wait(5)
    up(world, ix, "ana")
    up(world, ix, "ben")
    world.say(ev.CallerInFallback(interaction_id=ix, leg="c1", ringing=ringing))
    world.say(ev.SwitchBack(switch_version="22"))


def test_who_answered_while_we_were_away_has_the_caller_when_the_fallback_has_given_them_back() -> None:
    world, ix = ringing(("ana", "ben"))
    ana = world.offers(ix)["ana"]
    away(world, ix)
    assert [one.caller_channel for one in world.orders(QueueCaller)] == ["PJSIP/trunk-c1"]
    assert world.orders(GrantClaim) == [], "void while the switch's own queue has the caller: it would end ana's leg"
    assert {one.leg for one in world.orders(HangUp)} == {one.leg for one in world.state.offers if one.agent_id == "ben"}
    world.say(ev.CallerWaits(interaction_id=ix, leg="c1"))
    (grant,) = world.orders(GrantClaim)
    assert (grant.claim, grant.back) == (ana.claim, True)
    world.join(ix, ana.leg, ana.endpoint)
    assert world.state.agents["ana"].duty is Duty.busy
    assert world.state.agents["ben"].missed == 0
    assert len(world.orders(RingAgent)) == 2, "nobody is rung again"


def kept_while_another_is_rung() -> tuple[World, str, Offer]:
    """Ana and ben answered while we were away; the switch's own queue rings cho for the caller."""
    world, ix = ringing(("ana", "ben"))
    world.agent("cho", Presence.paused)
    ana, ben = (world.offers(ix)[name] for name in ("ana", "ben"))
    away(world, ix, ringing=True)
    assert world.orders(QueueCaller) == world.orders(GrantClaim) == []
    assert {one.leg for one in world.orders(HangUp)} == {ben.leg}, "the first answer is kept"
    world.agent_leg_ends(ix, ben, cause=26)
    return world, ix, ana


def test_whom_the_queues_own_phone_did_not_answer_for_they_are_of_who_waited_on_the_line() -> None:
    world, ix, ana = kept_while_another_is_rung()
    world.say(ev.CallerInFallback(interaction_id=ix, leg="c1", ringing=False))
    assert len(world.orders(QueueCaller)) == 1
    world.say(ev.CallerWaits(interaction_id=ix, leg="c1"))
    (grant,) = world.orders(GrantClaim)
    assert (grant.claim, grant.back) == (ana.claim, True)
    world.join(ix, ana.leg, ana.endpoint)
    assert world.state.agents["ana"].duty is Duty.busy


def test_who_waited_on_the_line_while_the_queues_own_phone_answered_is_told_who_has_the_caller() -> None:
    world, ix, ana = kept_while_another_is_rung()
    world.join(ix, "fb-1", "cti-phone-03", ours=False)
    assert world.orders(GrantClaim) == []
    assert world.orders(HangUp)[-1].leg == ana.leg
    world.agent_leg_ends(ix, ana, cause=26)
    found = world.state.agents["ana"]
    assert (found.duty, found.why, found.about, found.missed) == (Duty.idle, "answered_elsewhere", "cho", 0)


@pytest.mark.parametrize("ringing", [True, False])
def test_who_waited_on_the_line_for_too_long_is_told_why_it_ended_and_has_missed_nothing(ringing: bool) -> None:
    world, ix, ana = kept_while_another_is_rung()
    if not ringing:
        world.say(ev.CallerInFallback(interaction_id=ix, leg="c1", ringing=False))
    world.agent_leg_ends(ix, ana, stale=True)
    found = world.state.agents["ana"]
    assert (found.duty, found.why, found.missed) == (Duty.idle, "stale_claim", 0)
    world.say(ev.CallerWaits(interaction_id=ix, leg="c1"))
    assert world.orders(GrantClaim) == []


def test_who_waited_on_the_line_and_hung_up_before_the_caller_was_back_leaves_them_to_the_others() -> None:
    world, ix = ringing(("ana", "ben"))
    ana, ben = (world.offers(ix)[name] for name in ("ana", "ben"))
    away(world, ix)
    world.agent_leg_ends(ix, ana, stale=True)
    world.agent_leg_ends(ix, ben, cause=26)
    world.say(ev.CallerWaits(interaction_id=ix, leg="c1"))
    assert world.orders(GrantClaim) == []
    assert world.offers(ix).keys() == {"ben"}


def test_a_change_of_strategy_while_phones_ring_changes_nothing_for_them() -> None:
    world, ix = ringing(("ana", "ben"))
    world.say(QueueConfigured(queue={"id": "main", "name": "Main", "strategy": "longest_idle"}))
    world.agent("cho")
    assert world.offers(ix).keys() == {"ana", "ben"}
    up(world, ix, "ben")
    assert len(world.orders(GrantClaim)) == 1


@settings(deadline=None)
@given(st.permutations(NAMES), st.integers(0, 3))
def test_given_any_order_of_answers_then_exactly_one_claim_is_granted(order: list[str], how_many: int) -> None:
    world, ix = ringing()
    for name in order[:how_many]:
        up(world, ix, name)
    grants = world.orders(GrantClaim)
    assert len(grants) == min(how_many, 1)
    if grants:
        winner = world.offers(ix)[order[0]]
        assert (winner.state, grants[0].claim) == (OfferState.accepted, winner.claim)
        assert len(world.orders(HangUp)) == 2
