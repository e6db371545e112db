"""Queues, skills, groups and profiles as people set them up: who is offered which caller, what is refused and where."""

from __future__ import annotations

from typing import Any

import pytest

from cti import events as ev
from kernel.errors import Invalid, NotFound, Refused, TrunklineError
from routing.messages import CallerMoved
from routing.rows import InteractionState
from routing.setupmessages import ChangeSetUp, SaveSetUpChange
from routing.teamwork import Edit
from tests.unit.routing.world import World

pytestmark = pytest.mark.unit


def change(world: World, *edits: Edit, undoes: str | None = None) -> Any:
    return world.say(ChangeSetUp(actor="adm", edits=edits, undoes=undoes))


def queue(id: str, version: int | None = None, /, **values: Any) -> Edit:
    return Edit("queue", id, {"name": id.title(), **values}, version)


def skill(id: str) -> Edit:
    return Edit("skill", id, {"name": id.title()})


def group(id: str) -> Edit:
    return Edit("group", id, {"name": id.title()})


def profile(id: str, *groups: str, **skills: int) -> Edit:
    return Edit("profile", id, {"skills": skills, "groups": groups})


def outcomes(id: str, *queues: str) -> Edit:
    """One outcome and no other, in these queues only."""
    return Edit(
        "dispositions", "dispositions", {"dispositions": [{"id": id, "label": id, "key": "1", "queues": queues}]}
    )


def remove(kind: str, id: str) -> Edit:
    return Edit(kind, id, None)


def reasons(world: World, ix: str) -> dict[str, str]:
    return {one.agent_id: one.reason for one in world.considered(world.offer_to(ix))}


def rows(world: World) -> dict[str, list[Any]]:
    return {shelf.name: list(shelf) for shelf in world.core.shelves.values()}


# ── who is offered the call ─────────────────────────────────────────────────────────────────────────────


def test_given_a_number_of_a_queue_then_its_callers_enter_it_however_the_country_code_is_written() -> None:
    world = World()
    change(world, queue("sales", dids=["+34 911 222 333"]), queue("service", dids=["555"]))
    for did, wanted in (("+34911222333", "sales"), ("0034911222333", "sales"), ("555", "service"), ("556", "main")):
        assert world.state.entered_by(did) == wanted
    assert world.ix(world.call("ann")).queue_id == "service"
    assert world.state.entered_by("") == "main"


def test_given_members_and_a_group_then_they_alone_are_offered_its_callers_and_the_others_are_told_why() -> None:
    world = World()
    edits = (group("north"), profile("bob", "north"), queue("service", dids=["555"], everyone=False, groups=["north"]))
    change(world, *edits)
    for name in ("ann", "bob", "cid"):
        world.agent(name)
    first = world.call("one")
    assert reasons(world, first) == {"ann": "not_in_queue", "bob": "longest_idle", "cid": "not_in_queue"}
    change(world, Edit("queue", "service", {"members": ["cid"]}))
    second = world.call("two")
    assert set(world.offers(second)) == {"cid"}


def test_given_skills_with_levels_then_who_lacks_one_is_passed_over() -> None:
    world = World()
    people = (profile("ann", english=2), profile("bob", english=4, billing=3))
    change(world, skill("english"), skill("billing"), *people, queue("service", dids=["555"], skills={"english": 3}))
    for name in ("ann", "bob", "cid"):
        world.agent(name)
    found = reasons(world, world.call("one"))
    assert found == {"ann": "lacks_skill_english", "bob": "longest_idle", "cid": "lacks_skill_english"}


