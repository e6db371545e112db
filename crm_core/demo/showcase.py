"""Named customers for the README, the lab and tests; names, ids and numbers are the same for every seed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from crm_core.customers import names
from crm_core.demo import history, people
from crm_core.demo.catalogue import PRODUCTS, DemoStaff
from crm_core.demo.history import Historian
from crm_core.demo.maker import Maker
from crm_core.demo.people import Household, Line
from crm_core.demo.places import PLACES

LAST_ENTRY_ID = "tl-demo-lucia-callback"
"""The row that `plan` gives last: where it is, the demo data is complete."""


@dataclass(frozen=True, slots=True)
class Showcase:
    """One of the named customers. `id` is fixed too."""

    id: str
    name: str
    e164: str
    national: str
    country: str
    city: str
    level: str = "standard"


SHOWCASE: tuple[Showcase, ...] = (
    Showcase("cu-demo-lucia", "Lucía Fernández", "+34600111222", "600 111 222", "ES", "Madrid", "vip"),
    Showcase("cu-demo-james", "James Whitfield", "+442079460123", "020 7946 0123", "GB", "London", "gold"),
    Showcase("cu-demo-sarah", "Sarah O'Connor", "+12125550123", "(212) 555-0123", "US", "New York"),
    Showcase("cu-demo-wang", "王小明", "+8613800001234", "138 0000 1234", "CN", "上海", "gold"),
    Showcase("cu-demo-anna", "Анна Смирнова", "+79030001234", "8 (903) 000-12-34", "RU", "Москва", "silver"),
    Showcase("cu-demo-juergen", "Jürgen Groß", "+493023125123", "030 23125123", "DE", "Berlin"),
)
# Two sisters share this telephone: a call from it is `maybe`.
FAMILY_NUMBER = "+34600333444"
FAMILY = (("cu-demo-carmen", "Carmen Ruiz Molina"), ("cu-demo-rocio", "Rocío Ruiz Molina"))
# A switchboard of a company with several people: `maybe` at most, whoever calls.
SWITCHBOARD_NUMBER = "+34910009000"
SWITCHBOARD = ("cu-demo-hotel", "Hotel Miramar")


def reserve(maker: Maker) -> None:
    """Keep the fixed numbers from being given to anybody else."""
    for e164 in (*(one.e164 for one in SHOWCASE), FAMILY_NUMBER, SWITCHBOARD_NUMBER):
        maker.reserve(e164)


def households(maker: Maker, staff: Sequence[DemoStaff]) -> list[Household]:
    """The named customers with their numbers and devices; companies first, Lucía last."""
    found = [_hotel(maker, staff)]
    for id_, name in FAMILY:
        sister = _person(maker, staff, Showcase(id_, name, FAMILY_NUMBER, "", "ES", "Sevilla"))
        found.append(sister)
    found += [_person(maker, staff, one) for one in reversed(SHOWCASE)]
    return found


def stories(book: Historian, found: Sequence[Household]) -> None:
    """What happened with them, beside what chance adds: each has something open."""
    for household in found:
        for days in (700, 420, 200, 90, 31):
            history.question(book, household, book.maker.before(min(days, household.since - 1)))
        for device in household.devices:
            history.purchase(book, household, device)
        history.fault(book, household, book.maker.before(300), solved=True)
        history.fault(book, household, book.maker.before(2), solved=False)
        history.open_opportunity(book, household, PRODUCTS[2])
        history.mail(book, household, book.maker.before(12))
    lucia = found[-1]
    history.promised_callback(book, lucia, "Quiere saber si la batería llega antes del puente. Llamar por la tarde.")
    book.entries[-1]["id"] = LAST_ENTRY_ID


def _person(maker: Maker, staff: Sequence[DemoStaff], who: Showcase) -> Household:
    place = replace(next(one for one in PLACES if one.country == who.country))
    household = people.new_person(maker, place, staff)
    zone = dict(place.cities)[who.city]
    household.since = 1100
    household.customer |= {
        "id": who.id, "name": who.name, "name_key": names.key(who.name), "level": who.level, "city": who.city,
        "time_zone": zone, "email": f"{who.id.removeprefix('cu-demo-')}@example.com", "created_at": _since(maker),
        "updated_at": _since(maker),
    }  # fmt: skip
    household.numbers.clear()
    people.add_number(maker, household, Line(who.e164, "mobile", primary=True))
    for product in PRODUCTS[:3:2]:
        people.add_device(maker, household, product, maker.before(900).date())
    return household


def _hotel(maker: Maker, staff: Sequence[DemoStaff]) -> Household:
    household = people.new_company(maker, PLACES[0], staff, 0)
    household.since = 1100
    household.customer |= {
        "id": SWITCHBOARD[0], "name": SWITCHBOARD[1], "name_key": names.key(SWITCHBOARD[1]), "level": "gold",
        "city": "Málaga", "time_zone": "Europe/Madrid", "email": "hotel@example.com", "created_at": _since(maker),
        "updated_at": _since(maker),
    }  # fmt: skip
    household.contacts.clear()
    household.numbers.clear()
    people.add_number(maker, household, Line(SWITCHBOARD_NUMBER, "switchboard", shared=True, primary=True))
    for index, (name, department) in enumerate((("Pilar Cortés", "Compras"), ("Iván Prieto", "Mantenimiento"))):
        contact = people.add_contact(maker, household, name, department)
        line = Line(SWITCHBOARD_NUMBER, "extension", contact["id"], shared=True, extension=str(201 + index))
        people.add_number(maker, household, line)
    people.add_device(maker, household, PRODUCTS[0], maker.before(900).date())
    return household


def _since(maker: Maker) -> datetime:
    return maker.before(1100)
