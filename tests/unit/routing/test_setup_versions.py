"""Two people at the same settings: the second is told what is there now; what is in old journals is taken as it was."""

from __future__ import annotations

from typing import Any

import pytest

from kernel.codec import plain
from kernel.errors import Refused
from routing.outcomes import OUTCOMES
from routing.queuerows import Disposition, Queue
from routing.setupmessages import ChangeSetUp, QueueConfigured, SetUpDispositions, SetUpQueue
from routing.teamwork import Edit
from tests.unit.routing.world import World

pytestmark = pytest.mark.unit

SALE, WRONG = Disposition("sale", "Sale", "1", position=1), Disposition("wrong", "Wrong number", "2", position=2)


def set_queue(world: World, version: int | None, **changes: Any) -> Any:
    return world.say(SetUpQueue(actor="adm", queue_id="main", changes=changes, version=version))


def set_outcomes(world: World, version: int | None, *rows: Disposition) -> Any:
    return world.say(SetUpDispositions(actor="adm", dispositions=tuple(plain(one) for one in rows), version=version))


def outcomes(world: World) -> dict[str, tuple[bool, int]]:
    return {one.id: (one.active, one.version) for one in world.state.dispositions if one.id in ("sale", "wrong")}


def test_given_a_queue_changed_meanwhile_then_the_second_is_refused_and_told_what_is_there() -> None:
    world = World(ring_seconds=33)
    assert set_queue(world, 1, ring_seconds=40) == {"version": 2}
    with pytest.raises(Refused) as refused:
        set_queue(world, 1, ring_seconds=50, name="Service")
    assert refused.value.id == "queue_changed"
    assert (refused.value.details["version"], refused.value.details["current"]) == (
        2,
        plain(world.state.queues["main"]),
    )
    assert (world.state.queues["main"].ring_seconds, world.state.queues["main"].name) == (40, "Main")
    assert set_queue(world, 2, name="Service") == {"version": 3}


def test_given_nothing_that_differs_then_the_version_stays() -> None:
    world = World(ring_seconds=33)
    assert set_queue(world, 1, ring_seconds=33) == {"version": 1}
    first = set_outcomes(world, 1, SALE, WRONG)
    assert set_outcomes(world, first["version"], SALE, WRONG) == first


def test_given_a_queue_configured_anew_then_a_form_that_shows_the_old_one_is_refused() -> None:
    world = World()
    world.say(QueueConfigured(queue=plain(Queue("main", "Other"))))
    with pytest.raises(Refused):
        set_queue(world, 1, ring_seconds=50)


def test_given_outcomes_changed_meanwhile_then_the_second_is_refused_and_told_the_list() -> None:
    world = World()
    version = set_outcomes(world, 1, SALE, WRONG)["version"]
    assert set_outcomes(world, version, WRONG) == {"version": version + 1}
    with pytest.raises(Refused) as refused:
        set_outcomes(world, version, SALE, WRONG)
    assert refused.value.id == "dispositions_changed"
    assert refused.value.details["version"] == version + 1
    assert refused.value.details["current"] == [
        {"id": "wrong", "label": "Wrong number", "key": "2", "flags": [], "labels": {}, "queues": []}
    ]
    assert outcomes(world) == {"sale": (False, version + 1), "wrong": (True, version)}


def test_given_commands_of_a_journal_without_versions_then_they_are_taken_as_they_were_and_move_none() -> None:
    world = World()
    set_queue(world, None, ring_seconds=40)
    set_outcomes(world, None, SALE, WRONG)
    set_outcomes(world, None, WRONG)
    assert (world.state.queues["main"].ring_seconds, world.state.queues["main"].version) == (40, 1)
    assert outcomes(world) == {"sale": (False, 1), "wrong": (True, 1)}


def test_given_an_outcome_removed_then_its_id_is_never_that_of_another() -> None:
    world = World()
    version = set_outcomes(world, 1, SALE, WRONG)["version"]
    version = set_outcomes(world, version, WRONG)["version"]
    other = Disposition("sale", "Winter sale", "1", position=2)
    with pytest.raises(Refused) as refused:
        set_outcomes(world, version, WRONG, other)
    assert (refused.value.id, refused.value.details["ids"]) == ("outcome_id_used", ["sale"])
    assert "sale" in refused.value.details["used"]
    kept = world.state.dispositions["sale"]
    assert (kept.label, kept.active) == ("Sale", False)
    assert set_outcomes(world, version, WRONG, Disposition("sale_2", "Winter sale", "1", position=2)) == {
        "version": version + 1
    }


@pytest.mark.parametrize(("label", "taken_back"), [("Wrong number", True), ("Another", False)])
def test_given_a_list_of_before_outcomes_had_more_fields_then_its_change_is_taken_back_unless_another_came(
    label: str, taken_back: bool
) -> None:
    world = World()
    set_outcomes(world, 1, SALE, WRONG)
    own = ("position", "active", "version", "labels", "queues")
    was = [{name: value for name, value in plain(one).items() if name not in own} for one in (SALE, WRONG)]
    was[1]["label"] = label
    undo = ChangeSetUp(actor="adm", edits=(Edit(OUTCOMES, OUTCOMES, {OUTCOMES: was[:1]}, was={OUTCOMES: was}),))
    if taken_back:
        world.say(undo)
    else:
        with pytest.raises(Refused):
            world.say(undo)
    assert outcomes(world)["wrong"][0] is not taken_back
