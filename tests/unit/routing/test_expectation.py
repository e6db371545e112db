"""What a caller may expect, noted as they begin to wait; and which waits are remembered for those who come after."""

from __future__ import annotations

from typing import Any

import pytest

from crm_core.timeline.writes import SaveTimelineEntry
from cti import events as ev
from kernel.codec import plain
from routing.queuerows import Queue
from routing.setupmessages import QueueConfigured
from tests.unit.routing.world import World

pytestmark = pytest.mark.unit


def busy_day(world: World, calls: int = 8) -> None:
    """One agent, and always somebody who waits for them."""
    world.agent("ana")
    first = world.call("b00")
    world.answer(first)
    on_call = first
    for nth in range(1, calls):
        following = world.call(f"b{nth:02}")
        world.wait(20)
        leave_talk(world, on_call)
        world.answer(following)
        on_call = following
    world.wait(5)


def leave_talk(world: World, ix: str) -> None:
    stint = world.stint(ix)
    world.caller_leaves(ix)
    world.say(ev.AgentLegEnded(interaction_id=ix, leg=stint.leg, endpoint="cti-phone-01", cause=16))
    world.wait(2)


def waits_of(world: World, queue: str = "main") -> list[Any]:
    found = world.state.recent.get(queue)
    return list(found.waits) if found is not None else []


QUICK = {"wrap_seconds": 1, "render_ms": 0}


def test_given_nothing_is_known_then_nothing_is_promised() -> None:
    world = World()
    assert world.ix(world.call("c1")).expected_wait is None


def test_given_a_day_of_waits_then_who_comes_is_told_about_as_much_and_each_before_adds_to_it() -> None:
    world = World(**QUICK)
    busy_day(world)
    waits = [world.ix(world.call(f"c{nth}")).expected_wait for nth in range(3)]
    assert waits[0] is not None
    assert 10 < waits[0] < 40
    assert waits == sorted(waits, key=lambda one: one or 0)
    assert waits[2] == pytest.approx(3 * waits[0], rel=0.2)


def test_given_somebody_is_free_then_only_the_ring_is_expected() -> None:
    world = World(**QUICK)
    busy_day(world)
    world.agent("ben")
    assert (world.ix(world.call("c1")).expected_wait or 0) < 5


def test_who_gave_up_is_remembered_as_such_and_whom_the_switchs_own_queue_joined_is_not() -> None:
    world = World()
    ix = world.call("c1")
    world.wait(30)
    world.caller_leaves(ix)
    assert [(waited, rang) for _, waited, rang in waits_of(world)] == [(30.0, None)]
    world.call("c2")
    world.say(ev.CallerInFallback(interaction_id="ix-c2", leg="c2", ringing=False))
    world.caller_leaves("ix-c2")
    assert len(waits_of(world)) == 1


def test_a_wait_ends_when_the_agent_is_found_and_the_ring_is_counted_apart() -> None:
    world = World(render_ms=0)
    ix = world.call("c1")
    world.wait(12)
    world.agent("ana")
    world.ring(ix)
    world.wait(3)
    world.answer(ix)
    ((_, waited, rang),) = waits_of(world)
    assert (waited, 3 <= (rang or 0) <= 4) == (12.0, True)


def test_callers_of_queues_that_the_same_agents_serve_are_before_one_another() -> None:
    world = World(**QUICK)
    world.say(QueueConfigured(queue=plain(Queue("vip", "VIP", dids=("777",), wrap_seconds=1, render_ms=0))))
    busy_day(world)
    world.call("c1")
    ids = {"interaction_id": "ix-c2", "leg": "c2"}
    world.say(ev.CallerArrived(**ids, channel="PJSIP/t-2", did="777", language="en", number="+34600999000"))
    world.say(ev.CallerWaits(**ids))
    one, two = world.ix("ix-c1").expected_wait, world.ix("ix-c2").expected_wait
    assert one is not None
    assert two is not None
    assert two > one, "although nothing is known of that queue itself"


def test_the_calls_line_on_the_timeline_says_what_was_expected_beside_what_happened() -> None:
    world = World(**QUICK)
    busy_day(world)
    ix = world.call("c1")
    expected = world.ix(ix).expected_wait
    world.wait(25)
    world.caller_leaves(ix)
    entries = [one for one in world.out.writes if isinstance(one, SaveTimelineEntry) and one.ref == ix]
    assert entries[-1].details["waited_seconds"] == 25.0
    assert entries[-1].details["expected_wait"] == expected
    assert expected is not None


def test_only_so_many_waits_are_kept_and_since_when_they_tell_all() -> None:
    world = World()
    for nth in range(90):
        ix = world.call(f"c{nth:03}")
        world.wait(2)
        world.caller_leaves(ix)
    kept = world.state.recent["main"]
    assert len(kept.waits) == 80
    assert kept.waits[0][0] - kept.since == pytest.approx(2, abs=0.01)
