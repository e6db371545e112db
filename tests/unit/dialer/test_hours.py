"""Local times of a number: each wall clock once, and night anywhere is night."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialer.hours import CUSTOMER_NIGHT, NIGHT, NO_ZONE, apart, local_time, local_times, warnings

pytestmark = pytest.mark.unit

NOON = datetime(2026, 7, 1, 12, tzinfo=UTC)


def test_zones_that_agree_are_one_clock() -> None:
    times = local_times({"Europe/Madrid", "Europe/Paris", "Atlantic/Canary"}, NOON)
    assert [f"{one.at:%H:%M}" for one in times] == ["13:00", "14:00"]
    assert times[1].zones == ("Europe/Madrid", "Europe/Paris")
    assert warnings(times) == ()


def test_night_in_one_of_the_zones_wants_a_word() -> None:
    late = NOON.replace(hour=18, minute=59, second=59)
    assert warnings(local_times({"Europe/Madrid"}, late)) == ()
    assert warnings(local_times({"Europe/Madrid"}, late + timedelta(seconds=1))) == (NIGHT,)
    assert warnings(local_times({"Europe/Madrid", "Asia/Tokyo"}, NOON)) == (NIGHT,)


def test_a_number_of_nowhere_wants_a_word() -> None:
    assert warnings(local_times((), NOON)) == (NO_ZONE,)


MADRID = local_times({"Europe/Madrid"}, NOON)


def test_night_where_the_customer_lives_wants_a_word_beside_the_numbers() -> None:
    tokyo = local_time("Asia/Tokyo", NOON)
    assert warnings(MADRID, tokyo) == (CUSTOMER_NIGHT,)
    assert warnings((), tokyo) == (NO_ZONE, CUSTOMER_NIGHT)
    assert warnings(local_times({"Australia/Perth", "Asia/Shanghai"}, NOON), tokyo) == (CUSTOMER_NIGHT,)
    assert warnings(local_times({"Australia/Sydney"}, NOON), tokyo) == (NIGHT, CUSTOMER_NIGHT)
    assert warnings(MADRID, local_time("America/New_York", NOON)) == ()


def test_a_customer_under_the_numbers_own_clock_is_said_once() -> None:
    number = local_times({"Asia/Tokyo", "Europe/Madrid"}, NOON)
    seoul = local_time("Asia/Seoul", NOON)
    assert apart(number, seoul) is None
    assert warnings(number, seoul) == (NIGHT,)


@pytest.mark.parametrize("zone", [None, "", "Nowhere/At_All", "../secret", "/etc/passwd", "a" * 300])
def test_a_customers_zone_that_nobody_knows_wants_no_word(zone: str | None) -> None:
    assert local_time(zone, NOON) is None
    assert warnings(MADRID, None) == ()


@given(st.integers(0, 24 * 366 * 2))
def test_over_every_hour_of_two_years_the_warning_is_the_wall_clocks(hours: int) -> None:
    at = datetime(2025, 1, 1, tzinfo=UTC) + timedelta(hours=hours)
    (one,) = local_times({"Europe/Madrid"}, at)
    assert one.late == (not 8 <= one.at.hour < 21)
