"""Nobody is rung again at once for ever: the least rest, phones that are there and do not ring, and since when a caller
waits again."""

from __future__ import annotations

import pytest

from cti import events as ev
from cti.orders import RingAgent
from routing.messages import AgentPausedForPhone, DeclineOffer, OfferEnded, SetPresence
from routing.queuerows import Strategy
from routing.rows import Offer, Presence, Standing
from tests.unit.routing.world import World, talking

pytestmark = pytest.mark.unit


def alone(**queue: int) -> tuple[World, str]:
    world = World(**queue)
    world.agent("ana")
    return world, world.call("c1")


def rung(world: World, ix: str) -> Offer:
    """The phone was told to ring, and has said nothing yet."""
    world.wait(0.3)
    offer = world.offer_to(ix)
    world.live_legs.add(offer.leg)
    return offer


# ── the least rest ──────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("strategy", list(Strategy))
@pytest.mark.parametrize("cause", [None, 0, 17, 21, 34])
def test_without_any_delay_an_agent_rests_a_second_after_a_refusal_or_a_failure(
    strategy: Strategy, cause: int | None
) -> None:
    world = World(strategy=strategy, reject_delay=0, busy_delay=0)
    world.agent("ana")
    ix = world.call("c1")
    offer = world.ring(ix)
    if cause is None:
        world.say(DeclineOffer(actor="ana", offer_id=offer.id))
    world.agent_leg_ends(ix, offer, cause=16 if cause is None else cause)
    assert world.offers(ix) == {}, "not at once"
    world.wait(0.9)
    assert world.offers(ix) == {}
    world.wait(0.2)
    assert world.offers(ix).keys() == {"ana"}


# ── a phone that is there and does not ring ─────────────────────────────────────────────────────────────


def fails_to_ring(world: World, ix: str, cause: int | None) -> None:
    """With no cause: nothing is ever heard of it but that the phone is there."""
    offer = rung(world, ix)
    if cause is None:
        world.wait(23)
        world.agent_leg_ends(ix, offer, cause=16)
    else:
        world.agent_leg_ends(ix, offer, cause=cause)
    world.wait(15)


@pytest.mark.parametrize("cause", [None, 19, 20])
@pytest.mark.parametrize(("most", "times"), [(2, 2), (1, 1), (0, 3)])
def test_a_phone_that_is_there_and_never_rings_takes_its_agent_out_with_a_plain_reason(
    cause: int | None, most: int, times: int
) -> None:
    world, ix = alone(misses_to_pause=most)
    for _ in range(times):
        assert world.state.agents["ana"].presence is Presence.ready
        fails_to_ring(world, ix, cause)
    ana = world.state.agents["ana"]
    assert (ana.presence, ana.pause_reason, ana.missed) == (Presence.paused, "phone_silent", 0)
    assert (ana.standing, ana.about) == (Standing.paused, "phone_silent")
    assert [one.reason for one in world.out.events if isinstance(one, AgentPausedForPhone)] == ["phone_silent"]
    assert {one.reason for one in world.out.events if isinstance(one, OfferEnded)} == {"phone_silent"}
    assert len(world.orders(RingAgent)) == times, "and it is not rung any more"
    world.say(SetPresence(actor="ana", agent_id="ana", presence=Presence.ready))
    assert world.state.agents["ana"].silent == 0
    assert world.offer_to(ix).agent_id == "ana"


@pytest.mark.parametrize("between", ["it rings", "it comes back"])
def test_a_phone_that_rings_or_comes_back_in_between_begins_anew(between: str) -> None:
    world, ix = alone()
    fails_to_ring(world, ix, 20)
    if between == "it rings":
        world.agent_leg_ends(ix, world.ring(ix), cause=21)
        world.wait(5)
    else:
        world.say(ev.PhoneChanged(endpoint="cti-phone-01", reachable=False))
        world.say(ev.PhoneChanged(endpoint="cti-phone-01", reachable=True))
    fails_to_ring(world, ix, 20)
    ana = world.state.agents["ana"]
    assert (ana.presence, ana.silent) == (Presence.ready, 1)


def test_a_phone_that_went_or_a_way_that_was_congested_is_not_counted() -> None:
    world, ix = alone(misses_to_pause=1)
    fails_to_ring(world, ix, 34)
    offer = rung(world, ix)
    world.say(ev.PhoneChanged(endpoint="cti-phone-01", reachable=False))
    world.agent_leg_ends(ix, offer, cause=20)
    ana = world.state.agents["ana"]
    assert (ana.presence, ana.silent, ana.missed) == (Presence.ready, 0, 0)


# ── waiting again ───────────────────────────────────────────────────────────────────────────────────────


def test_a_caller_whose_agents_phone_was_lost_waits_again_since_then_and_the_first_wait_stays() -> None:
    world, ix = talking()
    answered = world.ix(ix).answered_at
    world.wait(30)
    lost_at = world.at
    offer = world.stint(ix)
    world.say(ev.AgentLegEnded(interaction_id=ix, leg=offer.leg, endpoint="cti-phone-01", cause=44))
    world.wait(2)
    world.say(ev.CallerWaits(interaction_id=ix, leg="c1"))
    world.wait(5)
    assert (world.ix(ix).again_since, world.ix(ix).answered_at) == (lost_at, answered)
    world.answer(ix)
    assert (world.ix(ix).again_since, world.ix(ix).answered_at) == (None, answered)


def test_a_caller_called_back_out_of_a_talk_waits_again_since_then() -> None:
    world = World()
    world.agent("ana")
    ix = world.call("c1")
    world.say(ev.CallerInFallback(interaction_id=ix, leg="c1", ringing=True))
    world.join(ix, "fb-1", "cti-phone-01", ours=False)
    world.wait(3)
    world.say(ev.CallerWaits(interaction_id=ix, leg="c1"))
    assert world.ix(ix).again_since == world.at


def test_a_caller_who_was_never_answered_does_not_wait_again() -> None:
    world, ix = alone()
    world.agent_leg_ends(ix, world.ring(ix), cause=19)
    assert world.ix(ix).again_since is None
