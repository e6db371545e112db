"""Finding a customer by whatever somebody types, on both databases."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlalchemy import func, select

from crm_core.customers.service import SEARCH_LIMIT
from crm_core.customers.tables import customers
from crm_core.tickets.models import NewTicket

if TYPE_CHECKING:
    from tests.integration.crm.conftest import Crm

pytestmark = pytest.mark.integration


@pytest.fixture
async def people(crm: Crm) -> dict[str, str]:
    """Ids by name."""
    known = [
        ("Lucía Fernández Ortega", "600111222", "lucia@example.com"),
        ("James O'Brien", "+442079460123", "james@example.org"),
        ("王小明", "+8613800001234", None),
        ("Анна Смирнова", "+79030001234", None),
        ("محمد العتيبي", "+966500001234", None),
        ("Jürgen Groß", "+493023125123", None),
        ("50% Off_Deals, S.L.", "910001111", None),
    ]
    return {
        name: await crm.customer(name, number, **({"email": email} if email else {})) for name, number, email in known
    }


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("luc", "Lucía Fernández Ortega"),
        ("LUCÍA", "Lucía Fernández Ortega"),
        ("fernandez luc", "Lucía Fernández Ortega"),
        ("ortega", "Lucía Fernández Ortega"),
        ("rnánd", "Lucía Fernández Ortega"),
        ("lucia@ex", "Lucía Fernández Ortega"),
        ("600111222", "Lucía Fernández Ortega"),
        ("600 11", "Lucía Fernández Ortega"),
        ("0034600", "Lucía Fernández Ortega"),
        ("+34 600", "Lucía Fernández Ortega"),
        ("11222", "Lucía Fernández Ortega"),
        ("0111", "Lucía Fernández Ortega"),
        ("o'brien", "James O'Brien"),
        ("brien", "James O'Brien"),
        ("020 7946", "James O'Brien"),
        ("王", "王小明"),
        ("小明", "王小明"),
        ("смирн", "Анна Смирнова"),
        ("محمد", "محمد العتيبي"),
        ("gross", "Jürgen Groß"),
        ("groß", "Jürgen Groß"),
        ("50%", "50% Off_Deals, S.L."),
        ("off_deals", "50% Off_Deals, S.L."),
    ],
)
async def test_customers_are_found_by_parts_of_what_is_known(
    crm: Crm, people: dict[str, str], text: str, name: str
) -> None:
    found = await crm.customers.search(text)

    assert people[name] in [card["id"] for card in found]
    if text.replace(" ", "").isalpha():
        assert [card["name"] for card in found] == [name]


@pytest.mark.parametrize(
    "text",
    ["'; DROP TABLE customers; --", "' OR '1'='1", '" OR 1=1', "%", "_", "%%%", "\\", "x' UNION SELECT * FROM staff--",
     "\x00", "\ud800", "  ", "1; DELETE FROM numbers", "lucía\x00' --", "T2026-'; DROP TABLE tickets", "a" * 5000],
)  # fmt: skip
async def test_no_text_reaches_the_database_as_anything_but_a_value(
    crm: Crm, people: dict[str, str], text: str
) -> None:
    found = await crm.customers.search(text)

    assert len(found) < len(people)
    async with crm.db.connect() as connection:
        assert (await connection.execute(select(func.count()).select_from(customers))).scalar_one() == len(people)


async def test_a_ticket_number_finds_its_customer(crm: Crm, people: dict[str, str]) -> None:
    lucia = people["Lucía Fernández Ortega"]
    await crm.tickets.create(NewTicket(customer_id=people["王小明"], subject="one", category="fault"), crm.ana)
    await crm.tickets.create(NewTicket(customer_id=lucia, subject="two", category="fault"), crm.ana)

    for text in ("T2026-000002", "t2026-000002", "2026-2"):
        assert [card["id"] for card in await crm.customers.search(text)] == [lucia]


async def test_the_best_match_comes_first_and_the_list_is_bounded(crm: Crm) -> None:
    for n in range(30):
        await crm.customer(f"Ana Belén {n}")
    exact = await crm.customer("Ana")

    found = await crm.customers.search("ana")

    assert len(found) == SEARCH_LIMIT
    assert found[0]["id"] == exact
