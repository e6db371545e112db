"""Ids sort by time, are unique, and none is a prefix of another."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.errors import Invalid
from kernel.ids import ALPHABET, RANDOM_BITS, made_at, make_id, new_id

pytestmark = pytest.mark.unit

times = st.datetimes(datetime(1970, 1, 1), datetime(9999, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
chances = st.integers(0, 2**RANDOM_BITS - 1)


@given(times, chances)
def test_an_id_tells_when_it_was_made(at: datetime, chance: int) -> None:
    id = make_id("tkt", at, chance)

    prefix, letters = id.split("-")
    assert (prefix, len(letters)) == ("tkt", 26)
    assert set(letters) <= set(ALPHABET)
    assert timedelta() <= at - made_at(id) < timedelta(milliseconds=1)
    assert make_id("tkt", at, chance) == id


@given(times, times, chances, chances)
def test_ids_sort_by_time(first: datetime, second: datetime, one: int, other: int) -> None:
    before, after = sorted([first, second])
    if after - before >= timedelta(milliseconds=1):
        assert make_id("x", before, one) < make_id("x", after, other)


@given(times, chances, chances)
def test_other_chances_give_other_ids_and_none_is_a_prefix(at: datetime, one: int, other: int) -> None:
    ids = {make_id(prefix, at, chance) for prefix in ("x", "xy") for chance in (one, other)}

    assert len(ids) == 2 * len({one, other})
    assert not any(a != b and b.startswith(a) for a in ids for b in ids)


def test_new_ids_are_unique_and_of_now() -> None:
    ids = [new_id("leg") for _ in range(5000)]

    assert len(set(ids)) == 5000
    assert abs(made_at(ids[-1]) - datetime.now(UTC)) < timedelta(minutes=1)


@pytest.mark.parametrize("prefix", ["", "A", "a-b", "ä", "1a", "a" * 13, "a\n"])
def test_a_bad_prefix_is_an_error(prefix: str) -> None:
    with pytest.raises(ValueError, match="prefix"):
        make_id(prefix, datetime(2025, 1, 1, tzinfo=UTC), 0)


@pytest.mark.parametrize("chance", [-1, 1 << RANDOM_BITS])
def test_too_much_randomness_is_an_error(chance: int) -> None:
    with pytest.raises(ValueError, match="range"):
        make_id("a", datetime(2025, 1, 1, tzinfo=UTC), chance)


@pytest.mark.parametrize(
    "text", ["", "x", "x-", "x-" + "z" * 26, "x-" + "0" * 25, "x-" + "0" * 27, "x-" + "u" * 26, "-" + "0" * 26]
)
def test_what_is_no_id_is_refused(text: str) -> None:
    with pytest.raises(Invalid, match="not an id"):
        made_at(text)
