"""Traffic is seeded and bounded, and every planned call has an outcome."""

import pytest

from crm_core.demo.showcase import SHOWCASE
from lab.plans import DEMO_CALLERS, CallPlan, Outcome, make_plan, tally
from lab.sipp import outcomes

pytestmark = pytest.mark.unit


def test_the_same_seed_makes_the_same_callers_and_another_others() -> None:
    assert make_plan(50, 20, "5551234", seed=7) == make_plan(50, 20, "5551234", seed=7)
    assert make_plan(50, 20, "5551234", seed=7) != make_plan(50, 20, "5551234", seed=8)


def test_lengths_lie_around_the_mean() -> None:
    lengths = [plan.seconds for plan in make_plan(400, 20, "5551234", seed=1)]

    assert 10 <= min(lengths) <= max(lengths) <= 30
    assert sum(lengths) / len(lengths) == pytest.approx(20, rel=0.05)


@pytest.mark.parametrize("calls", [0, -1, 10_001])
def test_an_unbounded_load_is_refused(calls: int) -> None:
    with pytest.raises(ValueError, match="calls are 1 to"):
        make_plan(calls, 20, "5551234", seed=1)


def test_each_plan_gets_its_own_line_of_the_log_and_lost_calls_are_named() -> None:
    plans = [CallPlan("+341", "A", "5", 4), CallPlan("+342", "B", "5", 4), CallPlan("+341", "C", "5", 4)]
    plans.append(CallPlan("+343", "D", "5", 4))
    lines = ["+341 us 4000.000000", "+342 refused 0", "garbage", "+341 them 1200.000000"]

    found = outcomes(plans, lines)

    assert [(one.ended_by, one.answered, one.seconds) for one in found] == [
        ("caller", True, 4.0),
        ("refused", False, 0.0),
        ("switch", True, 1.2),
        ("lost", False, 0.0),
    ]
    assert [one.plan for one in found] == plans


def test_the_tally_adds_up() -> None:
    plan = CallPlan("+341", "A", "5", 4)
    ends = [("caller", True), ("switch", True), ("refused", False), ("caller", True)]

    counts = tally([Outcome(plan, answered, 1.0, end) for end, answered in ends])

    assert counts == {"calls": 4, "answered": 3, "ended by caller": 2, "ended by switch": 1, "ended by refused": 1}


def test_a_call_as_a_customer_of_the_demo_carries_their_own_name() -> None:
    named = {one.e164: one.name for one in SHOWCASE}

    assert DEMO_CALLERS.items() <= named.items()
