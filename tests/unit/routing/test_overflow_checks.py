"""Ways out of queues that cannot be are refused, with the place named; what runs goes on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from kernel.codec import plain
from kernel.errors import Invalid, Refused
from routing.queuerows import Queue
from routing.setupcheck import SetUp, check
from routing.setupvalues import made
from routing.teamwork import Group
from routing.tiers import Destination, EmptyRules, Factor, Goes, Tier, When

pytestmark = pytest.mark.unit

GROUPS = {"north": Group("north", "North"), "south": Group("south", "South")}


def to(queue: str) -> Destination:
    return Destination(Goes.queue, queue_id=queue)


def after(
    seconds: int, to: Destination | None = None, *groups: str, when: When = When.waited, percent: int = 0
) -> Tier:
    return Tier(when, seconds, percent, groups, to)


def queue(id: str, *tiers: Tier, **more: Any) -> Queue:
    return Queue(id, id.title(), overflow=tiers, **more)


def refusal(*queues: Queue, removed: str = "") -> tuple[str, Mapping[str, object]] | None:
    gone = frozenset({("queue", removed)}) if removed else frozenset[tuple[str, str]]()
    try:
        check(SetUp({}, GROUPS, {}, {one.id: one for one in queues}, removed=gone))
    except (Invalid, Refused) as refused:
        return refused.id, refused.details
    return None


def test_given_a_tier_to_its_own_queue_then_it_is_refused() -> None:
    found = refusal(queue("a", after(10, to("a"))))
    assert found is not None
    assert found[0] == "overflow_leads_back"
    assert (found[1]["place"], found[1]["field"], found[1]["path"]) == ("queue a", "overflow", "a > a")


def test_given_a_way_back_over_tiers_and_rules_of_other_queues_then_it_is_refused_with_the_path() -> None:
    a = queue("a", after(10, to("b")))
    b = queue("b", empty=EmptyRules(join=(Factor.nobody_ready,), join_to=to("c")))
    c = queue("c", empty=EmptyRules(leave=(Factor.all_paused,), leave_to=to("a")))
    found = refusal(a, b, c)
    assert found is not None
    assert (found[0], found[1]["path"]) == ("overflow_leads_back", "a > b > c > a")
    assert refusal(a, b, queue("c")) is None
    unused = queue("c", empty=EmptyRules(leave_to=to("a")))
    assert refusal(a, b, unused) is None, "a destination without a factor is never gone to"


def test_given_a_queue_that_is_not_there_then_its_name_is_refused_and_a_removal_that_others_lead_to() -> None:
    found = refusal(queue("a", after(10, to("b"))))
    assert found is not None
    assert (found[0], found[1]["name"], found[1]["field"]) == ("setup_unknown", "b", "overflow")
    gone = refusal(queue("a", empty=EmptyRules(join=(Factor.all_busy,), join_to=to("b"))), removed="b")
    assert gone is not None
    assert (gone[0], gone[1]["used_by"]) == ("setup_in_use", ["queue a"])


def test_given_a_group_that_is_not_there_then_it_is_refused() -> None:
    found = refusal(queue("a", after(10, None, "west"), everyone=False, members=("ann",)))
    assert found is not None
    assert (found[0], found[1]["kind"], found[1]["field"]) == ("setup_unknown", "group", "overflow")


@pytest.mark.parametrize(
    ("tiers", "nth"),
    [
        ((after(30, to("b")), after(40, None, "south")), 2),
        ((after(40, None, "south"), after(30, to("b"))), 1),
        ((after(5, to("b"), when=When.nobody_ready), after(9, to("c"), when=When.nobody_ready)), 2),
        (
            (
                after(20, to("b"), when=When.service_level, percent=80),
                after(20, to("c"), when=When.service_level, percent=60),
            ),
            2,
        ),
    ],
)
def test_given_a_tier_that_comes_when_everybody_has_gone_then_it_is_refused(tiers: tuple[Tier, ...], nth: int) -> None:
    found = refusal(queue("a", *tiers, everyone=False, members=("ann",)), queue("b"), queue("c"))
    assert found is not None
    assert (found[0], found[1]["tier"]) == ("tier_never_comes", nth)


def test_given_an_outside_number_before_it_then_a_later_tier_can_come_for_nobody_may_answer_there() -> None:
    outside = Destination(Goes.outside, number="+34911222333")
    assert refusal(queue("a", after(30, outside), after(60, to("b"))), queue("b")) is None


def test_given_a_tier_that_lets_nobody_in_then_it_is_refused() -> None:
    for one in (
        queue("a", after(10, None, "north")),
        queue("a", after(10, None, "north"), everyone=False, groups=("north",), members=("ann",)),
    ):
        found = refusal(one)
        assert found is not None
        assert found[0] == "tier_repeats"


@pytest.mark.parametrize(
    "values",
    [
        {"overflow": [{"when": "waited", "seconds": 0, "groups": ["north"]}]},
        {"overflow": [{"when": "service_level", "seconds": 20, "percent": 0, "groups": ["north"]}]},
        {"overflow": [{"when": "waited", "seconds": 5}]},
        {"overflow": [{"when": "waited", "seconds": 5, "groups": ["north"], "to": plain(to("b"))}]},
        {"overflow": [{"when": "waited", "seconds": 5, "to": {"kind": "outside", "number": "112"}}]},
        {"overflow": [{"when": "waited", "seconds": 5, "to": {"kind": "queue"}}]},
        {"overflow": [{"when": "full_moon", "seconds": 5, "groups": ["north"]}]},
        {"empty": {"join": ["raining"]}},
        {"empty": {"grace_seconds": -1}},
    ],
)
def test_values_that_cannot_be_are_refused_with_the_field(values: dict[str, Any]) -> None:
    with pytest.raises(Invalid) as refused:
        made(Queue, "queue a", {"id": "a", "name": "A", **values})
    assert refused.value.id == "setup_value_wrong"
    assert refused.value.details["field"] in values
