"""Overflow where it touches other rules: steps of the other queue, phones that are lost, queues without anybody, queues
that refuse, agents whom a caller waits for."""

from __future__ import annotations

from typing import Any

import pytest

from cti import events as ev
from kernel.codec import plain
from kernel.turn import Turn
from routing.messages import SetPresence
from routing.outlook import level
from routing.overflow import Overflow
from routing.rows import Presence
from routing.setupmessages import ChangeSetUp
from routing.teamwork import Edit
from routing.tiers import Destination, EmptyRules, Factor, Goes, Tier, When
from tests.unit.routing.test_overflow import TO_SPARE, moves, set_up, two_queues
from tests.unit.routing.world import World

pytestmark = pytest.mark.unit

TO_THIRD = Destination(Goes.queue, queue_id="third")


def third(world: World, **values: Any) -> None:
    set_up(world, "queue", "third", name="Third", everyone=False, groups=["third"], **values)


def pause(world: World, agent: str) -> None:
    world.say(SetPresence(actor=agent, agent_id=agent, presence=Presence.paused, reason="break"))


def test_given_steps_taken_in_one_queue_then_those_of_the_next_are_taken_by_their_own_times() -> None:
    world = two_queues(Tier(When.waited, 10, to=TO_SPARE), tim="third")
    set_up(world, "queue", "main", steps=[{"after_seconds": 5, "skills": {}, "groups": ["second"]}])
    set_up(world, "queue", "spare", steps=[{"after_seconds": 60, "skills": {}, "groups": ["third"]}])
    ix = world.call("c1")
    world.wait(10)
    assert (world.ix(ix).queue_id, world.offers(ix)) == ("spare", {})
    world.wait(50)
    assert set(world.offers(ix)) == {"tim"}


def test_given_a_queue_that_refuses_who_comes_then_who_overflows_into_it_goes_on_at_the_same_place() -> None:
    world = two_queues(Tier(When.waited, 30, to=TO_SPARE), tim="third")
    third(world)
    set_up(world, "queue", "spare", empty=plain(EmptyRules(join=(Factor.nobody_ready,), join_to=TO_THIRD)))
    ix = world.call("c1")
    place = world.ix(ix).place
    world.wait(30)
    assert moves(world) == [("main", "spare", "overflow_waited"), ("spare", "third", "join_nobody_ready")]
    assert (world.ix(ix).place, set(world.offers(ix))) == (place, {"tim"})


def test_given_a_rule_for_who_comes_then_it_is_nothing_to_those_who_wait_already() -> None:
    world = two_queues(empty=EmptyRules(join=(Factor.all_paused,), join_to=TO_SPARE), ann="first")
    world.answer(world.call("c0"))
    ix = world.call("c1")
    pause(world, "ann")
    world.caller_leaves("ix-c0")
    world.wait(61)
    assert world.state.lacks["main"].all_paused is not None
    set_up(world, "queue", "main", priority=5)  # all who wait are looked at again
    assert world.ix(ix).queue_id == "main"
    assert world.ix(world.call("c2")).queue_id == "spare"


def test_given_an_agent_whose_phone_is_lost_then_nobody_is_ready_and_nobody_is_paused() -> None:
    world = two_queues(empty=EmptyRules(join=(Factor.nobody_ready, Factor.all_paused), join_to=TO_SPARE), ann="first")
    endpoint = world.state.agents["ann"].endpoint or ""
    world.say(ev.PhoneChanged(endpoint=endpoint, reachable=False))
    lack = world.state.lacks["main"]
    assert (lack.nobody_ready, lack.all_paused) == (world.at, None)
    world.say(ev.PhoneChanged(endpoint=endpoint, reachable=True))
    assert world.state.lacks["main"].nobody_ready is None


def test_given_nobody_signed_in_then_not_all_are_paused_and_without_the_rules_nothing_is_kept() -> None:
    world = two_queues(empty=EmptyRules(join=(Factor.all_paused,), join_to=TO_SPARE))
    lack = world.state.lacks["main"]
    assert (lack.none_signed_in, lack.all_paused) == (world.at, None)
    assert world.ix(world.call("c1")).queue_id == "main"
    set_up(world, "queue", "main", empty=plain(EmptyRules()))
    assert "main" not in world.state.lacks


def test_given_too_few_calls_then_there_is_no_service_level_and_who_gave_up_soon_counts_for_nothing() -> None:
    late = [(float(nth), 30.0, 2.0) for nth in range(9)]
    assert level(late, 20) is None
    assert level([*late, (9.0, 5.0, None)], 20) is None, "gave up within the time"
    assert level([*late, (9.0, 21.0, None)], 20) == 0
    assert level([*late, (9.0, 5.0, 2.0)], 20) == 10
    assert level([*late, (9.0, 19.0, 2.0)], 20) == 0, "the ring counts"


def test_given_a_queue_removed_with_callers_who_had_its_tiers_then_they_wait_in_the_main_one_as_new_there() -> None:
    world = two_queues(Tier(When.waited, 10, to=TO_SPARE))
    third(world, dids=["777"], overflow=[plain(Tier(When.waited, 5, groups=("second",)))])
    ids = {"interaction_id": "ix-1", "leg": "1"}
    world.say(ev.CallerArrived(**ids, channel="PJSIP/1", did="777", language="en", number=""))
    world.say(ev.CallerWaits(**ids))
    place = world.ix("ix-1").place
    world.wait(6)
    assert world.ix("ix-1").tiers == (0,)
    world.say(ChangeSetUp(actor="boss", edits=(Edit("queue", "third", None),)))
    assert (world.ix("ix-1").queue_id, world.ix("ix-1").tiers, world.ix("ix-1").place) == ("main", (), place)
    world.wait(9)
    assert world.ix("ix-1").queue_id == "main"
    world.wait(1)
    assert world.ix("ix-1").queue_id == "spare"


def test_given_many_whom_no_way_out_took_then_what_happens_to_one_costs_no_look_at_all_of_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    nowhere = Destination(Goes.outside, number="+34911222333")
    rules = EmptyRules(leave=(Factor.nobody_ready,), leave_to=nowhere, grace_seconds=30)
    world = two_queues(empty=rules)
    for nth in range(60):
        world.call(f"c{nth}")
    world.wait(40)
    assert {one.tiers for one in world.state.interactions} == {()}, "it has not come: they went nowhere"
    looks: list[str] = []
    look_at = Overflow._look_at

    def counted(self: Overflow, caller_id: str, turn: Turn) -> None:
        looks.append(caller_id)
        look_at(self, caller_id, turn)

    monkeypatch.setattr(Overflow, "_look_at", counted)
    world.caller_leaves("ix-c0")
    world.call("late")
    world.wait(30)
    assert world.ix("ix-late").tiers == ()
    assert set(looks) == {"ix-c0", "ix-late"}
