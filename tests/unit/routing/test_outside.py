"""Callers for whom an outside number is called: one dial under one permit, nobody else for them meanwhile, and whatever
becomes of it they wait on where they were, or talk."""

from __future__ import annotations

import pytest

from cti import events as ev
from cti.facts import LinkDown
from cti.orders import DropClaim, HangUp, HushCaller, QueueCaller, RingOutside, SayToCaller
from routing.dialling import AskPermit, PermitGranted, PermitRefused, TrunkConfigured
from routing.messages import PickCall
from routing.outside import OutsideEnded
from routing.rows import InteractionState
from routing.tiers import Destination, Goes, Tier, When
from tests.unit.routing.test_overflow import TO_SPARE, moves, set_up, two_queues
from tests.unit.routing.world import World

pytestmark = pytest.mark.unit

NUMBER = "+34911222333"
OUT = Destination(Goes.outside, number=NUMBER)


def waiting(*more: Tier, **agents: str) -> tuple[World, str]:
    """A caller for whom a permit is asked."""
    world = two_queues(Tier(When.waited, 10, to=OUT), *more, **agents)
    world.say(TrunkConfigured(dial="PJSIP/{number}@trunk", caller_number="+34910000000", ring_seconds=30))
    ix = world.call("c1")
    world.wait(10)
    return world, ix


def granted(world: World, ix: str) -> RingOutside:
    (asked,) = world.orders(AskPermit)
    world.say(PermitGranted(attempt_id=asked.attempt_id, interaction_id=ix, permit_id="permit-1"))
    (ring,) = world.orders(RingOutside)
    world.live_legs.add(ring.leg)
    return ring


def ringing(*more: Tier, **agents: str) -> tuple[World, str, RingOutside]:
    world, ix = waiting(*more, **agents)
    ring = granted(world, ix)
    world.say(ev.AgentLegRinging(interaction_id=ix, leg=ring.leg, endpoint="trunk"))
    return world, ix, ring


def ends(world: World, ix: str, ring: RingOutside, cause: int = 16, **how: bool) -> None:
    world.live_legs.discard(ring.leg)
    world.say(ev.AgentLegEnded(interaction_id=ix, leg=ring.leg, endpoint="trunk", cause=cause, **how))


def outcomes(world: World) -> list[tuple[str, str]]:
    return [(one.outcome, one.reason) for one in world.out.events if isinstance(one, OutsideEnded)]


def test_given_a_permit_then_the_number_is_dialled_once_with_the_claim_that_the_caller_carries() -> None:
    world, ix = waiting()
    (asked,) = world.orders(AskPermit)
    assert (asked.purpose, asked.number) == ("overflow", NUMBER)
    assert world.orders(RingOutside) == [], "not without a permit"
    ring = granted(world, ix)
    assert (ring.number, ring.permit_id, ring.claim) == (NUMBER, "permit-1", ring.leg)
    assert ring.caller_channel == world.ix(ix).channel
    world.say(PermitGranted(attempt_id=asked.attempt_id, interaction_id=ix, permit_id="permit-1"))
    assert len(world.orders(RingOutside)) == 1


def test_given_it_rings_then_nobody_else_is_rung_for_the_caller_until_it_is_over() -> None:
    world, ix, ring = ringing()
    set_up(world, "profile", "ann", groups=["first"])
    world.agent("ann")
    assert not world.offers(ix)
    ends(world, ix, ring, 17)
    assert set(world.offers(ix)) == {"ann"}


def test_given_it_answers_then_they_talk_and_its_end_is_the_end_of_the_call() -> None:
    world, ix, ring = ringing()
    place = world.ix(ix).place
    world.say(ev.AgentLegUp(interaction_id=ix, leg=ring.leg, endpoint="trunk"))
    world.join(ix, ring.leg, "trunk")
    caller = world.ix(ix)
    assert (caller.state, caller.outside, caller.place) == (InteractionState.active, NUMBER, place)
    before = len(world.orders(HangUp))
    ends(world, ix, ring)
    assert [one.leg for one in world.orders(HangUp)[before:]] == [caller.leg]
    world.caller_leaves(ix)
    assert outcomes(world) == [("reached", "talked")]
    assert not list(world.state.outside)


@pytest.mark.parametrize(("cause", "outcome"), [(17, "busy"), (19, "no_answer"), (21, "rejected"), (34, "failed")])
def test_given_it_comes_to_nothing_then_the_caller_waits_on_at_the_same_place_and_the_next_tier_follows(
    cause: int, outcome: str
) -> None:
    world, ix, ring = ringing(Tier(When.waited, 20, to=TO_SPARE))
    place = world.ix(ix).place
    world.wait(15)
    assert world.ix(ix).queue_id == "main", "it rings: the next tier waits"
    ends(world, ix, ring, cause)
    caller = world.ix(ix)
    assert (caller.queue_id, caller.place) == ("spare", place)
    assert outcomes(world) == [(outcome, f"cause_{cause}")]
    assert len(world.orders(RingOutside)) == 1


def test_given_no_permit_then_the_caller_waits_on_and_nothing_is_dialled() -> None:
    world, ix = waiting(Tier(When.waited, 10, to=TO_SPARE))
    (asked,) = world.orders(AskPermit)
    world.say(PermitRefused(attempt_id=asked.attempt_id, interaction_id=ix, error="do_not_call", message="No."))
    assert world.ix(ix).queue_id == "spare"
    assert world.orders(RingOutside) == []
    assert outcomes(world) == [("refused", "do_not_call")]


