"""Callers whom their queue cannot serve soon: each tier comes once, at its time, and nobody loses their place."""

from __future__ import annotations

from typing import Any

import pytest

from cti import events as ev
from cti.orders import SayToCaller
from kernel.codec import plain
from routing.messages import CallerMoved, InteractionEnded, SetPresence
from routing.overflow import TierTaken
from routing.rows import InteractionState, Presence
from routing.setupmessages import ChangeSetUp
from routing.teamwork import Edit
from routing.tiers import Destination, EmptyRules, Factor, Goes, Tier, When
from tests.unit.routing.world import World

pytestmark = pytest.mark.unit

TO_SPARE = Destination(Goes.queue, queue_id="spare")


def set_up(world: World, kind: str, id: str, **values: Any) -> None:
    world.say(ChangeSetUp(actor="boss", edits=(Edit(kind, id, values),)))


def two_queues(*tiers: Tier, empty: EmptyRules | None = None, **agents: str) -> World:
    """Queue `main` served by the group `first`, `spare` by the group `second`; agents by name and group, ready."""
    world = World(phones=6)
    for group in ("first", "second", "third"):
        set_up(world, "group", group, name=group.title())
    for name, group in {"filler": "first", "other": "second", "last": "third", **agents}.items():
        set_up(world, "profile", name, groups=[group])
    set_up(world, "queue", "spare", name="Spare", everyone=False, groups=["second"])
    overflow = [plain(one) for one in tiers]
    rules = plain(empty or EmptyRules())
    set_up(world, "queue", "main", everyone=False, groups=["first"], overflow=overflow, empty=rules)
    for name in agents:
        world.agent(name)
    return world


def taken(world: World) -> list[tuple[str, int]]:
    return [(one.interaction_id, one.tier) for one in world.out.events if isinstance(one, TierTaken)]


def moves(world: World) -> list[tuple[str, str, str]]:
    found = [one for one in world.out.events if isinstance(one, CallerMoved)]
    return [(one.was, one.queue_id, one.reason) for one in found]


def test_given_a_tier_by_wait_when_its_time_comes_then_the_caller_is_in_the_other_queue_at_the_same_place() -> None:
    world = two_queues(Tier(When.waited, 30, to=TO_SPARE), sam="second")
    ix = world.call("c1")
    place = world.ix(ix).place
    world.wait(29)
    assert (world.ix(ix).queue_id, world.offers(ix)) == ("main", {})
    world.wait(1)
    caller = world.ix(ix)
    assert (caller.queue_id, caller.place, caller.moved_from, caller.moved_why) == (
        "spare",
        place,
        "main",
        "overflow_waited",
    )
    assert set(world.offers(ix)) == {"sam"}
    assert moves(world) == [("main", "spare", "overflow_waited")]
    assert taken(world) == [(ix, 0)]


def test_given_a_tier_of_groups_when_it_comes_then_those_serve_too_and_why_says_so() -> None:
    world = two_queues(Tier(When.waited, 10, groups=("second",)), sam="second", tim="third")
    ix = world.call("c1")
    world.wait(9)
    assert not world.offers(ix)
    world.wait(1)
    offer = world.offer_to(ix, "sam")
    verdicts = {one.agent_id: one.reason for one in world.considered(offer)}
    assert verdicts["tim"] == "not_in_queue"
    assert verdicts["sam"] == "longest_idle"
    assert world.ix(ix).queue_id == "main"


def test_given_an_offer_under_way_when_the_tier_comes_then_it_is_not_torn_and_the_tier_follows_after_it() -> None:
    world = two_queues(Tier(When.waited, 5, to=TO_SPARE), ann="first", sam="second")
    ix = world.call("c1")
    offer = world.ring(ix)
    world.wait(10)
    assert world.offers(ix).keys() == {"ann"}
    assert world.ix(ix).queue_id == "main"
    world.agent_leg_ends(ix, offer, cause=17)
    assert world.offers(ix).keys() == {"sam"}
    assert world.ix(ix).queue_id == "spare"


def test_given_an_offer_that_is_answered_after_the_tier_came_then_the_caller_stays_with_that_agent() -> None:
    world = two_queues(Tier(When.waited, 5, to=TO_SPARE), ann="first")
    ix = world.call("c1")
    world.ring(ix)
    world.wait(10)
    world.answer(ix)
    assert world.stint(ix).agent_id == "ann"
    assert taken(world) == []


