"""A phone that is lost in a talk or while it rings: its caller is kept, and it is not rung for ever."""

from __future__ import annotations

import pytest

from cti import events as ev
from cti.facts import ContactGone, LegSound
from cti.orders import HangUp, LookAtLeg, QueueCaller
from routing.messages import AgentPausedForPhone, InteractionEnded, OfferEnded
from routing.rows import Offer, Presence
from tests.unit.routing.world import World, talking

pytestmark = pytest.mark.unit


def test_a_caller_who_leaves_after_the_phone_was_lost_was_not_ended_by_the_agent() -> None:
    world, ix = talking()
    world.say(ev.AgentLegEnded(interaction_id=ix, leg=world.stint(ix).leg, endpoint="cti-phone-01", cause=44))
    world.say(ev.PhoneChanged(endpoint="cti-phone-01", reachable=False))
    world.say(ev.CallerWaits(interaction_id=ix, leg="c1"))
    world.caller_leaves(ix)
    (over,) = [one for one in world.out.events if isinstance(one, InteractionEnded)]
    assert (over.state, over.reason) == ("closed", "gave_up_after_phone_lost")


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


def test_a_contact_that_goes_without_a_call_means_nothing() -> None:
    world = World()
    world.agent("ana")
    world.say(ContactGone(endpoint="cti-phone-01"))
    assert world.orders(LookAtLeg) == world.orders(HangUp) == []
    assert world.offer_to(world.call("c1")).agent_id == "ana"


@pytest.mark.parametrize("comes_back", ["before the leg's end", "after it"])
@pytest.mark.parametrize("rings", [True, False])
def test_a_phone_that_goes_while_it_rings_is_no_miss_and_the_caller_goes_on_at_once(
    rings: bool, comes_back: str
) -> None:
    """The device reads as ringing as long as the leg is there, so that the contact alone tells."""
    world = World(misses_to_pause=1, no_answer_delay=7, busy_delay=3)
    world.agent("ana")
    ix = world.call("c1")
    offer = world.ring(ix) if rings else told_to_ring(world, ix)
    world.agent("ben")
    world.say(ContactGone(endpoint="cti-phone-01"))
    assert [one.leg for one in world.orders(HangUp)] == [offer.leg], "nobody can hear it"
    world.agent_leg_ends(ix, offer, cause=16)
    if comes_back == "after it":
        world.say(ev.PhoneChanged(endpoint="cti-phone-01", reachable=False))
    (ended,) = [one for one in world.out.events if isinstance(one, OfferEnded)]
    assert (ended.state, ended.reason) == ("failed", "phone_unreachable")
    ana = world.state.agents["ana"]
    assert (ana.missed, ana.silent, ana.presence) == (0, 0, Presence.ready)
    assert world.offers(ix).keys() == {"ben"}
    world.say(ContactGone(endpoint="cti-phone-01"))
    assert world.offers(ix).keys() == {"ben"}, "another's phone"


def test_a_phone_that_went_while_it_rang_is_offered_nothing_before_it_is_back() -> None:
    world = World(busy_delay=3)
    world.agent("ana")
    ix = world.call("c1")
    offer = world.ring(ix)
    world.say(ContactGone(endpoint="cti-phone-01"))
    world.agent_leg_ends(ix, offer, cause=16)
    world.say(ev.PhoneChanged(endpoint="cti-phone-01", reachable=False))
    world.wait(60)
    assert world.offers(ix) == {}
    world.say(ev.PhoneChanged(endpoint="cti-phone-01", reachable=True))
    assert world.offers(ix).keys() == {"ana"}


def test_an_answer_that_crossed_the_end_of_the_registration_is_not_joined() -> None:
    world = World()
    world.agent("ana")
    ix = world.call("c1")
    offer = world.ring(ix)
    world.say(ContactGone(endpoint="cti-phone-01"))
    world.say(ev.AgentLegUp(interaction_id=ix, leg=offer.leg, endpoint=offer.endpoint))
    world.agent_leg_ends(ix, offer, cause=16)
    assert (world.ix(ix).state, world.state.agents["ana"].missed) == ("queued", 0)


def told_to_ring(world: World, ix: str) -> Offer:
    world.wait(0.3)
    offer = world.offer_to(ix)
    world.live_legs.add(offer.leg)
    return offer
