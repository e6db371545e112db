"""Whoever can serve a caller at one step can at the next: for each set-up that is accepted, and only for those."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise, product
from typing import Any

import pytest

from kernel.errors import Invalid
from routing.demands import demands_of
from routing.matching.demand import Ability, Demand, unfit
from routing.matching.matcher import Matcher
from routing.queuerows import Queue
from routing.setupcheck import SetUp, check
from routing.teamwork import Evaluation, Group, Profile, Skill, Step
from tests.unit.routing.matching.scan import supply

pytestmark = pytest.mark.unit

SKILLS, GROUPS = ("audio", "tv"), ("north", "south")
MAPS = [
    {name: level for name, level in zip(SKILLS, levels, strict=True) if level} for levels in product(range(3), repeat=2)
]
ABILITIES = [Ability(skills, frozenset(groups)) for skills in MAPS for groups in ((), ("north",), ("south",))]
THERE: dict[str, Any] = {
    "skills": {name: Skill(name, name) for name in SKILLS},
    "groups": {name: Group(name, name) for name in GROUPS},
    "profiles": {"ann": Profile("ann", {"audio": 2, "tv": 2}, ("north",))},
}


def queues(evaluation: Evaluation) -> Iterator[Queue]:
    """All queues of two skills at two levels with two steps, the first of which lets a group in."""
    for asked, first, second in product(MAPS, repeat=3):
        steps = (Step(10, first, ("south",)), Step(20, second))
        yield Queue("q", "Q", everyone=False, groups=("north",), skills=asked, evaluation=evaluation, steps=steps)


def refusal(queue: Queue, **more: Any) -> str | None:
    try:
        check(SetUp(**{**THERE, **more}, queues={queue.id: queue}))
    except Invalid as refused:
        return refused.id
    return None


def shuts_out(queue: Queue) -> bool:
    """Whether somebody who fits at a step does not at the next."""
    return any(
        unfit(before, "x", one) is None and unfit(after, "x", one) is not None
        for before, after in pairwise(demands_of(queue))
        for one in ABILITIES
    )


@pytest.mark.parametrize("evaluation", list(Evaluation))
def test_a_queue_is_refused_for_leading_back_where_a_step_shuts_somebody_out_and_nowhere_else(
    evaluation: Evaluation,
) -> None:
    found = {None: 0, "step_leads_back": 0, "step_repeats": 0}
    for queue in queues(evaluation):
        refused = refusal(queue)
        found[refused] += 1
        assert (refused == "step_leads_back") == shuts_out(queue) or refused == "step_repeats", queue
        if refused is None:
            assert not shuts_out(queue), queue
    assert all(found.values()), found


@pytest.mark.parametrize("evaluation", list(Evaluation))
def test_whoever_serves_a_queue_at_any_step_serves_it_at_the_last_so_nobody_is_taken_for_not_serving(
    evaluation: Evaluation,
) -> None:
    for queue in filter(lambda one: refusal(one) is None, queues(evaluation)):
        *earlier, last = demands_of(queue)
        for one in ABILITIES:
            assert unfit(last, "x", one) is None or all(unfit(each, "x", one) for each in earlier)


# ── what it costs where there are many ──────────────────────────────────────────────────────────────────

MANY = 2000


class Counted(str):
    """An id that counts how often it is compared."""

    compared = 0

    def __eq__(self, other: object) -> bool:
        Counted.compared += 1
        return super().__eq__(other)

    __hash__ = str.__hash__


@pytest.fixture(name="members")
def _members() -> tuple[str, ...]:
    Counted.compared = 0
    return tuple(Counted(f"a{number:03}") for number in range(MANY))


def test_agents_of_a_queue_with_many_members_are_looked_up_and_not_searched_for(members: tuple[str, ...]) -> None:
    matcher = Matcher(lambda queue: None)
    matcher.keep([Demand(everyone=False, members=members)])
    for number in range(MANY):
        matcher.agent_changed(supply(number))
    assert 0 < Counted.compared < 20 * MANY


def test_whether_somebody_serves_a_queue_with_many_members_is_looked_up_and_not_searched_for(
    members: tuple[str, ...],
) -> None:
    names = [f"a{number:03}" for number in range(MANY)]
    profiles = {name: Profile(name, {"tv": 1}) for name in names} | {names[-1]: Profile(names[-1], {"tv": 2})}
    queue = Queue("q", "Q", everyone=False, members=members, skills={"tv": 2})
    assert refusal(queue, profiles=profiles) is None
    assert 0 < Counted.compared < 20 * MANY
