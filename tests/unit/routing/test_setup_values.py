"""What a set-up may not say, by whichever door; and a queue made anew."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from kernel.errors import Invalid, Refused
from routing.messages import FinishWrapUp
from routing.queuerows import Queue
from routing.rows import Duty
from routing.setupmessages import ChangeSetUp, SetUpDispositions, SetUpQueue
from routing.teamwork import Edit
from tests.unit.routing.test_setup import BASE, MUST, change, last_change, outcomes, queue, remove
from tests.unit.routing.world import World

pytestmark = pytest.mark.unit


def test_given_an_old_version_that_could_not_be_set_now_then_taking_it_back_is_refused_like_any_change() -> None:
    world = World()
    change(world, *BASE)
    there = world.state.queues["service"]
    world.state.queues.put(replace(there, priority=10**12))
    change(world, Edit("queue", "service", {"priority": 5}))
    (edited,) = last_change(world).edits
    with pytest.raises(Invalid) as refused:
        change(world, Edit("queue", "service", edited.before, was=edited.after), undoes="su-1")
    assert (refused.value.id, refused.value.details["field"]) == ("setup_value_wrong", "priority")
    assert world.state.queues["service"].priority == 5


LATER = ("overflow", "empty", "announce", "hours_id", "closed")
"""Fields that queues did not have in the release before."""


def before_those(row: Mapping[str, Any] | None) -> dict[str, Any]:
    return {name: value for name, value in (row or {}).items() if name not in LATER}


def test_given_a_change_of_before_an_upgrade_then_it_can_be_taken_back_unless_somebody_set_what_came_with_that() -> (
    None
):
    world = World()
    change(world, *BASE)
    change(world, Edit("queue", "service", {"priority": 5}))
    (edited,) = last_change(world).edits
    before, after = before_those(edited.before), before_those(edited.after)
    change(world, Edit("queue", "service", before, was=after), undoes="su-1")
    assert world.state.queues["service"].priority == 0

    change(world, Edit("queue", "service", {"priority": 5, "announce": {"position": True}}))
    for was in (after, {**after, "steps": "none"}):
        with pytest.raises(Refused) as refused:
            change(world, Edit("queue", "service", before, was=was), undoes="su-1")
        assert refused.value.id == "queue_changed"
    assert world.state.queues["service"].announce.position


def test_given_a_queue_whose_wrap_ups_need_an_outcome_then_none_of_the_doors_takes_the_last_away() -> None:
    world = World()
    change(world, queue("service", dids=["555"], **MUST), queue("sales"))
    rows = ({"id": "won", "label": "Won", "key": "1", "queues": ["sales"]},)
    whole = ChangeSetUp(actor="adm", edits=(outcomes("won", "sales"),))
    for door in (SetUpDispositions(actor="adm", dispositions=rows, version=1), whole):
        with pytest.raises(Invalid) as refused:
            world.say(door)
        assert (refused.value.id, refused.value.details["field"]) == ("queue_without_outcome", "dispositions")
    change(world, Edit("queue", "service", {"wrap_mode": "optional"}), outcomes("won", "sales"))
    with pytest.raises(Invalid) as refused:
        world.say(
            SetUpQueue(actor="adm", queue_id="service", changes=MUST, version=world.state.queues["service"].version)
        )
    assert (refused.value.id, refused.value.details["field"]) == ("queue_without_outcome", "wrap_mode")
    world.agent("ann")
    ix = world.call("one")
    world.agent_leg_ends(ix, world.answer(ix))
    world.caller_leaves(ix)
    world.say(FinishWrapUp(actor="ann", interaction_id=ix, disposition_id=None))
    assert world.state.agents["ann"].duty is Duty.idle


def test_given_a_queue_made_anew_under_a_removed_ones_id_then_it_starts_from_the_defaults_and_the_version_goes_on() -> (
    None
):
    world = World()
    change(world, queue("service", dids=["555"], everyone=False, members=["ann"], ring_seconds=33, priority=60))
    change(world, remove("queue", "service"))
    change(world, queue("service"))
    assert world.state.queues["service"] == Queue("service", "Service", version=world.state.queues["service"].version)
    assert world.state.queues["service"].version > 2
    assert world.state.entered_by("555") == "main"
