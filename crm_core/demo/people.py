"""Invents customers: persons, companies with their people and switchboards, numbers and devices. Pure."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from crm_core.customers import names
from crm_core.demo.catalogue import DEPARTMENTS, PRODUCTS, DemoStaff, Product
from crm_core.demo.maker import Maker, Row
from crm_core.demo.places import PLACES, Place

LEVELS = ("standard",) * 70 + ("silver",) * 18 + ("gold",) * 8 + ("vip",) * 4


@dataclass(slots=True)
class Household:
    """A customer with all rows that hang on it; `since` days ago it became one."""

    customer: Row
    place: Place
    since: int
    contacts: list[Row] = field(default_factory=list)
    numbers: list[Row] = field(default_factory=list)
    devices: list[Row] = field(default_factory=list)

    @property
    def id(self) -> str:
        return str(self.customer["id"])

    @property
    def spanish(self) -> bool:
        return self.place.language == "es"

    def words(self) -> list[Row]:
        everybody = [self.customer, *self.contacts]
        emails = [row["email"] for row in everybody if row["email"]]
        found = names.words([row["name"] for row in everybody], emails)
        return [{"word": word, "customer_id": self.id} for word in found]


@dataclass(frozen=True, slots=True)
class Line:
    """A number to be given to a customer."""

    e164: str
    label: str
    contact_id: str | None = None
    shared: bool = False
    extension: str | None = None
    primary: bool = False


def person_name(maker: Maker, place: Place) -> str:
    given, family = maker.one(place.given), maker.one(place.family)
    if place.family_first:
        return f"{family}{given}"
    if place.language == "ru" and given[-1] in "ая":
        return f"{given} {family}а"
    if place.two_families:
        return f"{given} {family} {maker.one(place.family)}"
    return f"{given} {family}"


def new_person(maker: Maker, place: Place, staff: Sequence[DemoStaff]) -> Household:
    household = _household(maker, place, "person", person_name(maker, place), staff)
    age = timedelta(days=maker.random.randrange(22 * 365, 85 * 365))
    household.customer["birthday"] = (maker.now - age).date() if maker.chance(0.6) else None
    household.customer["preferences"] = {"contact_hours": maker.one(("morning", "afternoon", "evening", "any"))}
    add_number(maker, household, Line(maker.number(place.mobile), "mobile", primary=True))
    if maker.chance(0.35):
        add_number(maker, household, Line(maker.number(place.landline), "home"))
    return household


def new_company(maker: Maker, place: Place, staff: Sequence[DemoStaff], serial: int) -> Household:
    """A company: a switchboard that never says who calls, departments, people with lines of their own."""
    pattern = maker.one(place.company)
    city, _ = maker.one(place.cities)
    name = pattern.format(f=maker.one(place.family), c=city, n=serial)
    household = _household(maker, place, "company", name, staff)
    switchboard = maker.number(place.landline)
    add_number(maker, household, Line(switchboard, "switchboard", shared=True, primary=True))
    for index in range(maker.random.randrange(2, 7)):
        department = maker.one(DEPARTMENTS)[household.spanish]
        contact = add_contact(maker, household, person_name(maker, place), department)
        if maker.chance(0.5):
            line = Line(maker.number(place.mobile), "mobile", contact["id"])
        else:
            line = Line(switchboard, "extension", contact["id"], shared=True, extension=str(201 + index))
        add_number(maker, household, line)
    return household


def _household(maker: Maker, place: Place, kind: str, name: str, staff: Sequence[DemoStaff]) -> Household:
    city, zone = maker.one(place.cities)
    since = maker.random.randrange(20, 6 * 365)
    created = maker.before(since)
    owners = [one.id for one in staff if one.id is not None]
    customer: Row = {
        "id": maker.id("cu"),
        "kind": kind,
        "name": name,
        "name_key": names.key(name),
        "level": maker.one(LEVELS),
        "language": place.language,
        "email": _email(maker, name) if maker.chance(0.8) else None,
        "city": city,
        "country": place.country,
        "time_zone": zone,
        "owner_id": maker.one(owners) if owners and maker.chance(0.3) else None,
        "company_id": None,
        "department": None,
        "birthday": None,
        "preferences": {},
        "custom": {},
        "created_at": created,
        "updated_at": created,
        "version": 1,
    }
    return Household(customer, place, since)


def _email(maker: Maker, name: str) -> str:
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    parts = "".join(char if char.isalnum() else " " for char in plain).split()
    local = ".".join(parts[:2]) or f"client{maker.random.randrange(10_000)}"
    return f"{local}{maker.random.randrange(1000)}@example.{maker.one(('com', 'org', 'net'))}"


def add_contact(maker: Maker, household: Household, name: str, department: str) -> Row:
    contact: Row = {
        "id": maker.id("co"),
        "customer_id": household.id,
        "name": name,
        "department": department,
        "position": None,
        "email": _email(maker, name) if maker.chance(0.5) else None,
        "language": household.place.language,
        "created_at": household.customer["created_at"],
    }
    household.contacts.append(contact)
    return contact


def add_number(maker: Maker, household: Household, line: Line) -> None:
    household.numbers.append(
        {
            "id": maker.id("nu"),
            "e164": line.e164,
            "reversed": line.e164[::-1],
            "customer_id": household.id,
            "contact_id": line.contact_id,
            "label": line.label,
            "shared": line.shared,
            "extension": line.extension,
            "is_primary": line.primary,
        }
    )


def add_device(maker: Maker, household: Household, product: Product, bought: date) -> Row:
    model = maker.one(product.models)
    device: Row = {
        "id": maker.id("de"),
        "customer_id": household.id,
        "product": product.name,
        "model": model,
        "serial": f"NV{bought:%y%m}-{maker.random.randrange(100_000, 999_999)}",
        "bought_at": bought,
        "warranty_until": bought.replace(year=bought.year + 5, day=min(bought.day, 28)),
    }
    household.devices.append(device)
    return device


def new_households(maker: Maker, count: int, staff: Sequence[DemoStaff]) -> list[Household]:
    """`count` customers, one in eight a company, and a few that share a number with somebody else."""
    weights = [place.weight for place in PLACES]
    found: list[Household] = []
    for serial, place in enumerate(maker.random.choices(PLACES, weights, k=count)):
        if serial % 8 == 3:
            found.append(new_company(maker, place, staff, serial))
        else:
            found.append(new_person(maker, place, staff))
    _share_numbers(maker, found)
    _employ(maker, found)
    for household in found:
        if household.devices or maker.chance(0.9):
            _equip(maker, household)
    return found


def _share_numbers(maker: Maker, households: Sequence[Household]) -> None:
    """Families with one telephone: a caller from it may be any of them."""
    people = [one for one in households if one.customer["kind"] == "person"]
    for place in PLACES:
        near = [one for one in people if one.place is place]
        for first, second in zip(near[5::40], near[6::40], strict=False):
            add_number(maker, second, Line(str(first.numbers[0]["e164"]), "family"))


def _employ(maker: Maker, households: Sequence[Household]) -> None:
    """Some people are customers of their own and work for one of the companies."""
    people = [one for one in households if one.customer["kind"] == "person"]
    companies = [one for one in households if one.customer["kind"] == "company"]
    for company in companies[::4]:
        near = [one for one in people if one.place is company.place]
        if near:
            person = maker.one(near)
            department = maker.one(DEPARTMENTS)[person.spanish]
            person.customer |= {"company_id": company.id, "department": department}


def _equip(maker: Maker, household: Household) -> None:
    count = maker.one((1, 1, 2, 2, 3)) + (2 if household.customer["kind"] == "company" else 0)
    for product in maker.random.sample(PRODUCTS, min(count, len(PRODUCTS))):
        bought = maker.before(maker.random.uniform(1, household.since)).date()
        add_device(maker, household, product, bought)
