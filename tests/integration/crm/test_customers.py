"""Who is calling, and the customer's card, on both databases."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlalchemy import insert

from crm_core.customers.models import MatchKind, NewCustomer, NewNumber
from crm_core.people.tables import staff
from kernel.errors import Invalid, NotFound, Refused

if TYPE_CHECKING:
    from tests.integration.crm.conftest import Crm

pytestmark = pytest.mark.integration


@pytest.mark.parametrize("stored", ["600 111 222", "+34 600 111 222"])
@pytest.mark.parametrize(
    "calling", ["600111222", "+34600111222", "0034600111222", "34600111222", "sip:+34600111222@192.0.2.1"]
)
async def test_national_and_international_forms_are_one_customer(crm: Crm, stored: str, calling: str) -> None:
    customer = await crm.customer(number=stored, level="vip", language="es")

    match = await crm.customers.identify(calling)

    assert (match.kind, match.customer_id, match.level, match.language) == (MatchKind.KNOWN, customer, "vip", "es")


async def test_a_number_of_two_customers_links_neither(crm: Crm) -> None:
    both = {await crm.customer("Carmen", "600333444"), await crm.customer("Rocío", "+34600333444")}

    match = await crm.customers.identify("600333444")

    assert (match.kind, match.customer_id, set(match.candidate_ids)) == (MatchKind.MAYBE, None, both)


async def test_a_shared_switchboard_never_links(crm: Crm) -> None:
    hotel = await crm.customer("Hotel Miramar", kind="company")
    await crm.customers.add_number(hotel, NewNumber(raw="910009000", label="switchboard", shared=True))

    match = await crm.customers.identify("+34910009000")

    assert (match.kind, match.customer_id, match.candidate_ids) == (MatchKind.MAYBE, None, (hotel,))


async def test_a_switchboard_that_is_also_somebodys_own_number_links_nobody(crm: Crm) -> None:
    owner = await crm.customer("Owner", "910009000")
    hotel = await crm.customer("Hotel", kind="company")
    await crm.customers.add_number(hotel, NewNumber(raw="910009000", shared=True))

    match = await crm.customers.identify("910009000")

    assert (match.kind, match.customer_id, set(match.candidate_ids)) == (MatchKind.MAYBE, None, {owner, hotel})


async def test_a_persons_own_line_names_the_company_and_the_person(crm: Crm) -> None:
    hotel = await crm.customer("Hotel Miramar", kind="company")
    pilar = await crm.customers.add_contact(hotel, name="Pilar Cortés", department="Compras")
    await crm.customers.add_number(hotel, NewNumber(raw="600777888", contact_id=pilar.id))

    match = await crm.customers.identify("600777888")

    assert (match.kind, match.customer_id, match.contact_id) == (MatchKind.KNOWN, hotel, pilar.id)


@pytest.mark.parametrize(
    ("calling", "kind"),
    [
        ("anonymous", "withheld"),
        (None, "withheld"),
        ("201", "unknown"),
        ("699999999", "unknown"),
        ("x" * 300, "unknown"),
    ],
)
async def test_callers_without_a_known_number_are_told_apart(crm: Crm, calling: str | None, kind: str) -> None:
    await crm.customer(number="600111222")

    assert (await crm.customers.identify(calling)).kind == kind


async def test_the_card_has_everything_the_screen_shows(crm: Crm) -> None:
    person = {"id": "st-1", "login": "ana", "login_key": "ana", "name": "Ana Ruiz", "password_hash": "-", "roles": [],
              "language": "es", "active": True, "created_at": crm.clock.now()}  # fmt: skip
    async with crm.db.begin() as connection:
        await connection.execute(insert(staff), [person])
    company = await crm.customer("Hotel Miramar", kind="company")
    customer = await crm.customer(
        number="600111222", email="lucia@example.com", city="Madrid", company_id=company, owner_id="st-1",
        time_zone="Europe/Madrid", level="vip", language="es",
    )  # fmt: skip
    await crm.customers.add_number(customer, NewNumber(raw="+44 20 7946 0123", label="London"))

    plain = {"extension": None, "contact": None, "shared": False}
    spain, uk = ["Atlantic/Canary", "Europe/Madrid"], ["Europe/London"]
    assert await crm.customers.card(customer) == {
        "id": customer,
        "name": "Lucía Fernández",
        "kind": "person",
        "level": "vip",
        "language": "es",
        "number": "+34600111222",
        "numbers": [
            {"e164": "+34600111222", "national": "600 11 12 22", "label": "", **plain, "zones": spain},
            {"e164": "+442079460123", "national": "+44 20 7946 0123", "label": "London", **plain, "zones": uk},
        ],
        "email": "lucia@example.com",
        "company": "Hotel Miramar",
        "city": "Madrid",
        "country": "ES",
        "time_zone": "Europe/Madrid",
        "since": "2026-11-21T12:00:00.250Z",
        "open_tickets": 0,
        "open_opportunities": 0,
        "callbacks": 0,
        "owner": "Ana Ruiz",
    }


async def test_cards_keep_the_order_asked_for_and_leave_out_who_is_not_there(crm: Crm) -> None:
    first, second = await crm.customer("A"), await crm.customer("B")

    cards = await crm.customers.cards([second, "cu-none", first, second])

    assert [card["id"] for card in cards] == [second, first]
    with pytest.raises(NotFound):
        await crm.customers.card("cu-none")


async def test_adding_the_same_number_in_another_form_changes_nothing(crm: Crm) -> None:
    customer = await crm.customer(number="600111222")
    await crm.customers.add_number(customer, NewNumber(raw="+34 600 111 222"))

    assert len((await crm.customers.card(customer))["numbers"]) == 1


async def test_a_new_main_number_takes_the_place_of_the_old_one(crm: Crm) -> None:
    customer = await crm.customer(number="600111222")
    await crm.customers.add_number(customer, NewNumber(raw="600999000", primary=True))

    card = await crm.customers.card(customer)

    assert (card["number"], len(card["numbers"])) == ("+34600999000", 2)


async def test_a_contact_of_another_company_is_refused(crm: Crm) -> None:
    one, other = await crm.customer("One", kind="company"), await crm.customer("Other", kind="company")
    contact = await crm.customers.add_contact(one, name="Pilar")
    with pytest.raises(NotFound):
        await crm.customers.add_number(other, NewNumber(raw="600111222", contact_id=contact.id))


async def test_a_name_of_300_characters_is_kept_and_found_and_a_longer_one_refused(crm: Crm) -> None:
    name = "Ñandú " * 50
    customer = await crm.customer(name.strip()[:300])

    assert (await crm.customers.card(customer))["name"] == name.strip()[:300]
    assert [card["id"] for card in await crm.customers.search("ñandu")] == [customer]
    with pytest.raises(Invalid):
        await crm.customers.create(NewCustomer(name="x" * 301))


async def test_of_two_changes_made_at_once_the_second_is_refused(crm: Crm) -> None:
    customer = await crm.customer("Ana Gil")
    changed = await crm.customers.update(customer, 1, {"name": "Ana Gil Ortega", "level": "gold"})

    with pytest.raises(Refused) as refused:
        await crm.customers.update(customer, 1, {"level": "vip"})

    assert refused.value.id == "changed_meanwhile"
    assert (changed.version, (await crm.customers.get(customer)).level) == (2, "gold")
    assert [card["id"] for card in await crm.customers.search("ortega")] == [customer]


async def test_each_number_says_its_own_zones_whatever_the_customers(crm: Crm) -> None:
    firm = await crm.customer("Oliveira Energia", "+551130004135", country="BR", time_zone="America/Manaus")
    await crm.customers.add_number(firm, NewNumber(raw="600111222"))

    card = await crm.customers.card(firm)
    (found,) = await crm.customers.search("Oliveira")

    zones = {"+551130004135": ["America/Sao_Paulo"], "+34600111222": ["Atlantic/Canary", "Europe/Madrid"]}
    assert card["time_zone"] == "America/Manaus"
    assert {one["e164"]: one["zones"] for one in card["numbers"]} == zones
    assert {one["e164"]: one["zones"] for one in found["numbers"]} == zones