@pytest.mark.parametrize(("evaluation", "wanted"), [("all", "bob"), ("any", "ann"), ("best", "cid")])
def test_given_an_evaluation_then_all_any_or_the_best_of_the_skills_decide(evaluation: str, wanted: str) -> None:
    """Idle the longest is Ann, then Bob."""
    world = World()
    people = (profile("ann", tv=1), profile("bob", tv=1, audio=1), profile("cid", tv=5, audio=5))
    asked = queue("service", dids=["555"], skills={"tv": 1, "audio": 1}, evaluation=evaluation)
    change(world, skill("tv"), skill("audio"), *people, asked)
    for name in ("ann", "bob", "cid"):
        world.agent(name)
        world.wait(1)
    ix = world.call("one")
    assert set(world.offers(ix)) == {wanted}
    if evaluation == "best":
        assert reasons(world, ix) == {"ann": "lacks_skill_audio", "bob": "lower_skill", "cid": "longest_idle"}


def test_given_steps_then_each_widens_in_its_time_and_the_caller_keeps_the_place() -> None:
    world = World()
    steps = [{"after_seconds": 10, "skills": {"tv": 2}}, {"after_seconds": 20, "groups": ["late"]}]
    people = (profile("ann", tv=2), profile("bob", "late"), profile("cid", tv=4))
    asked = queue("service", dids=["555"], everyone=False, members=["ann", "cid"], skills={"tv": 4}, steps=steps)
    change(world, skill("tv"), group("late"), *people, asked)
    world.agent("bob")
    ix = world.call("one")
    place = world.ix(ix).place
    world.wait(15)
    assert (world.ix(ix).step, world.ix(ix).place, world.offers(ix)) == (1, place, {})
    world.wait(5)
    assert (world.ix(ix).step, world.ix(ix).place, set(world.offers(ix))) == (2, place, {"bob"})


def test_given_steps_changed_while_somebody_waits_then_they_count_from_when_the_caller_came() -> None:
    world = World()
    step = {"after_seconds": 60, "skills": {}}
    change(world, skill("tv"), profile("cid", tv=4), queue("service", dids=["555"], skills={"tv": 4}, steps=[step]))
    world.agent("ann")
    ix = world.call("one")
    world.wait(30)
    assert not world.offers(ix)
    change(world, Edit("queue", "service", {"steps": [{"after_seconds": 20, "skills": {}}]}))
    assert set(world.offers(ix)) == {"ann"}


def test_given_a_priority_then_its_callers_go_before_those_who_came_that_much_sooner_and_no_more() -> None:
    world = World()
    change(world, queue("gold", dids=["777"], priority=60))
    early, late = world.call("early"), world.call("late")
    world.wait(61)
    change(world, Edit("queue", "main", {"dids": ["1"]}), Edit("queue", "gold", {"dids": ["777", "555"]}))
    gold = world.call("gold")
    assert [f"ix-{leg}" for leg in world.waiting()] == [early, late, gold]
    change(world, Edit("queue", "gold", {"priority": 62}))
    assert [f"ix-{leg}" for leg in world.waiting()] == [gold, early, late]


# ── what is removed while it is in use ──────────────────────────────────────────────────────────────────


def test_given_a_queue_removed_with_callers_in_it_then_they_wait_in_the_main_queue_at_their_place() -> None:
    world = World()
    change(world, queue("service", dids=["555"], everyone=False, members=["nobody"]))
    first = world.call("one")
    place = world.ix(first).place
    world.wait(5)
    change(world, remove("queue", "service"))
    assert (world.ix(first).queue_id, world.ix(first).place) == ("main", place)
    assert [f"ix-{leg}" for leg in world.waiting()] == [first]
    world.agent("ann")
    assert set(world.offers(first)) == {"ann"}
    assert world.state.entered_by("555") == "main"


def test_given_a_queue_removed_while_a_caller_talks_then_the_talk_and_its_wrap_up_go_on_as_they_began() -> None:
    world = World()
    change(world, queue("service", dids=["555"], wrap_seconds=7))
    world.agent("ann")
    ix = world.call("one")
    world.answer(ix)
    change(world, remove("queue", "service"))
    assert (world.ix(ix).queue_id, world.ix(ix).state) == ("service", InteractionState.active)
    assert world.state.queue_of(world.ix(ix)).wrap_seconds == 7


