"""The demo company's plan: the same for the same seed, believable, and with something for every case."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import phonenumbers
import pytest

from crm_core.customers.models import NewNumber
from crm_core.customers.numbers import parse
from crm_core.demo import LAST_ENTRY_ID, SHOWCASE, plan
from crm_core.demo.showcase import FAMILY_NUMBER, SWITCHBOARD_NUMBER
from crm_core.shapes import ENTRY_KINDS, LEVELS

pytestmark = pytest.mark.unit

TEXTS = Path("agent_desktop/web/src/i18n")
NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
Rows = dict[str, list[dict[str, Any]]]


@pytest.fixture(scope="module")
def rows() -> Rows:
    found: Rows = defaultdict(list)
    for table, row in plan(7, NOW):
        found[table].append(row)
    return found


def test_the_same_seed_gives_the_same_rows_and_another_seed_others() -> None:
    assert list(plan(3, NOW, customers=60)) == list(plan(3, NOW, customers=60))
    assert list(plan(3, NOW, customers=60)) != list(plan(4, NOW, customers=60))


def test_ids_do_not_depend_on_the_day_so_that_a_load_can_go_on_later() -> None:
    today = {row.get("id") for _, row in plan(3, NOW, customers=60)}
    later = {row.get("id") for _, row in plan(3, NOW.replace(month=12), customers=60)}

    assert today == later


def test_two_thousand_customers_of_many_countries_with_years_of_history(rows: Rows) -> None:
    assert len(rows["customers"]) == 2000
    assert len({row["country"] for row in rows["customers"]}) >= 10
    assert {row["level"] for row in rows["customers"]} == set(LEVELS)
    assert len(rows["timeline"]) >= 40_000
    assert {row["kind"] for row in rows["timeline"]} == set(ENTRY_KINDS)
    assert min(row["at"] for row in rows["timeline"]).year <= 2021
    assert max(row["at"] for row in rows["timeline"]) <= NOW


def test_every_number_is_valid_in_its_country(rows: Rows) -> None:
    countries = {row["id"]: row["country"] for row in rows["customers"]}
    wrong = [
        row["e164"]
        for row in rows["numbers"]
        if not (number := parse(row["e164"], "ES")).valid or number.region != countries[row["customer_id"]]
    ]

    assert wrong == []


@pytest.mark.parametrize("language", ["en", "es", "zh", "ru"])
def test_every_label_of_a_number_has_its_words_in_every_language(rows: Rows, language: str) -> None:
    stored = {row["label"] for row in rows["numbers"]} | {NewNumber(raw="").label}
    texts = json.loads((TEXTS / f"{language}.json").read_text())
    assert {"extension", "family", "mobile", "switchboard"} <= stored
    assert {label for label in stored if label and not texts.get(f"label.{label}")} == set()


def test_ids_are_unique_and_rows_hang_on_customers_that_are_there(rows: Rows) -> None:
    customers = {row["id"] for row in rows["customers"]}
    for table in ("customers", "contacts", "numbers", "devices", "tickets", "timeline"):
        assert max(Counter(row["id"] for row in rows[table]).values()) == 1
        if table != "customers":
            assert {row["customer_id"] for row in rows[table]} <= customers


def test_ticket_numbers_of_a_year_have_no_gaps_and_rise_with_time(rows: Rows) -> None:
    by_year: dict[str, list[str]] = defaultdict(list)
    for row in sorted(rows["tickets"], key=lambda row: (row["created_at"], row["id"])):
        by_year[row["number"][:5]].append(row["number"])
    last = {row["name"]: row["last"] for row in rows["number_ranges"]}

    assert last == {name: len(numbers) for name, numbers in by_year.items()}
    for name, numbers in by_year.items():
        assert numbers == [f"{name}-{n:06d}" for n in range(1, len(numbers) + 1)]


def test_there_is_something_open_of_every_kind_and_people_who_share_a_number(rows: Rows) -> None:
    open_kinds = Counter(row["kind"] for row in rows["timeline"] if row["status"] == "open")
    owners: dict[str, set[str]] = defaultdict(set)
    for row in rows["numbers"]:
        if not row["shared"]:
            owners[row["e164"]].add(row["customer_id"])

    assert min(open_kinds[kind] for kind in ("ticket", "opportunity", "callback")) >= 20
    assert sum(len(one) > 1 for one in owners.values()) >= 10
    assert len(owners[FAMILY_NUMBER]) == 2
    assert any(row["shared"] for row in rows["numbers"] if row["e164"] == SWITCHBOARD_NUMBER)


@pytest.mark.parametrize("one", SHOWCASE, ids=lambda one: one.id)
def test_showcase_customers_have_the_number_and_the_story_that_is_promised(rows: Rows, one: Any) -> None:
    numbers = [row for row in rows["numbers"] if row["e164"] == one.e164]
    story = [row for row in rows["timeline"] if row["customer_id"] == one.id]

    assert [row["customer_id"] for row in numbers] == [one.id]
    assert parse(one.national, one.country).e164 == one.e164
    assert phonenumbers.is_valid_number(phonenumbers.parse(one.e164))
    assert len(story) >= 15
    assert {row["kind"] for row in story if row["status"] == "open"} >= {"ticket", "opportunity"}


def test_the_last_row_is_the_one_that_tells_a_complete_load(rows: Rows) -> None:
    assert rows["timeline"][-1]["id"] == LAST_ENTRY_ID
