"""How names are folded for search, and what a search text is taken to mean."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_core.customers import names
from crm_core.search.queries import Query, read

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("name", "folded"),
    [
        ("Lucía  FERNÁNDEZ", "lucia fernandez"),
        ("O'Brien-Smith, Jr.", "o brien smith jr"),
        ("Jürgen Groß", "jurgen gross"),
        ("Łukasz Sørensen", "lukasz sorensen"),
        ("Фёдор Йолкин", "федор иолкин"),
        ("İstanbul Elektrik", "istanbul elektrik"),
        ("王小明", "王小明"),
        ("김민수", "김민수"),
        ("محمد", "محمد"),
        ("ＡＢＣ", "abc"),
        ("<img onerror=x>", "img onerror x"),
        ("'; --", ""),
    ],
)
def test_case_accents_and_punctuation_do_not_count(name: str, folded: str) -> None:
    assert names.key(name) == folded


def test_words_of_scripts_without_spaces_are_found_from_any_letter() -> None:
    assert names.words(["王小明"]) == ["王小明", "小明", "明"]


def test_mail_addresses_are_words_as_they_are() -> None:
    assert names.words(["Ana"], ["Ana.Gil@Example.com"]) == ["ana.gil@example.com", "ana"]


@given(st.text(max_size=400))
def test_any_name_folds_within_bounds_and_folding_again_changes_nothing(name: str) -> None:
    once = names.key(name)

    assert len(once) <= 600
    assert names.key(once) == once
    assert all(0 < len(word) <= names.MAX_WORD for word in names.words([name]))
    assert len(names.words([name])) <= names.MAX_WORDS


@pytest.mark.parametrize(
    ("text", "ticket"),
    [
        ("T2026-000123", "T2026-000123"),
        ("t2026-0001", "T2026-0001"),
        ("2026-123", "T2026-000123"),
        ("T2026", "T2026"),
        ("T-2026-123", "T2026-000123"),
        ("t 2026-", "T2026-"),
    ],
)
def test_ticket_numbers_are_recognised(text: str, ticket: str) -> None:
    assert read(text, "ES").ticket == ticket


def test_digits_are_taken_as_the_start_or_the_end_of_a_number() -> None:
    query = read("600 111", "ES")

    assert (query.digits, query.number_starts) == ("600111", ("+34600111", "+600111"))
    assert read("020 7946", "GB").number_starts == ("+44207946", "+0207946")
    assert read("+34 600", "GB").number_starts == ("+34600",)


def test_a_trunk_prefix_of_few_countries_is_understood() -> None:
    assert "+79030001234" in read("8 (903) 000-12-34", "ES").number_starts
    assert "+36301234567" in read("06 30 123 4567", "ES").number_starts
    assert read("8 9", "ES").number_starts == ()


def test_a_whole_number_is_looked_up_exactly() -> None:
    assert read("0034 600 111 222", "ES").e164 == ("+34600111222",)


@pytest.mark.parametrize("text", ["", "   ", "\x00\x07", "'", "%", "_"])
def test_a_text_without_meaning_asks_for_nothing(text: str) -> None:
    assert read(text, "ES").empty


def test_an_address_is_looked_up_as_a_whole() -> None:
    assert read("Ana@Exa", "ES") == Query(email="ana@exa")


@given(st.text(max_size=300))
def test_any_text_can_be_read(text: str) -> None:
    query = read(text, "ES")

    assert query.empty or query.words or query.digits or query.ticket or query.email
    assert len(query.words) <= 8