def talks_in_a_queue_that_is_removed() -> tuple[World, str]:
    """Ann, the only one of the queue, talks; the queue is removed, its group is gone, and Bob signs in."""
    world = World()
    served = queue("service", dids=["555"], everyone=False, groups=["north"], lost_phone_seconds=5)
    change(world, group("north"), profile("ann", "north"), served)
    world.agent("ann")
    ix = world.call("one")
    world.answer(ix)
    change(world, remove("queue", "service"))
    change(world, remove("profile", "ann"), remove("group", "north"))
    world.agent("bob")
    return world, ix


def test_given_a_queue_removed_while_a_caller_talks_when_the_phone_is_lost_then_they_wait_in_the_main_queue() -> None:
    world, ix = talks_in_a_queue_that_is_removed()
    place = world.ix(ix).place
    world.say(ev.AgentLegEnded(interaction_id=ix, leg=world.stint(ix).leg, endpoint="cti-phone-01", cause=27))
    world.say(ev.PhoneChanged(endpoint="cti-phone-01", reachable=False))
    world.say(ev.CallerWaits(interaction_id=ix, leg="one"))
    assert (world.ix(ix).queue_id, world.ix(ix).place) == ("main", place)
    assert (
        world.out.events.count(CallerMoved(interaction_id=ix, queue_id="main", was="service", reason="queue_removed"))
        == 1
    )
    world.wait(6)
    assert set(world.offers(ix)) == {"bob"}


def test_given_a_queue_removed_while_a_caller_talks_when_the_switchs_own_queue_takes_them_then_as_well() -> None:
    world, ix = talks_in_a_queue_that_is_removed()
    world.say(ev.AgentLegEnded(interaction_id=ix, leg=world.stint(ix).leg, endpoint="cti-phone-01", cause=27))
    world.say(ev.CallerInFallback(interaction_id=ix, leg="one", ringing=False))
    assert (world.ix(ix).queue_id, world.ix(ix).state) == ("main", InteractionState.in_fallback)


def test_given_a_caller_taken_for_gone_when_they_are_there_again_then_steps_come_as_ever() -> None:
    """Also where the queue was removed meanwhile: then those of the main queue."""
    world = World()
    step = {"after_seconds": 60, "skills": {}}
    change(world, skill("tv"), profile("ann", tv=4), queue("service", dids=["555"], skills={"tv": 4}, steps=[step]))
    world.agent("ann")
    first = world.call("one")
    world.answer(first)
    world.caller_leaves(first)
    assert f"widen-{first}" not in {one.id for one in world.core.deadlines}
    world.say(arrives("one"))
    world.say(ev.CallerWaits(interaction_id=first, leg="one"))
    assert f"widen-{first}" in {one.id for one in world.core.deadlines}
    world.caller_leaves(first)
    change(world, remove("queue", "service"))
    world.say(arrives("one"))
    assert (world.ix(first).queue_id, world.ix(first).state) == ("main", InteractionState.arriving)


def arrives(name: str) -> ev.CallerArrived:
    return ev.CallerArrived(
        interaction_id=f"ix-{name}", leg=name, channel=f"PJSIP/trunk-{name}", did="555", language="en", number=""
    )


def test_given_callers_who_leave_then_no_deadline_of_their_steps_stays_behind() -> None:
    world = World()
    step = {"after_seconds": 3600, "skills": {}}
    change(world, skill("tv"), profile("ann", tv=4), queue("service", dids=["555"], skills={"tv": 4}, steps=[step]))
    world.caller_leaves(world.call("one"))
    assert not [one for one in world.core.deadlines if one.id.startswith("widen-")]


