"""With one skill the simulated day is the textbook's: Erlang C without, Erlang A with people who give up."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Sequence
from math import sqrt
from typing import Any

import pytest

from lab.simulation import Fate, Plan, Stream, people, simulate
from routing.queuerows import Queue
from tests.support.counts import counted
from tests.unit.lab.erlang import Expected, Load, erlang_a, erlang_c

pytestmark = pytest.mark.timeout(900)

TALK = 180.0
POINTS = [(agents, busy) for agents in (2, 4, 8, 15) for busy in (0.65, 0.75, 0.85)]
"""Agents, and the share of their time that the offered calls would take: twelve load points."""
CROWDED = [(agents, busy) for agents in (2, 4, 8, 15) for busy in (0.75, 0.95, 1.2)]
"""With people who give up more may be offered than can be served."""
STUDENT = {6: 6.869, 20: 3.883}
"""Student's t, two-sided 99.9 %, by number of days; fixed seeds make the verdict the same each time."""
FEW, MANY = (6, 400, 20), (20, 800, 60)
"""Days; callers that count in each; and after how many mean talks, when the day has forgotten how it began."""


NAMES = ("agents", "busy", "days", "calls", "beginning")


def cases(points: list[tuple[int, float]]) -> list[Any]:
    """Every other point in each run, all of them in the soak."""
    return counted([(*one, *FEW) for one in points[::2]], [(*one, *MANY) for one in points])


def played(load: Load, days: int, calls: int, beginning: int) -> list[list[Fate]]:
    """The callers of so many days, each without its beginning."""
    warm_up = beginning * TALK
    hours = (warm_up + calls / load.rate) / 3600
    stream = Stream(Queue("main", "Main"), (load.rate * 3600,))
    plan = Plan(people(load.agents), (stream,), hours, talk=load.talk, patience=load.patience)
    return [simulate(plan, seed).since(warm_up) for seed in range(days)]


def must_agree(found: Sequence[float], expected: float, what: str) -> None:
    """The formula's value lies in the confidence interval of the days' means."""
    error = statistics.stdev(found) / sqrt(len(found))
    off = abs(statistics.mean(found) - expected)
    assert off <= STUDENT[len(found)] * error + 1e-9, (
        f"{what}: {statistics.mean(found)} +- {error}, {expected} by formula"
    )


def share(day: list[Fate], holds: Callable[[Fate], bool]) -> float:
    return sum(map(holds, day)) / len(day)


def must_be(days: list[list[Fate]], expected: Expected) -> None:
    must_agree([share(day, lambda one: one.waited > 0) for day in days], expected.waits, "share that waits")
    must_agree([statistics.mean(one.waited for one in day) for day in days], expected.mean_wait, "mean wait")
    if expected.within_20 is not None:
        within = [share(day, lambda one: one.waited <= 20) for day in days]
        must_agree(within, expected.within_20, "share served in 20 s")
    if expected.gives_up:
        gave_up = [share(day, lambda one: one.agent_id is None) for day in days]
        must_agree(gave_up, expected.gives_up, "share that gives up")


@pytest.mark.parametrize(NAMES, cases(POINTS))
def test_given_people_who_wait_for_ever_then_waits_are_erlangs(
    agents: int, busy: float, days: int, calls: int, beginning: int
) -> None:
    load = Load(agents, agents * busy / TALK, TALK)
    must_be(played(load, days, calls, beginning), erlang_c(load))


@pytest.mark.parametrize(NAMES, cases(CROWDED))
def test_given_people_who_give_up_then_waits_and_losses_are_palms(
    agents: int, busy: float, days: int, calls: int, beginning: int
) -> None:
    load = Load(agents, agents * busy / TALK, TALK, patience=120.0)
    must_be(played(load, days, calls, beginning), erlang_a(load))