def test_given_nobody_ready_when_it_has_lasted_then_those_who_wait_and_those_who_come_go() -> None:
    world = two_queues(Tier(When.nobody_ready, 20, to=TO_SPARE), ann="first")
    world.answer(world.call("c0"))
    first = world.call("c1")
    world.wait(60)
    assert world.ix(first).queue_id == "main", "ann is ready, and talks"
    world.say(SetPresence(actor="ann", agent_id="ann", presence=Presence.paused, reason="break"))
    world.caller_leaves("ix-c0")
    world.wait(61)  # the wrap-up, then the pause
    world.wait(20)
    assert world.ix(first).queue_id == "spare"
    assert world.ix(world.call("c2")).queue_id == "spare"


def test_given_somebody_becomes_ready_in_time_then_nobody_goes() -> None:
    world = two_queues(Tier(When.nobody_ready, 20, to=TO_SPARE))
    ix = world.call("c1")
    world.wait(19)
    world.agent("ann")
    set_up(world, "profile", "ann", groups=["first"])
    world.wait(60)
    assert taken(world) == []
    assert world.ix(ix).queue_id == "main"


def test_given_two_tiers_then_each_comes_once_in_its_time_and_the_second_goes_by_the_wait_in_this_queue() -> None:
    world = two_queues(Tier(When.waited, 10, groups=("third",)), Tier(When.waited, 30, to=TO_SPARE))
    set_up(world, "queue", "spare", overflow=[plain(Tier(When.waited, 15, groups=("third",)))])
    ix = world.call("c1")
    world.wait(31)
    assert taken(world) == [(ix, 0), (ix, 1)]
    world.wait(13)
    assert len(taken(world)) == 2
    world.wait(2)
    assert taken(world) == [(ix, 0), (ix, 1), (ix, 0)]
    assert world.ix(ix).tiers == (0,)


def test_given_a_tier_set_up_while_callers_wait_then_it_holds_for_them_and_what_came_does_not_come_again() -> None:
    world = two_queues(Tier(When.waited, 10, groups=("third",)))
    ix = world.call("c1")
    world.wait(20)
    assert taken(world) == [(ix, 0)]
    tiers = [Tier(When.waited, 25, groups=("second",)), Tier(When.waited, 10, groups=("third",))]
    set_up(world, "queue", "main", overflow=[plain(one) for one in tiers])
    assert world.ix(ix).tiers == (1,)
    world.wait(4)
    assert taken(world) == [(ix, 0)]
    world.wait(2)
    assert world.ix(ix).tiers == (1, 0)
    set_up(world, "queue", "main", overflow=[plain(Tier(When.waited, 1, to=TO_SPARE))])
    assert world.ix(ix).queue_id == "spare"


@pytest.mark.parametrize("factor", [Factor.nobody_ready, Factor.none_signed_in])
def test_given_a_queue_without_anybody_when_a_caller_comes_then_they_go_to_the_destination(factor: Factor) -> None:
    world = two_queues(empty=EmptyRules(join=(factor,), join_to=TO_SPARE), sam="second")
    ix = world.call("c1")
    assert set(world.offers(ix)) == {"sam"}
    assert moves(world) == [("main", "spare", f"join_{factor.value}")]


def test_given_callers_who_wait_when_all_are_paused_for_the_grace_then_they_go_and_sooner_nobody_does() -> None:
    rules = EmptyRules(leave=(Factor.all_paused,), leave_to=TO_SPARE, grace_seconds=30)
    world = two_queues(empty=rules, ann="first")
    world.answer(world.call("c0"))
    ix = world.call("c1")
    world.say(SetPresence(actor="ann", agent_id="ann", presence=Presence.paused, reason="break"))
    world.caller_leaves("ix-c0")
    world.wait(60)
    since = world.state.lacks["main"].all_paused
    assert since is not None
    left = 30 - (world.at - since).total_seconds()
    world.wait(left - 1)
    late = world.call("c2")
    assert world.ix(ix).queue_id == "main"
    world.wait(1)
    assert world.ix(ix).queue_id == "spare"
    assert world.ix(late).queue_id == "main", "the grace is each caller's own"
    world.wait(29)
    assert world.ix(late).queue_id == "spare"


