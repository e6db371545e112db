"""The expected wait: what the formula promises for any rates, what recent waits say, and when nothing is said."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from math import isclose

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.estimate import LEAST, Rates, expected_wait, rates, ring_seconds, wait
from routing.recent import Recent, Wait

pytestmark = pytest.mark.unit

AT = datetime(2026, 3, 2, 12, tzinfo=UTC)
NOW = AT.timestamp()

served = st.floats(1e-4, 10)
given_up = st.floats(0, 1)
lines = st.integers(0, 20_000)
waits = st.lists(
    st.tuples(st.floats(-4000, 0), st.floats(0, 2000), st.none() | st.floats(0, 30)).map(
        lambda one: (NOW + one[0], one[1], one[2])
    ),
    max_size=80,
).map(lambda found: tuple(sorted(found, key=lambda one: one[0])))


def steady(every: float, waited: float, many: int, rang: float | None = 0.0) -> tuple[Wait, ...]:
    """Somebody is served (None: gives up) at each step until now, after so long a wait."""
    return tuple((NOW - every * nth, waited, rang) for nth in reversed(range(many)))


@given(served, given_up, lines)
def test_the_wait_is_the_sum_that_the_paper_gives(m: float, a: float, ahead: int) -> None:
    assert isclose(wait(ahead, Rates(m, a, 0)), sum(1 / (m + i * a) for i in range(ahead + 1)), rel_tol=1e-6)


@given(served, given_up, lines, st.floats(0, 30))
def test_more_callers_before_are_more_wait_and_faster_agents_or_less_patience_are_less(
    m: float, a: float, ahead: int, rings: float
) -> None:
    here = wait(ahead, Rates(m, a, rings))
    assert here > rings
    assert wait(ahead + 1, Rates(m, a, rings)) > here
    assert wait(ahead, Rates(m * 2, a, rings)) < here
    assert wait(ahead, Rates(m, a + 0.01, rings)) <= here


@given(waits, lines)
def test_whatever_happened_the_wait_is_a_time_or_not_known(found: tuple[Wait, ...], ahead: int) -> None:
    seconds = expected_wait(ahead, Recent("q", found), AT, AT - timedelta(seconds=60))
    assert seconds is None or 0 < seconds < float("inf")


@given(waits)
def test_waits_told_by_two_queues_or_by_one_say_the_same(found: tuple[Wait, ...]) -> None:
    halves = (Recent("a", found[::2]), Recent("b", found[1::2]))
    one, two = rates([Recent("q", found)], AT), rates(halves, AT)
    assert (one is None) == (two is None)
    if one is not None and two is not None:
        assert isclose(one.served, two.served)
        assert isclose(one.given_up, two.given_up)
        assert isclose(one.rings, two.rings, abs_tol=1e-9)


def test_given_somebody_served_every_ten_seconds_from_a_line_then_five_before_are_a_minute_and_the_ring() -> None:
    assert expected_wait(5, Recent("q", steady(10, 60, 40, rang=4.0)), AT) == pytest.approx(64, rel=0.15)


def test_those_who_give_up_shorten_the_wait_of_those_behind() -> None:
    """As many give up as are served: each who waits 60 s does so with even odds."""
    gone = steady(10, 60, 30, None)
    both = tuple(sorted((*steady(10, 60, 30), *gone), key=lambda one: one[0]))
    found = rates([Recent("q", both)], AT)
    assert found is not None
    assert found.given_up == pytest.approx(1 / 120)
    patient = expected_wait(10, Recent("q", steady(10, 60, 30)), AT)
    hurried = expected_wait(10, Recent("q", both), AT)
    assert patient is not None
    assert hurried is not None
    assert hurried < patient


@pytest.mark.parametrize(
    "found",
    [
        (),
        steady(10, 60, LEAST - 1),
        steady(10, 0.2, 40),
        steady(10, 60, 40, None),
        tuple((end - 7200, waited, rang) for end, waited, rang in steady(10, 60, 40)),
    ],
    ids=["nothing", "too few", "nobody had to wait", "all gave up", "long ago"],
)
def test_given_too_little_is_known_then_nothing_is_said(found: tuple[Wait, ...]) -> None:
    assert expected_wait(3, Recent("q", found), AT) is None


def test_a_line_that_has_come_to_a_stand_is_seen_by_how_long_the_first_in_it_waits() -> None:
    before = tuple((end - 600, waited, rang) for end, waited, rang in steady(10, 60, 40))
    found = Recent("q", before)
    moving, standing = expected_wait(2, found, AT), expected_wait(2, found, AT, AT - timedelta(seconds=660))
    assert moving is not None
    assert standing is not None
    assert standing > 2 * moving


def test_time_in_which_nobody_waited_does_not_count_as_slow() -> None:
    """Two rushes with a quiet quarter of an hour between them."""
    rush = steady(5, 20, 20)
    earlier = tuple((end - 900, waited, rang) for end, waited, rang in rush)
    found = rates([Recent("q", earlier + rush)], AT)
    assert found is not None
    assert found.served == pytest.approx(40 / 230, rel=0.02)


def test_of_the_time_before_what_is_kept_nothing_is_concluded() -> None:
    """The oldest waits that are kept were served after an hour in line: of the others of that hour nothing is there."""
    kept = Recent("q", steady(10, 3600, 40), since=NOW - 400)
    found = rates([kept], AT)
    assert found is not None
    assert found.served == pytest.approx(0.1)


def test_the_ring_is_that_of_those_who_were_served_at_once_too() -> None:
    assert ring_seconds([Recent("q", steady(10, 0, 3, 4.0))], AT) == 4.0
    assert ring_seconds([], AT) == 0.0
