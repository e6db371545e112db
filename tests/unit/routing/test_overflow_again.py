"""Ways out that could not take a caller: they have not come for them, and come as soon as they can."""

from __future__ import annotations

from typing import Any

import pytest

from cti import events as ev
from cti.orders import HushCaller, RingOutside, SayToCaller
from kernel.codec import plain
from routing.dialling import AskPermit, PermitRefused, TrunkConfigured
from routing.hoursrows import Opening
from routing.overflow import Overflow
from routing.rows import InteractionState
from routing.tiers import LEFT, Destination, EmptyRules, Factor, Goes, Tier, When
from tests.unit.routing.test_hours import change, hours
from tests.unit.routing.test_outside import NUMBER, OUT, ends, granted, ringing
from tests.unit.routing.test_overflow import TO_SPARE, serve, set_up, taken, two_queues
from tests.unit.routing.test_overflow_edges import pause
from tests.unit.routing.world import World

pytestmark = pytest.mark.unit

TRUNK = TrunkConfigured(dial="PJSIP/{number}@trunk", caller_number="+34910000000", ring_seconds=30)
LATE = hours(weekly={"mon": ["09:30-18:00"]})
"""It opens half an hour after the test begins."""


def spare_opens_late(*tiers: Tier, **more: Any) -> World:
    world = two_queues(**more)
    change(world, LATE)
    set_up(world, "queue", "spare", hours_id="office")
    set_up(world, "queue", "main", overflow=[plain(one) for one in tiers])
    return world


ONES: dict[str, Tier] = {
    "waited": Tier(When.waited, 30, to=TO_SPARE),
    "nobody ready": Tier(When.nobody_ready, 30, to=TO_SPARE),
}


@pytest.mark.parametrize("what", ONES)
def test_given_a_queue_that_is_closed_when_a_tier_would_come_then_it_comes_when_that_opens(what: str) -> None:
    world = spare_opens_late(ONES[what])
    ix = world.call("c1")
    world.wait(1799)
    assert (world.ix(ix).queue_id, world.ix(ix).tiers, taken(world)) == ("main", (), [])
    world.wait(1)
    assert (world.ix(ix).queue_id, taken(world)) == ("spare", [(ix, 0)])


def test_given_a_tier_that_leads_nowhere_yet_then_the_next_is_not_kept_waiting_by_it() -> None:
    world = spare_opens_late(Tier(When.waited, 10, to=TO_SPARE), Tier(When.waited, 20, groups=("third",)), tim="third")
    ix = world.call("c1")
    world.wait(20)
    assert (taken(world), set(world.offers(ix))) == ([(ix, 1)], {"tim"})


def test_given_a_rule_for_who_waits_when_its_queue_opens_then_they_go() -> None:
    world = spare_opens_late(empty=EmptyRules(leave=(Factor.nobody_ready,), leave_to=TO_SPARE, grace_seconds=10))
    ix = world.call("c1")
    world.wait(60)
    assert world.ix(ix).tiers == ()
    world.wait(1740)
    assert world.ix(ix).queue_id == "spare"


def test_given_an_expected_wait_then_who_could_not_go_goes_when_the_other_queue_opens() -> None:
    world = spare_opens_late(Tier(When.expected_wait, 100, to=TO_SPARE), ann="first")
    pause(world, "ann")
    for nth in range(6):
        serve(world, f"past{nth}", 40)
    world.wait(1750 - 6 * 100)
    waiting = [world.call(f"c{nth}") for nth in range(4)]
    assert [world.ix(ix).queue_id for ix in waiting] == ["main"] * 4
    world.wait(60)
    assert [world.ix(ix).queue_id for ix in waiting][2:] == ["spare", "spare"]


def test_given_the_other_queue_is_set_up_otherwise_then_who_could_not_go_goes_at_once() -> None:
    world = spare_opens_late(Tier(When.waited, 30, to=TO_SPARE))
    ix = world.call("c1")
    world.wait(60)
    set_up(world, "queue", "spare", hours_id=None)
    assert world.ix(ix).queue_id == "spare"


def test_given_no_trunk_then_the_number_is_called_when_there_is_one() -> None:
    world = two_queues(Tier(When.waited, 10, to=OUT))
    ix = world.call("c1")
    world.wait(60)
    assert (world.orders(AskPermit), taken(world), world.ix(ix).tiers) == ([], [], ())
    world.say(TRUNK)
    assert [one.number for one in world.orders(AskPermit)] == [NUMBER]
    assert taken(world) == [(ix, 0)]


