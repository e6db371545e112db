"""Abandoned and resumed: who gave up and calls again soon has the old place, once, and nobody gains by hanging up."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from cti import events as ev
from kernel.codec import plain
from routing.messages import CallerIdentified
from routing.queuerows import Queue
from routing.returning import PlaceResumed
from routing.rows import Interaction, Match
from routing.setupmessages import ChangeSetUp, QueueConfigured
from routing.teamwork import Edit
from tests.unit.routing.world import World

pytestmark = pytest.mark.unit

MINE, OTHERS = "+34600111222", "+34600333444"


def calls(world: World, name: str, number: str | None = MINE, did: str = "555", since: Any = None) -> str:
    ids = {"interaction_id": f"ix-{name}", "leg": name}
    more = {"channel": f"PJSIP/t-{name}", "did": did, "language": "en", "number": number, "since": since}
    world.say(ev.CallerArrived(**ids, **more))
    world.say(CallerIdentified(interaction_id=ids["interaction_id"], match=Match.unknown))
    world.say(ev.CallerWaits(**ids))
    return ids["interaction_id"]


def gave_up_between(wait: float, **queue: Any) -> World:
    """1.1 came and gave up, 1.2 came behind and waits; so long ago."""
    world = World(**queue)
    first = calls(world, "1.1")
    world.wait(10)
    calls(world, "1.2", OTHERS)
    world.wait(10)
    world.caller_leaves(first)
    world.wait(wait)
    return world


def test_given_they_call_again_within_the_time_then_they_go_before_who_came_behind_them() -> None:
    world = gave_up_between(59)
    ix = calls(world, "1.3")
    assert world.waiting() == ["1.3", "1.2"]
    assert world.ix(ix).resumed == "ix-1.1"
    (told,) = [one for one in world.out.events if isinstance(one, PlaceResumed)]
    assert (told.interaction_id, told.was, told.place) == (ix, "ix-1.1", world.ix(ix).place)


@pytest.mark.parametrize(
    ("wait", "queue", "number"),
    [(61, {}, MINE), (5, {"resume_seconds": 0}, MINE), (5, {}, "+34600999999"), (5, {}, None), (5, {}, "")],
    ids=["too late", "not set", "another number", "withheld", "no number"],
)
def test_given_it_is_not_their_place_then_they_stand_behind(wait: float, queue: Any, number: str | None) -> None:
    world = gave_up_between(wait, **queue)
    assert world.ix(calls(world, "1.3", number)).resumed is None
    assert world.waiting() == ["1.2", "1.3"]


def test_a_withheld_number_that_gave_up_leaves_no_place() -> None:
    world = World()
    world.caller_leaves(calls(world, "1.1", None))
    assert len(world.state.given_up) == 0


def test_given_another_queue_is_called_then_the_place_is_not_had_there() -> None:
    world = gave_up_between(5)
    world.say(QueueConfigured(queue=plain(Queue("other", "Other", dids=("777",)))))
    assert world.ix(calls(world, "1.3", did="777")).resumed is None
    assert world.ix(calls(world, "1.4")).resumed == "ix-1.1", "it is still there for who calls the right one"


def test_given_their_queue_was_removed_meanwhile_then_they_have_the_place_where_its_callers_wait_now() -> None:
    world = World()
    service = {"name": "Service", "dids": ["777"]}
    world.say(ChangeSetUp(actor="adm", edits=(Edit("queue", "service", service),)))
    first = calls(world, "1.1", did="777")
    world.wait(10)
    calls(world, "1.2", OTHERS, did="777")
    world.caller_leaves(first)
    world.say(ChangeSetUp(actor="adm", edits=(Edit("queue", "service", None),)))
    calls(world, "1.3", did="777")
    assert world.waiting() == ["1.3", "1.2"]


def test_given_two_calls_of_one_number_then_one_has_the_place() -> None:
    world = gave_up_between(5)
    assert world.ix(calls(world, "1.3")).resumed == "ix-1.1"
    assert world.ix(calls(world, "1.4")).resumed is None
    assert world.waiting() == ["1.3", "1.2", "1.4"]


def test_given_they_hang_up_again_and_again_then_the_place_is_the_one_they_had() -> None:
    world = gave_up_between(5)
    place = world.state.given_up["ix-1.1"].place
    for nth in range(3, 7):
        ix = calls(world, f"1.{nth}")
        assert (world.ix(ix).place, world.ix(ix).resumed) == (place, "ix-1.1")
        world.wait(1)
        world.caller_leaves(ix)
        world.wait(30)
    world.wait(31)
    assert world.ix(calls(world, "1.9")).resumed is None


def test_who_was_served_has_no_place_to_come_back_to() -> None:
    world = World()
    world.agent("ana")
    ix = calls(world, "1.1")
    world.answer(ix)
    world.caller_leaves(ix)
    assert len(world.state.given_up) == 0


def test_given_callers_of_one_moment_then_who_resumes_stands_where_they_stood_among_them() -> None:
    world = World()
    first = calls(world, "1.1")
    calls(world, "1.2", OTHERS)
    world.caller_leaves(first)
    world.wait(3)
    calls(world, "1.3")
    assert world.waiting() == ["1.3", "1.2"]


def test_a_place_given_back_draws_nobody_else_forward() -> None:
    """1.3 is known to have come, and is heard to wait only after 1.30, who was numbered later and has an old place."""
    world = World()
    world.caller_leaves(calls(world, "1.1"))
    world.wait(5)
    waits = calls(world, "1.2", OTHERS)
    world.wait(5)
    ids = {"interaction_id": "ix-1.3", "leg": "1.3"}
    world.say(ev.CallerArrived(**ids, channel="PJSIP/t", did="555", language="en", number=OTHERS))
    resumed = calls(world, "1.30")
    world.say(ev.CallerWaits(**ids))
    places = [world.ix(ix).place for ix in (resumed, waits, "ix-1.3")]
    assert places == sorted(places)  # type: ignore[type-var]
    assert len(set(places)) == 3


def test_the_place_outlives_a_restart_and_is_forgotten_in_time() -> None:
    world = gave_up_between(5)
    again = World()
    again.core.load({name: list(shelf) for name, shelf in world.core.shelves.items()}, world.core.seq)
    again.at = world.at
    again.wait(700)
    assert len(again.state.given_up) == 0
    again = World()
    again.core.load({name: list(shelf) for name, shelf in world.core.shelves.items()}, world.core.seq)
    again.at = world.at + timedelta(seconds=300)
    ix = calls(again, "1.3", since=world.at + timedelta(seconds=20))
    assert again.ix(ix).resumed == "ix-1.1", "they called again while we were away: only the snapshot told of it"


def test_a_resumed_caller_keeps_the_place_through_the_switchs_own_queue() -> None:
    world = gave_up_between(5)
    ix = calls(world, "1.3")
    place = world.ix(ix).place
    world.say(ev.CallerInFallback(interaction_id=ix, leg="1.3", ringing=False))
    world.say(ev.CallerWaits(interaction_id=ix, leg="1.3"))
    assert world.ix(ix).place == place
    assert world.waiting() == ["1.3", "1.2"]


class Redialling(RuleBasedStateMachine):
    """People of three numbers call, hang up and call again; nobody is served. What each may have is told by a plain
    account: a list of places given up, with their times."""

    def __init__(self) -> None:
        super().__init__()
        self.world = World()
        self.count = 0
        self.live: dict[str, str | None] = {}
        self.mine: dict[str, Any] = {}
        self.free: list[tuple[str, Any, Any]] = []

    @rule(number=st.sampled_from(("+341", "+342", None)))
    def somebody_calls(self, number: str | None) -> None:
        self.count += 1
        ix = calls(self.world, f"1.{self.count}", number)
        at = self.world.at
        fits = [one for one in self.free if one[0] == number and at <= one[2]]
        best = min(fits, key=lambda one: one[1], default=None)
        if best is not None:
            self.free.remove(best)
        self.live[ix], self.mine[ix] = number, at if best is None else best[1]

    @precondition(lambda self: self.live)
    @rule(nth=st.integers(0, 9))
    def somebody_hangs_up(self, nth: int) -> None:
        ix = sorted(self.live)[nth % len(self.live)]
        number = self.live.pop(ix)
        self.world.caller_leaves(ix)
        if number:
            self.free.append((number, self.mine[ix], self.world.at + timedelta(seconds=60)))

    @rule(seconds=st.sampled_from((0.5, 3.0, 45.0, 61.0)))
    def time_passes(self, seconds: float) -> None:
        self.world.wait(seconds)

    @invariant()
    def each_has_the_place_that_is_theirs_and_nobody_a_better_one(self) -> None:
        rows: list[Interaction] = [self.world.ix(ix) for ix in self.live]
        assert {row.id: row.place for row in rows} == {ix: self.mine[ix] for ix in self.live}
        order = sorted(rows, key=lambda row: row.place or row.arrived_at)
        assert [self.mine[f"ix-{leg}"] for leg in self.world.waiting()] == [row.place for row in order]


TestRedialling = Redialling.TestCase
TestRedialling.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
