"""Hours where they touch other rules: overflow into a queue that is closed, empty queues, picking, whoever talked
before, and what is named of announcements."""

from __future__ import annotations

from typing import Any

import pytest

from cti import events as ev
from cti.orders import SayToCaller
from kernel.codec import plain
from kernel.errors import Refused, TrunklineError
from routing.dialling import AskPermit, PermitRefused, TrunkConfigured
from routing.messages import PickCall
from routing.rows import InteractionState
from routing.setupmessages import ChangeSetUp
from routing.teamwork import Edit
from routing.tiers import Destination, EmptyRules, Factor, Goes, Tier, When
from tests.unit.routing.test_overflow import TO_SPARE, moves, set_up, two_queues
from tests.unit.routing.world import World

pytestmark = pytest.mark.unit

S = InteractionState
TO_THIRD = Destination(Goes.queue, queue_id="third")


def opens_at_ten(world: World, *queues: str, **more: Any) -> None:
    """START is a Monday, 9:00 in UTC."""
    set_up(world, "hours", "late", name="Late", zone="UTC", weekly={"mon": ["10:00-18:00"]})
    for id in queues:
        set_up(world, "queue", id, hours_id="late", **more)


def test_given_a_tier_into_a_closed_queue_then_nobody_is_sent_there_and_the_place_is_kept() -> None:
    world = two_queues(Tier(When.waited, 30, to=TO_SPARE), sam="second")
    opens_at_ten(world, "spare")
    ix = world.call("c1")
    place = world.ix(ix).place
    world.wait(60)
    caller = world.ix(ix)
    assert (caller.queue_id, caller.place, caller.state) == ("main", place, S.queued)
    assert moves(world) == []


def test_given_a_closed_queue_whose_other_queue_has_nobody_then_the_rule_of_that_one_counts_too() -> None:
    world = two_queues(tim="third")
    set_up(world, "queue", "third", name="Third", everyone=False, groups=["third"])
    empty = EmptyRules(join=(Factor.nobody_ready,), join_to=TO_THIRD)
    set_up(world, "queue", "spare", empty=plain(empty))
    opens_at_ten(world, "main", closed={"to": plain(TO_SPARE)})
    ix = world.call("c1")
    assert moves(world) == [("main", "spare", "closed"), ("spare", "third", "join_nobody_ready")]
    assert set(world.offers(ix)) == {"tim"}


def test_given_both_queues_closed_then_who_comes_is_turned_away_and_not_offered_when_they_open() -> None:
    world = two_queues(ann="first", sam="second")
    opens_at_ten(world, "spare")
    opens_at_ten(world, "main", closed={"to": plain(TO_SPARE)})
    world.wait(3599)
    ix = world.call("c1")
    world.wait(2)
    assert set(world.offers(world.call("c2"))) == {"ann"}
    assert (world.ix(ix).state, world.offers(ix)) == (S.dismissed, {})
    with pytest.raises(TrunklineError) as refused:
        world.say(PickCall(actor="sam", interaction_id=ix, anywhere=True))
    assert (refused.value.status, world.ix(ix).state, world.offers(ix)) == (409, S.dismissed, {})


def test_given_somebody_who_talked_in_the_switchs_own_queue_then_they_wait_again_though_it_is_closed() -> None:
    world = two_queues(ann="first")
    opens_at_ten(world, "main")
    ids = {"interaction_id": "ix-1", "leg": "1"}
    world.say(ev.CallerArrived(**ids, channel="PJSIP/1", did="555", language="en", number=""))
    world.say(ev.CallerInFallback(**ids, ringing=True))
    world.join("ix-1", "leg-of-ann", world.state.agents["ann"].endpoint or "", ours=False)
    world.say(ev.CallerWaits(**ids))
    assert (world.ix("ix-1").state, world.orders(SayToCaller)) == (S.queued, [])


def test_given_segments_that_touch_then_they_do_not_overlap() -> None:
    world = World()
    set_up(world, "hours", "h", name="H", zone="UTC", weekly={"mon": ["08:00-13:00", "13:00-14:00"]})
    assert "h" in world.state.hours


@pytest.mark.parametrize(
    "where",
    [
        {"closed": {"to": {"kind": "hang_up", "announcement_id": "own"}}, "hours_id": "late"},
        {"overflow": [{"when": "waited", "seconds": 9, "to": {"kind": "hang_up", "announcement_id": "own"}}]},
        {"empty": {"leave": ["all_paused"], "leave_to": {"kind": "hang_up", "announcement_id": "own"}}},
        {"announce": {"welcome": "own"}},
    ],
    ids=["closed", "overflow", "empty", "welcome"],
)
def test_given_an_announcement_that_is_named_then_it_has_to_be_there_and_stays(where: dict[str, Any]) -> None:
    world = World()
    opens_at_ten(world)
    with pytest.raises(TrunklineError) as unknown:
        set_up(world, "queue", "main", **where)
    assert (unknown.value.id, unknown.value.details["field"]) == ("setup_unknown", next(iter(where)))
    set_up(world, "announcement", "own", name="Own", sounds={"en": ["goodbye"]})
    set_up(world, "queue", "main", **where)
    with pytest.raises(Refused) as refused:
        world.say(ChangeSetUp(actor="boss", edits=(Edit("announcement", "own", None),)))
    assert (refused.value.id, refused.value.details["used_by"]) == ("setup_in_use", ["queue main"])


@pytest.mark.parametrize(("opens", "state"), [(False, S.dismissed), (True, S.queued)])
def test_given_a_closed_queue_whose_number_outside_does_not_take_the_caller_then_they_are_turned_away(
    opens: bool, state: InteractionState
) -> None:
    world = two_queues()
    world.say(TrunkConfigured(dial="PJSIP/{number}@trunk", caller_number="+34910000000", ring_seconds=30))
    opens_at_ten(world, "main", closed={"to": {"kind": "outside", "number": "+34911222333"}})
    ix = world.call("c1")
    (asked,) = world.orders(AskPermit)
    assert (world.ix(ix).state, world.orders(SayToCaller)) == (S.queued, [])
    if opens:
        set_up(world, "queue", "main", hours_id=None)
    world.say(PermitRefused(attempt_id=asked.attempt_id, interaction_id=ix, error="dnc", message="On a list."))
    assert world.ix(ix).state is state
    assert [one.leave for one in world.orders(SayToCaller)] == [True] * (not opens)