def test_given_the_membership_taken_away_while_the_phone_rings_then_that_offer_goes_on_and_no_other_comes() -> None:
    world = World()
    change(world, queue("service", dids=["555"], everyone=False, members=["ann"]))
    world.agent("ann")
    ix = world.call("one")
    world.ring(ix)
    change(world, Edit("queue", "service", {"members": ["bob"]}))
    world.answer(ix)
    assert world.stint(ix).agent_id == "ann"
    assert not world.offers(world.call("two"))


def test_given_a_queue_removed_and_made_again_then_its_version_grew_all_the_while() -> None:
    world = World()
    versions = [change(world, queue("service"))["versions"]["queue/service"]]
    change(world, remove("queue", "service"))
    with pytest.raises(NotFound):
        change(world, Edit("queue", "service", {"name": "x"}, versions[0]))
    versions.append(change(world, queue("service", 0))["versions"]["queue/service"])
    assert versions[1] > versions[0]
    made = change(world, skill("tv"))["versions"]["skill/tv"]
    change(world, remove("skill", "tv"))
    assert change(world, skill("tv"))["versions"]["skill/tv"] > made


# ── what is refused ─────────────────────────────────────────────────────────────────────────────────────

BASE = (skill("tv"), group("north"), group("empty"), profile("ann", "north", tv=3), queue("service", dids=["555"]))
STEP = {"after_seconds": 10, "skills": {"tv": 2}}
ASKED = {"skills": {"tv": 3}}
USED_BY = {1: ["profile ann"], 2: ["profile ann", "queue service"], 3: ["outcome sale"]}
MUST = {"wrap_mode": "mandatory", "wrap_seconds": 0}
BAD: list[tuple[str, str | None, list[Edit]]] = [
    ("setup_unknown", "queue service", [Edit("queue", "service", {"skills": {"radio": 1}})]),
    ("setup_unknown", "queue service", [Edit("queue", "service", {"groups": ["south"]})]),
    ("setup_unknown", "queue service", [Edit("queue", "service", {"steps": [{"after_seconds": 9, "groups": ["x"]}]})]),
    ("setup_unknown", "profile bob", [profile("bob", "south")]),
    ("setup_unknown", "profile bob", [profile("bob", radio=1)]),
    ("setup_in_use", None, [Edit("queue", "service", ASKED), remove("skill", "tv")]),
    ("setup_in_use", None, [remove("group", "north")]),
    ("setup_name_taken", "queue other", [Edit("queue", "other", {"name": "SERVICE"})]),
    ("number_taken", "queue sales", [queue("sales", dids=["1", "00555"])]),
    ("step_out_of_order", "queue service", [Edit("queue", "service", {**ASKED, "steps": [STEP, STEP]})]),
    ("step_leads_back", "queue service", [Edit("queue", "service", {"skills": {"tv": 1}, "steps": [STEP]})]),
    ("step_repeats", "queue service", [Edit("queue", "service", {"skills": {"tv": 2}, "steps": [STEP]})]),
    ("queue_without_anybody", "queue service", [Edit("queue", "service", {"everyone": False})]),
    ("queue_without_anybody", "queue service", [Edit("queue", "service", {"everyone": False, "groups": ["empty"]})]),
    ("queue_without_anybody", "queue service", [Edit("queue", "service", {"skills": {"tv": 4}})]),
    ("queue_without_anybody", "queue service", [Edit("queue", "service", ASKED), remove("profile", "ann")]),
    ("setup_value_wrong", "queue service", [Edit("queue", "service", {"nonsense": 1})]),
    ("setup_value_wrong", "queue service", [Edit("queue", "service", {"ring_seconds": -1})]),
    ("setup_value_wrong", "queue service", [Edit("queue", "service", {"wrap_seconds": 10**12})]),
    ("setup_value_wrong", "queue service", [Edit("queue", "service", {"priority": 10**12})]),
    ("setup_value_wrong", "queue service", [Edit("queue", "service", {"priority": -1})]),
    ("setup_value_wrong", "queue service", [Edit("queue", "service", {"members": "ann"})]),
    ("setup_value_wrong", "queue service", [Edit("queue", "service", {"strategy": "nope"})]),
    ("setup_value_wrong", "queue service", [Edit("queue", "service", {"skills": {"tv": 0}})]),
    ("setup_value_wrong", "queue service", [Edit("queue", "service", {"steps": [{"after_seconds": -5}]})]),
    ("setup_value_wrong", "queue service", [Edit("queue", "service", {"steps": [{**STEP, "skills": {"tv": 9}}]})]),
    ("setup_value_wrong", "queue service", [Edit("queue", "service", {"dids": ["five"]})]),
    ("setup_value_wrong", "queue nameless", [Edit("queue", "nameless", {})]),
    ("setup_value_wrong", "queue No Id", [Edit("queue", "No Id", {"name": "x"})]),
    ("setup_value_wrong", "skill blank", [Edit("skill", "blank", {"name": " "})]),
    ("setup_value_wrong", "profile ann", [profile("ann", tv=99)]),
    ("setup_value_wrong", "profile ann", [Edit("profile", "ann", {"skills": ["tv"]})]),
    ("setup_value_wrong", "trunk one", [Edit("trunk", "one", {"name": "One"})]),
    ("setup_value_wrong", "trunk one", [remove("trunk", "one")]),
    ("setup_value_wrong", "outcome 1", [Edit("dispositions", "dispositions", {"dispositions": [{"label": "x"}]})]),
    ("setup_value_wrong", "dispositions", [Edit("dispositions", "dispositions", {"dispositions": "ann"})]),
    ("setup_unknown", "outcome sale", [outcomes("sale", "nowhere")]),
    ("queue_without_outcome", "queue main", [queue("x"), outcomes("sale", "x"), Edit("queue", "main", MUST)]),
    ("setup_in_use", None, [queue("x"), outcomes("sale", "x"), remove("queue", "x")]),
    ("default_queue_stays", None, [remove("queue", "main")]),
    ("no_such_queue", None, [remove("queue", "none")]),
    ("no_such_setup", None, [remove("skill", "none")]),
    ("setup_changed", None, [Edit("skill", "tv", {"name": "Television"}, 1)]),
    ("setup_changed", None, [Edit("skill", "tv", {"name": "Television"}, 0)]),
    ("queue_changed", None, [Edit("queue", "main", {"name": "First"}, 9)]),
]


