"""Finding a customer by whatever somebody types, on both databases."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlalchemy import func, select

from crm_core.customers.models import Device, NewNumber
from crm_core.customers.service import SEARCH_LIMIT
from crm_core.customers.store import insert_device
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
        ("8 (903) 000-12-34", "Анна Смирнова"),
        ("8 903", "Анна Смирнова"),
        ("89030001234", "Анна Смирнова"),
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


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("lucía", {"by": "name", "text": "", "ref": None}),
        ("600 11", {"by": "number", "text": "600 11 12 22", "ref": None}),
        ("lucia@ex", {"by": "email", "text": "lucia@example.com", "ref": None}),
        ("8 903 000", {"by": "number", "text": "+7 903 000-12-34", "ref": None}),
    ],
)
async def test_a_hit_says_what_fits(crm: Crm, people: dict[str, str], text: str, found: dict[str, str]) -> None:
    assert [card["found"] for card in await crm.customers.search(text)] == [found]


async def test_a_switchboard_is_found_by_its_people_and_says_who_answers_where(crm: Crm) -> None:
    hotel = await crm.customer("Hotel Miramar", kind="company")
    marta = await crm.customers.add_contact(hotel, "Marta Gil", position="Purchasing")
    await crm.customers.add_number(hotel, NewNumber(raw="910 22 33 44 ext. 12", contact_id=marta.id, shared=True))

    (by_name,) = await crm.customers.search("gil")
    (by_number,) = await crm.customers.search("910 22 33")

    assert (by_name["id"], by_name["found"]) == (
        hotel,
        {"by": "contact", "text": "Marta Gil · Purchasing", "ref": None},
    )
    assert by_number["found"] == {"by": "number", "text": "910 22 33 44 #12 · Marta Gil", "ref": None}
    assert by_number["numbers"] == [
        {"e164": "+34910223344", "national": "910 22 33 44", "label": "", "extension": "12", "contact": "Marta Gil",
         "shared": True, "zones": ["Europe/Madrid"]}
    ]  # fmt: skip


async def test_the_beginning_of_ticket_numbers_lists_the_tickets(crm: Crm, people: dict[str, str]) -> None:
    lucia = people["Lucía Fernández Ortega"]
    made = [
        await crm.tickets.create(NewTicket(customer_id=lucia, subject=word, category="fault"), crm.ana)
        for word in ("one", "two")
    ]

    found = await crm.customers.search("T-2026-")

    assert [card["id"] for card in found] == [lucia, lucia]
    assert [card["found"] for card in found] == [
        {"by": "ticket", "text": f"{one['number']} {one['subject']}", "ref": one["id"]} for one in reversed(made)
    ]


async def test_a_serial_number_finds_the_owner(crm: Crm, people: dict[str, str]) -> None:
    row = Device("de-1", people["James O'Brien"], "Heat pump", "Nordvik 8", "NV2405-118203", None, None)
    async with crm.db.begin() as connection:
        await insert_device(connection, row)

    (found,) = await crm.customers.search("nv2405-118203")

    assert found["found"] == {"by": "serial", "text": "NV2405-118203 Nordvik 8", "ref": None}


async def test_the_best_match_comes_first_and_the_list_is_bounded(crm: Crm) -> None:
    for n in range(30):
        await crm.customer(f"Ana Belén {n}")
    exact = await crm.customer("Ana")

    found = await crm.customers.search("ana")

    assert len(found) == SEARCH_LIMIT
    assert found[0]["id"] == exact
