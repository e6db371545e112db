"""Who waits for how long: equals as they came, the bound on being overtaken, and steps that keep the place."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from routing.matching.demand import Caller, Demand, Evaluation, Supply, rank_of
from routing.matching.matcher import Matcher
from tests.unit.routing.matching.scan import START, able, caller, can, supply

pytestmark = pytest.mark.unit

MOST = 600.0
"""The greatest bonus that any of these callers has."""
LEVELS = tuple(Demand(skills=(("es", least),)) for least in range(1, 6))
came = st.lists(
    st.tuples(st.integers(0, 3000), st.sampled_from((0.0, 30.0, 300.0, MOST)), st.sampled_from(LEVELS)),
    min_size=1,
    max_size=30,
)
speaks = st.lists(st.integers(1, 5), min_size=1, max_size=6)


def served(callers: list[Caller], places: dict[str, float], shifts: list[int]) -> list[tuple[float, str, int]]:
    """When who was served by an agent of which level: agents take the calls that have come, each for a minute."""
    matcher, out, now = Matcher(lambda queue: None), [], 0.0
    for number, level in enumerate(shifts):
        matcher.agent_changed(supply(number, away="busy", ability=able(es=level)))
    left = sorted(callers, key=lambda one: places[one.id])
    while now < 6000:
        for one in [one for one in left if places[one.id] <= now]:
            matcher.caller_changed(one)
            left.remove(one)
        for number, level in enumerate(shifts):
            matcher.agent_changed(supply(number, ability=able(es=level)))
            choice = matcher.decide(START + timedelta(seconds=now))
            if choice is not None:
                out.append((now, choice.caller, level))
                matcher.caller_gone(choice.caller)
            matcher.agent_changed(supply(number, away="busy", ability=able(es=level)))
        now += 60.0
    return out


@settings(deadline=None)
@given(came, speaks)
def test_nobody_is_overtaken_by_an_equal_nor_by_whoever_came_later_than_the_bound_allows(
    coming: list[tuple[int, float, Demand]], shifts: list[int]
) -> None:
    callers = [caller(f"c{n:02}", place, demand, bonus) for n, (place, bonus, demand) in enumerate(coming)]
    places = {one.id: place for one, (place, _, _) in zip(callers, coming, strict=True)}
    bonuses = {one.id: bonus for one, (_, bonus, _) in zip(callers, coming, strict=True)}
    asked = {one.id: one.demand for one in callers}
    calls = served(callers, places, shifts)
    at = {name: when for when, name, _ in calls}
    for when, name, level in calls:
        agent = supply(0, ability=able(es=level))
        waiting = [other for other in places if places[other] <= when and at.get(other, 9e9) > when]
        overtaken = [other for other in waiting if other != name and can(asked[other], agent)]
        for other in overtaken:
            later = places[name] - places[other]
            assert later <= MOST - bonuses[other], "nobody who came later than the greatest bonus less the own"
            assert later <= bonuses[name] - bonuses[other]
            equal = (asked[other], bonuses[other]) == (asked[name], bonuses[name])
            assert not equal or later < 0 or (later == 0 and name < other)


@given(st.integers(0, 1000), st.integers(0, 1000), st.sampled_from((0.0, 30.0, MOST)), st.sampled_from((0.0, 60.0)))
def test_scores_grow_alike_so_two_callers_never_change_their_order(
    one: int, other: int, bonus: float, other_bonus: float
) -> None:
    def score(place: datetime, own: float, at: datetime) -> float:
        return (at - place).total_seconds() + own

    first, second = (START + timedelta(seconds=seconds) for seconds in (one, other))
    ahead = rank_of(False, first, bonus, (), "") < rank_of(False, second, other_bonus, (), "")
    for hours in (300, 500):
        at = START + timedelta(hours=hours)
        difference = score(first, bonus, at) - score(second, other_bonus, at)
        assert abs(difference) < 1e-3 or ahead == (difference > 0)


def test_whose_agents_phone_was_lost_goes_before_all_whatever_their_bonus() -> None:
    lost = rank_of(True, START + timedelta(hours=1), 0, (), "z")
    assert lost < rank_of(False, START, 3600, (), "a")


@settings(deadline=None)
@given(st.lists(st.integers(0, 100), min_size=2, max_size=12, unique=True), st.data())
def test_a_caller_whose_step_widens_keeps_the_place(places: list[int], data: st.DataObject) -> None:
    strict, wide = Demand(skills=(("es", 5),)), Demand(skills=(("es", 1),))
    matcher = Matcher(lambda queue: None)
    waiting = [caller(f"c{n:02}", place, strict) for n, place in enumerate(places)]
    for one in waiting:
        matcher.caller_changed(one)
    widened = data.draw(st.lists(st.sampled_from(waiting), unique_by=lambda one: one.id))
    for one in widened:
        matcher.caller_changed(replace(one, demand=wide))
    if data.draw(st.booleans()):
        for one in waiting:
            matcher.caller_changed(replace(one, demand=wide))
        widened = waiting
    order = []
    matcher.agent_changed(supply(0, ability=able(es=1)))
    while (choice := matcher.decide(START)) is not None:
        order.append(choice.caller)
        matcher.caller_gone(choice.caller)
    assert order == [one.id for one in sorted(widened, key=lambda one: one.rank)]


def test_skills_are_all_wanted_or_any_of_them_or_the_best_of_those_who_have_all() -> None:
    asked = {"skills": (("es", 2), ("tax", 2))}
    cases = {"a000": able(es=2, tax=2), "a001": able(es=5, tax=3), "a002": able(es=5), "a003": able(es=1, tax=1)}
    agents = [supply(n, ability=ability) for n, ability in enumerate(cases.values())]

    def chosen(evaluation: Evaluation, free: list[Supply]) -> str | None:
        matcher = Matcher(lambda queue: None)
        for one in free:
            matcher.agent_changed(one)
        matcher.caller_changed(caller("c1", 0, Demand(evaluation=evaluation, **asked)))
        choice = matcher.decide(START)
        return choice.agents[0] if choice is not None else None

    assert chosen(Evaluation.all, agents) == "a000", "equal idle times: the id"
    assert chosen(Evaluation.best, agents) == "a001", "eight levels against four"
    assert chosen(Evaluation.any, agents[2:]) == "a002"
    assert [chosen(one, agents[3:]) for one in Evaluation] == [None] * 3
    assert [chosen(one, agents[2:]) for one in (Evaluation.all, Evaluation.best)] == [None] * 2