def test_given_all_busy_when_a_caller_comes_then_they_are_refused_and_with_one_free_they_are_not() -> None:
    world = two_queues(empty=EmptyRules(join=(Factor.all_busy,), join_to=TO_SPARE), ann="first")
    first = world.call("c1")
    assert set(world.offers(first)) == {"ann"}
    assert moves(world) == []
    second = world.call("c2")
    assert world.ix(second).queue_id == "spare"


def test_given_no_rules_then_callers_wait_where_nobody_is_as_ever() -> None:
    world = two_queues()
    ix = world.call("c1")
    world.wait(3600)
    assert world.ix(ix).queue_id == "main"
    assert moves(world) == []
    assert len(world.state.lacks) == 0, "nothing is counted where nothing asks for it"


def test_given_a_link_that_is_down_when_a_tier_comes_then_it_follows_when_the_switch_is_back() -> None:
    world = two_queues(Tier(When.waited, 10, to=TO_SPARE))
    ix = world.call("c1")
    world.say(ev.SwitchLost(reason="cut"))
    world.wait(20)
    assert world.ix(ix).queue_id == "main"
    world.say(ev.SwitchBack(switch_version="22"))
    assert world.ix(ix).queue_id == "spare"


def serve(world: World, name: str, waits: float) -> None:
    """A caller whom ann serves after they waited for so long, while nobody else waits."""
    ix = world.call(name)
    world.wait(waits)
    world.say(SetPresence(actor="ann", agent_id="ann", presence=Presence.ready))
    world.answer(ix)
    world.say(SetPresence(actor="ann", agent_id="ann", presence=Presence.paused, reason="break"))
    world.caller_leaves(ix)
    world.wait(60)


def test_given_a_service_level_below_the_mark_then_those_who_wait_and_come_go_and_above_it_nobody() -> None:
    tier = Tier(When.service_level, 20, percent=80, to=TO_SPARE)
    world = two_queues(tier, ann="first")
    world.say(SetPresence(actor="ann", agent_id="ann", presence=Presence.paused, reason="break"))
    for nth in range(8):
        serve(world, f"good{nth}", 5)
    serve(world, "late0", 30)
    assert moves(world) == [], "of nine calls nothing is said"
    serve(world, "late1", 30)
    ix = world.call("c1")
    assert world.ix(ix).queue_id == "main", "8 of 10 is not below 80"
    world.wait(21)
    world.caller_leaves(ix)  # 8 of 11
    assert world.ix(world.call("c2")).moved_why == "overflow_service_level"


def test_given_an_expected_wait_above_the_mark_then_the_last_in_line_go_and_the_first_stay() -> None:
    tier = Tier(When.expected_wait, 100, to=TO_SPARE)
    world = two_queues(tier, ann="first")
    world.say(SetPresence(actor="ann", agent_id="ann", presence=Presence.paused, reason="break"))
    for nth in range(6):
        serve(world, f"past{nth}", 40)  # one in 40 seconds while somebody waits
    waiting = [world.call(f"c{nth}") for nth in range(4)]
    assert [world.ix(ix).queue_id for ix in waiting] == ["main", "main", "spare", "spare"]
    world.wait(120)
    assert [world.ix(ix).queue_id for ix in waiting] == ["main", "spare", "spare", "spare"], "a line that stands still"


def test_given_a_tier_that_ends_the_call_then_the_caller_hears_why_and_has_not_abandoned() -> None:
    world = two_queues(Tier(When.nobody_ready, 20, to=Destination(Goes.hang_up, announcement_id="nobody")))
    ix = world.call("c1")
    world.wait(20)
    (said,) = world.orders(SayToCaller)
    assert (said.interaction_id, said.leave) == (ix, True)
    assert said.sounds
    assert world.ix(ix).state is InteractionState.dismissed
    world.agent("ann")
    set_up(world, "profile", "ann", groups=["first"])
    assert not world.offers(ix)
    world.caller_leaves(ix)
    (ended,) = [one for one in world.out.events if isinstance(one, InteractionEnded)]
    assert ended.reason == "turned_away_overflow_nobody_ready"
    assert not [one for one in world.core.deadlines if ix in one.id]