@pytest.mark.parametrize(("id", "place", "edits"), BAD)
def test_given_a_set_up_that_cannot_be_then_it_is_refused_by_its_place_and_nothing_changes(
    id: str, place: str | None, edits: list[Edit]
) -> None:
    world = World()
    change(world, *BASE)
    before = rows(world)
    with pytest.raises(TrunklineError) as refused:
        change(world, skill("kept_back"), *edits)
    assert (refused.value.id, isinstance(refused.value, Invalid)) == (id, place is not None)
    if place is not None:
        assert refused.value.details["place"] == place
    if isinstance(refused.value, Refused) and id == "setup_in_use":
        assert refused.value.details["used_by"] == USED_BY[len(edits)]
    assert rows(world) == before


# ── history ─────────────────────────────────────────────────────────────────────────────────────────────


def last_change(world: World) -> SaveSetUpChange:
    return [one for one in world.out.writes if isinstance(one, SaveSetUpChange)][-1]


def test_given_a_change_then_what_was_before_is_kept_under_the_id_that_was_told() -> None:
    world = World()
    change(world, *BASE)
    made = change(world, Edit("queue", "service", {"ring_seconds": 33}), Edit("skill", "tv", {"name": "Tv"}))
    kept = last_change(world)
    assert (kept.id, kept.actor) == (made["change"], "adm")
    (only,) = kept.edits
    assert only.before is not None
    assert only.after is not None
    assert (only.before["ring_seconds"], only.after["ring_seconds"]) == (20, 33)
    assert change(world, Edit("queue", "service", {"ring_seconds": 33}))["change"] is None
