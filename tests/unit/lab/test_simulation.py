"""The simulated day: the same each time, with wrap-up, breaks and skills as at work; and its oracle's own checks."""

from __future__ import annotations

import statistics
import time
from collections import Counter

import pytest

from lab.simulation import Plan, Stream, people, simulate
from routing.queuerows import Queue, Strategy
from routing.teamwork import Profile
from tests.unit.lab.erlang import Load, erlang_a, erlang_c

pytestmark = pytest.mark.unit

MAIN = Queue("main", "Main")


def test_the_same_plan_and_seed_are_the_same_day_and_another_seed_is_another() -> None:
    plan = Plan(people(5), (Stream(MAIN, (80.0,)),), hours=1, wrap=20, patience=60, answers=3, breaks=120)
    first, again, other = simulate(plan, 1), simulate(plan, 1), simulate(plan, 2)
    assert (first.fates, first.messages) == (again.fates, again.messages)
    assert first.fates != other.fates
    assert {one.agent_id is None for one in first.fates} == {True, False}, "some gave up"


def test_callers_are_served_in_the_order_in_which_they_came() -> None:
    day = simulate(Plan(people(4), (Stream(MAIN, (100.0,)),), hours=1.0), 3)
    served = [one.came + one.waited for one in day.fates]
    assert served == sorted(served)
    assert all(one.agent_id is not None for one in day.fates)


def test_wrap_up_and_breaks_take_agents_away_so_callers_wait_for_longer() -> None:
    def wait(**more: float) -> float:
        day = simulate(Plan(people(6), (Stream(MAIN, (90.0,)),), hours=2, talk=180, patience=600, **more), 1)
        return statistics.mean(one.waited for one in day.fates)

    alone = wait()
    assert wait(wrap=60) > 2 * alone
    assert wait(breaks=1200, break_every=1200) > 2 * alone


def test_who_asks_for_a_skill_gets_somebody_who_has_it_and_work_is_shared_out() -> None:
    spanish = Queue("es", "Spanish", skills={"es": 3}, dids=("555",), strategy=Strategy.fewest_calls)
    agents = (Profile("ana", {"es": 4}), Profile("ben", {"es": 3}), Profile("cho", {"es": 2}), Profile("dan"))
    day = simulate(Plan(agents, (Stream(spanish, (20.0,)), Stream(MAIN, (20.0,))), hours=4, patience=300), 1)
    by = {queue: Counter(one.agent_id for one in day.fates if one.queue_id == queue) for queue in ("es", "main")}
    assert set(by["es"]) <= {"ana", "ben", None}
    assert set(by["main"]) >= {"ana", "ben", "cho", "dan"}
    assert abs(by["es"]["ana"] - by["es"]["ben"]) < 0.5 * by["es"]["ana"]


def test_an_hour_of_two_hundred_agents_is_a_few_seconds() -> None:
    plan = Plan(people(200), (Stream(MAIN, (2000.0,)),), hours=0.5, talk=240, wrap=60, patience=120, answers=4)
    began = time.process_time()
    day = simulate(plan, 1)
    assert len(day.fates) > 900
    assert time.process_time() - began < 30


def test_the_formulas_give_what_the_literature_has_in_its_tables() -> None:
    """Erlang C of 10 agents offered 8 Erlangs: 0.4092 (tables of the M/M/c queue). Where nearly nobody gives up, the
    Erlang A queue is that one; where there are so many agents that nobody waits, nobody gives up."""
    found = erlang_c(Load(10, 8 / 180, 180))
    assert found.waits == pytest.approx(0.40918, abs=1e-4)
    assert found.mean_wait == pytest.approx(0.40918 * 180 / 2, abs=1e-2)
    patient = erlang_a(Load(10, 8 / 180, 180, patience=1e9))
    assert patient.waits == pytest.approx(found.waits, rel=1e-4)
    assert patient.mean_wait == pytest.approx(found.mean_wait, rel=1e-4)
    assert erlang_a(Load(60, 8 / 180, 180, patience=60)).gives_up < 1e-9