def test_given_a_number_that_was_busy_then_it_is_called_again_after_a_minute_and_not_sooner() -> None:
    world, ix, ring = ringing()
    ends(world, ix, ring, 17)
    world.wait(59)
    assert len(world.orders(AskPermit)) == 1
    world.wait(1)
    assert len(world.orders(AskPermit)) == 2
    asked = world.orders(AskPermit)[-1]
    world.say(PermitRefused(attempt_id=asked.attempt_id, interaction_id=ix, error="do_not_call", message="No."))
    world.wait(60)
    assert len(world.orders(AskPermit)) == 3


def test_given_a_number_that_was_busy_when_the_caller_goes_elsewhere_then_it_is_not_called_again() -> None:
    world, ix, ring = ringing(Tier(When.waited, 30, to=TO_SPARE))
    ends(world, ix, ring, 17)
    world.wait(20)
    assert world.ix(ix).queue_id == "spare"
    world.wait(120)
    assert len(world.orders(AskPermit)) == 1
    world.caller_leaves(ix)
    left = [one.id for one in world.core.deadlines if ix in one.id]
    assert left == [f"place-{ix}"], "but for the place, should they call again"


def test_given_the_rule_for_who_waits_leads_to_a_number_that_is_busy_then_it_is_called_again() -> None:
    world = two_queues(empty=EmptyRules(leave=(Factor.nobody_ready,), leave_to=OUT, grace_seconds=10))
    world.say(TRUNK)
    ix = world.call("c1")
    world.wait(10)
    assert world.ix(ix).tiers == (LEFT,)
    ends(world, ix, granted(world, ix), 17)
    world.wait(60)
    assert len(world.orders(AskPermit)) == 2


def test_given_the_line_of_the_talk_outside_broke_then_the_number_is_called_again_in_its_time() -> None:
    world, ix, ring = ringing()
    world.say(ev.AgentLegUp(interaction_id=ix, leg=ring.leg, endpoint="trunk"))
    world.join(ix, ring.leg, "trunk")
    ends(world, ix, ring, 44)
    world.say(ev.CallerWaits(interaction_id=ix, leg="c1"))
    assert len(world.orders(AskPermit)) == 1
    world.wait(10)
    assert len(world.orders(AskPermit)) == 2


def test_given_a_lost_phone_where_nobody_else_is_ready_then_the_caller_does_not_count_as_one_who_comes() -> None:
    world = two_queues(empty=EmptyRules(join=(Factor.nobody_ready, Factor.all_busy)), ann="first")
    ix = world.call("c1")
    offer = world.answer(ix)
    world.say(ev.PhoneChanged(endpoint=offer.endpoint, reachable=False))
    world.agent_leg_ends(ix, offer, cause=44)
    world.say(ev.CallerWaits(interaction_id=ix, leg="c1"))
    assert world.ix(ix).state is InteractionState.queued


def test_given_many_who_cannot_go_yet_then_what_happens_to_one_costs_no_look_at_all_of_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    world = spare_opens_late(Tier(When.waited, 5, to=TO_SPARE), Tier(When.nobody_ready, 5, to=TO_SPARE))
    for nth in range(60):
        world.call(f"c{nth}")
    world.wait(40)
    looks: list[str] = []
    look_at = Overflow._look_at
    monkeypatch.setattr(Overflow, "_look_at", lambda self, ix, turn: (looks.append(ix), look_at(self, ix, turn))[1])
    world.call("one_more")
    world.caller_leaves("ix-c3")
    world.wait(600)
    assert len(looks) < 12, looks


def test_given_something_is_being_said_when_the_number_rings_then_it_is_broken_off_and_nothing_is_said_meanwhile() -> (
    None
):
    world = two_queues(Tier(When.waited, 10, to=Destination(Goes.outside, number=NUMBER)))
    world.say(TRUNK)
    set_up(world, "queue", "main", announce={"position": True, "first_seconds": 9, "every_seconds": 15})
    ix = world.call("c1")
    world.wait(10)
    (said,) = world.orders(SayToCaller)
    granted(world, ix)
    assert [one.interaction_id for one in world.orders(HushCaller)] == [ix]
    world.say(ev.CallerHeard(interaction_id=ix, leg="c1", step=said.step, done=False))
    world.wait(29)
    assert world.orders(SayToCaller) == [said]
    assert len(world.orders(RingOutside)) == 1


def test_given_a_machine_that_knows_zones_otherwise_then_callers_go_by_what_was_found_of_the_hours() -> None:
    world = spare_opens_late(Tier(When.waited, 30, to=TO_SPARE))
    world.state.openings.put(Opening("office", open=True))
    ix = world.call("c1")
    world.wait(30)
    assert world.ix(ix).queue_id == "spare"
