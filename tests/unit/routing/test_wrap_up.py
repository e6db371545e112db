"""Wrap-up by the queue's mode: a disposition wanted or not, with a time-out or not; rules key on flags, not names."""

from __future__ import annotations

from typing import Any

import pytest

from kernel.codec import plain
from kernel.errors import Invalid, NotFound, Refused
from routing.messages import ExtendWrapUp, FinishWrapUp, StintEnded
from routing.queuerows import Disposition, WrapMode
from routing.rows import Duty, Standing
from routing.setupmessages import ChangeSetUp, SetUpDispositions, SetUpQueue
from routing.teamwork import Edit
from tests.unit.routing.world import World, talking

pytestmark = pytest.mark.unit


def wrapping(**queue: Any) -> tuple[World, str]:
    world = World(**queue)
    world.agent("ana")
    ix = world.call("c1")
    world.agent_leg_ends(ix, world.answer(ix))
    world.caller_leaves(ix)
    assert world.state.agents["ana"].standing is Standing.wrapping
    return world, ix


def ended(world: World) -> StintEnded:
    (event,) = [one for one in world.out.events if isinstance(one, StintEnded)]
    return event


def finish(world: World, ix: str, disposition: str | None) -> None:
    world.say(FinishWrapUp(actor="ana", interaction_id=ix, disposition_id=disposition))


def test_a_mandatory_wrap_up_without_time_out_keeps_the_next_caller_until_there_is_a_disposition() -> None:
    world, ix = wrapping(wrap_mode=WrapMode.mandatory, wrap_seconds=0)
    waiting = world.call("c2")
    world.wait(3600)
    with pytest.raises(Invalid) as refusal:
        finish(world, ix, None)
    assert refusal.value.id == "bad_disposition"
    assert world.offers(waiting) == {}
    finish(world, ix, "sale")
    assert world.offers(waiting).keys() == {"ana"}
    assert not ended(world).disposition_missing


def test_a_mandatory_wrap_up_whose_time_runs_out_is_flagged() -> None:
    world, _ = wrapping(wrap_mode=WrapMode.mandatory, wrap_seconds=30)
    world.wait(30)
    assert (ended(world).disposition_id, ended(world).disposition_missing) == (None, True)
    assert world.state.agents["ana"].why == "wrap_up_timed_out"


def test_an_optional_wrap_up_may_end_without_a_disposition_and_is_not_flagged() -> None:
    world, ix = wrapping()
    finish(world, ix, None)
    assert (ended(world).disposition_id, ended(world).disposition_missing) == (None, False)
    assert (world.state.agents["ana"].standing, world.state.agents["ana"].why) == (Standing.ready, "wrapped_up")


def test_an_optional_wrap_up_ends_by_time_without_a_flag() -> None:
    world, _ = wrapping(wrap_seconds=30)
    world.wait(30)
    assert not ended(world).disposition_missing


def test_the_queue_says_how_often_and_by_how_much_a_wrap_up_is_extended() -> None:
    world, ix = wrapping(wrap_seconds=10, wrap_extend_seconds=5, wrap_extensions=1)
    world.say(ExtendWrapUp(actor="ana", interaction_id=ix))
    with pytest.raises(Refused) as refusal:
        world.say(ExtendWrapUp(actor="ana", interaction_id=ix))
    assert refusal.value.details["most"] == 1
    world.wait(14.9)
    assert world.state.agents["ana"].duty is Duty.wrapping
    world.wait(0.1)
    assert world.state.agents["ana"].duty is Duty.idle


def test_a_wrap_up_without_end_cannot_be_extended() -> None:
    world, ix = wrapping(wrap_seconds=0)
    with pytest.raises(Refused) as refusal:
        world.say(ExtendWrapUp(actor="ana", interaction_id=ix))
    assert refusal.value.id == "wrap_up_has_no_end"


def test_what_a_disposition_means_is_told_by_its_flags_whatever_its_name() -> None:
    world, ix = wrapping()
    row = Disposition("x1", "Ganz anders", "9", ("human_answered", "do_not_call"), labels={"es": "Distinto"})
    world.say(SetUpDispositions(actor="adm", dispositions=(plain(row),)))
    with pytest.raises(Invalid):
        finish(world, ix, "sale")
    finish(world, ix, "x1")
    assert ended(world).flags == ("human_answered", "do_not_call")


def test_a_disposition_of_another_queue_is_refused() -> None:
    world, ix = wrapping()
    world.say(ChangeSetUp(actor="adm", edits=(Edit("queue", "sales", {"name": "Sales"}),)))
    rows = (Disposition("here", "Here", "1", queues=("main",)), Disposition("there", "There", "2", queues=("sales",)))
    world.say(SetUpDispositions(actor="adm", dispositions=tuple(plain(one) for one in rows)))
    with pytest.raises(Invalid):
        finish(world, ix, "there")
    finish(world, ix, "here")


def test_a_change_of_the_queues_settings_leaves_the_others_as_they_are() -> None:
    world = World(ring_seconds=33)
    world.say(SetUpQueue(actor="adm", queue_id="main", changes={"strategy": "ring_all", "wrap_mode": "mandatory"}))
    queue = world.state.queues["main"]
    assert (queue.strategy, queue.wrap_mode, queue.ring_seconds, queue.name) == ("ring_all", "mandatory", 33, "Main")
    with pytest.raises(NotFound):
        world.say(SetUpQueue(actor="adm", queue_id="nowhere", changes={}))


def test_wrap_up_ends_on_its_deadline_and_the_agent_is_free() -> None:
    world, ix = talking(wrap_seconds=30)
    world.caller_leaves(ix)
    world.wait(29.9)
    assert world.state.agents["ana"].duty is Duty.wrapping
    world.wait(0.1)
    assert world.state.agents["ana"].duty is Duty.idle
    assert ended(world).disposition_id is None
    assert ix not in world.state.interactions


def test_wrap_up_can_be_extended_three_times() -> None:
    world, ix = talking(wrap_seconds=10, wrap_extend_seconds=10)
    world.caller_leaves(ix)
    for _ in range(3):
        world.say(ExtendWrapUp(actor="ana", interaction_id=ix))
    with pytest.raises(Refused, match="again"):
        world.say(ExtendWrapUp(actor="ana", interaction_id=ix))
    world.wait(39.9)
    assert world.state.agents["ana"].duty is Duty.wrapping
    world.wait(0.1)
    assert world.state.agents["ana"].duty is Duty.idle


def test_wrap_up_with_a_disposition_frees_the_agent_for_the_next_caller() -> None:
    world, ix = talking()
    waiting = world.call("c2")
    world.caller_leaves(ix)
    assert world.ix(waiting).offer_id is None
    with pytest.raises(Invalid):
        world.say(FinishWrapUp(actor="ana", interaction_id=ix, disposition_id="nonsense"))
    world.say(FinishWrapUp(actor="ana", interaction_id=ix, disposition_id="resolved"))
    assert world.offer_to(waiting).agent_id == "ana"
