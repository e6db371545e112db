"""A search on the do-not-call list: what is typed, and which entries it means."""

from __future__ import annotations

import pytest

from crm_core.donotcall.search import Wanted, read

pytestmark = pytest.mark.unit


def fits(text: str, pattern: str, region: str = "ES") -> bool:
    wanted = read(text, region)
    return pattern in wanted.patterns or any(part in pattern for part in wanted.parts)


@pytest.mark.parametrize(
    "text",
    ["600 11 12 22", "+34 600 111 222", "0034600111222", "600-11", "(600) 111", "111222", "22", "34600", "+3460"],
)
def test_given_a_number_or_a_part_of_it_as_people_write_it_then_its_entry_fits(text: str) -> None:
    assert fits(text, "+34600111222")
    assert not fits(text, "+4420794833")


@pytest.mark.parametrize(
    ("text", "pattern", "region"),
    [
        ("020 7946 0958", "+442079460958", "GB"),
        ("020 7946", "+442079460958", "GB"),
        ("+44 (0)20 7946", "+442079460958", "ES"),
        ("8 903 123", "+79031234567", "RU"),
        ("٦٠٠١١١", "+34600111222", "ES"),
        ("+34910470123", "+3491*", "ES"),
        ("910 47 01 23", "+3491*", "ES"),
        ("+3491*", "+3491*", "ES"),
        ("3491*", "+3491*", "ES"),
    ],
)
def test_given_a_way_of_writing_of_the_country_or_a_number_in_a_range_then_the_entry_fits(
    text: str, pattern: str, region: str
) -> None:
    assert fits(text, pattern, region)


def test_given_words_then_they_are_looked_for_in_the_reason_alone() -> None:
    assert read("  Pidió por Correo ", "ES") == Wanted(words=("pidio", "por", "correo"))


def test_given_digits_then_a_reason_with_them_fits_too() -> None:
    assert read("2026", "ES").words == ("2026",)


@pytest.mark.parametrize("text", ["", "!!!", "*", "%", "_"])
def test_given_nothing_that_can_be_read_then_nothing_fits(text: str) -> None:
    assert read(text, "ES") == Wanted()