def test_given_a_permit_office_that_says_nothing_then_the_caller_waits_on_and_a_late_permit_dials_nobody() -> None:
    world, ix = waiting()
    (asked,) = world.orders(AskPermit)
    world.wait(9)
    assert outcomes(world) == [("failed", "no_permit_in_time")]
    world.say(PermitGranted(attempt_id=asked.attempt_id, interaction_id=ix, permit_id="permit-1"))
    assert world.orders(RingOutside) == []


def test_given_the_caller_hangs_up_while_it_rings_then_the_leg_is_ended_and_nothing_is_left() -> None:
    world, ix, ring = ringing()
    world.caller_leaves(ix)
    assert ring.leg in [one.leg for one in world.orders(HangUp)]
    ends(world, ix, ring)
    assert outcomes(world) == [("cancelled", "caller_left")]
    assert not list(world.state.outside)
    assert not [one for one in world.core.deadlines if "outside" in one.id]


def test_given_it_never_answers_then_its_leg_is_ended_before_the_caller_is_offered_to_anybody() -> None:
    world, ix, ring = ringing()
    world.agent("ann")
    world.wait(36)
    assert ring.leg in [one.leg for one in world.orders(HangUp)]
    assert world.orders(DropClaim), "an answer that comes now takes nobody"
    assert not world.offers(ix)
    ends(world, ix, ring)
    assert outcomes(world) == [("cancelled", "timed_out")]


def test_given_an_answer_in_the_moment_it_is_given_up_then_the_caller_is_put_back_to_wait() -> None:
    world, ix, ring = ringing()
    world.wait(36)
    world.join(ix, ring.leg, "trunk")
    ends(world, ix, ring)
    assert [one.interaction_id for one in world.orders(QueueCaller)] == [ix]
    world.say(ev.CallerWaits(interaction_id=ix, leg="c1"))
    assert world.ix(ix).state is InteractionState.queued
    assert world.ix(ix).outside is None


@pytest.mark.parametrize("alive", [True, False])
def test_given_a_kill_while_it_is_dialled_then_it_is_never_dialled_again_and_the_snapshot_decides(alive: bool) -> None:
    world, ix, ring = ringing(Tier(When.waited, 11, to=TO_SPARE))
    world.say(ev.SwitchLost(reason="start"))
    world.say(LinkDown(reason="start"))
    world.wait(5)
    if not alive:
        world.live_legs.discard(ring.leg)
    world.say(ev.SwitchBack(switch_version="22"))
    assert len(world.orders(RingOutside)) == 1
    assert world.ix(ix).queue_id == ("main" if alive else "spare")
    assert outcomes(world) == ([] if alive else [("unknown", "leg_gone")])


def test_given_a_kill_while_the_permit_is_asked_for_then_nobody_is_dialled_and_the_caller_waits_on() -> None:
    world, ix = waiting()
    world.say(LinkDown(reason="start"))
    world.say(ev.SwitchBack(switch_version="22"))
    assert outcomes(world) == [("failed", "restarted")]
    assert world.orders(RingOutside) == []
    assert world.ix(ix).state is InteractionState.queued


def test_given_the_switchs_own_queue_has_the_caller_then_the_number_is_given_up() -> None:
    world, ix, ring = ringing()
    world.say(ev.CallerInFallback(interaction_id=ix, leg="c1", ringing=False))
    assert ring.leg in [one.leg for one in world.orders(HangUp)]
    ends(world, ix, ring, stale=True)
    assert outcomes(world) == [("cancelled", "caller_in_fallback")]


def test_given_no_trunk_then_the_tier_is_passed_over() -> None:
    world = two_queues(Tier(When.waited, 10, to=OUT), Tier(When.waited, 20, to=TO_SPARE))
    ix = world.call("c1")
    world.wait(20)
    assert world.orders(AskPermit) == []
    assert world.ix(ix).queue_id == "spare"
    assert moves(world) == [("main", "spare", "overflow_waited")]


def test_given_it_rings_when_an_agent_picks_the_caller_then_that_is_refused() -> None:
    world, ix, _ = ringing()
    world.agent("ann")
    with pytest.raises(Exception, match="rings for this caller"):
        world.say(PickCall(actor="ann", interaction_id=ix, anywhere=True))


def test_given_something_is_being_said_as_the_number_is_dialled_then_the_caller_is_hushed_once() -> None:
    world = two_queues(Tier(When.waited, 10, to=OUT))
    set_up(world, "queue", "main", announce={"position": True, "first_seconds": 9, "every_seconds": 15})
    world.say(TrunkConfigured(dial="PJSIP/{number}@trunk", caller_number="+34910000000", ring_seconds=30))
    ix = world.call("c1")
    world.wait(10)
    assert [one.interaction_id for one in world.orders(SayToCaller)] == [ix]
    assert world.orders(HushCaller) == [], "they may hear it while a permit is asked for"
    granted(world, ix)
    assert [one.caller_channel for one in world.orders(HushCaller)] == [world.ix(ix).channel]
    assert world.ix(ix).told.step is None
    world.wait(20)
    assert len(world.orders(SayToCaller)) == 1, "nor is anything said while it rings"
