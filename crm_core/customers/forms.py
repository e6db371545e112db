"""Checks of what is typed about customers. Pure."""

from __future__ import annotations

import zoneinfo
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from typing import Any

from crm_core.checks import Checks
from crm_core.customers.models import NewCustomer, NewNumber
from crm_core.customers.numbers import Number, NumberKind, parse
from crm_core.shapes import LEVELS

MAX_NAME = 300
KINDS = ("person", "company")
_TEXT_LIMITS = {"language": 10, "city": 100, "department": 100, "owner_id": 60, "company_id": 40}
CONTACT_LIMITS = {"department": 100, "position": 100, "email": 254, "language": 10}
CHANGEABLE = frozenset({"name", "email", "level", "language", "city", "country", "time_zone", "department", "owner_id"})


def check_new(new: NewCustomer, region: str) -> tuple[NewCustomer, Number | None]:
    """The customer as accepted, and the number; country and zone come from the number where they are not given.
    Raises Invalid with every wrong field."""
    checks = Checks()
    checks.choice("kind", new.kind, KINDS)
    given = {name: getattr(new, name) for name in ("name", "email", "level", "country", "time_zone", *_TEXT_LIMITS)}
    accepted = _accept(checks, given)
    number = _number(checks, new.number, region) if (new.number or "").strip() else None
    checks.done()
    if number is not None:
        accepted["country"] = accepted["country"] or number.region
        zones = number.zones
        accepted["time_zone"] = accepted["time_zone"] or (min(zones) if len(zones) == 1 else None)
    return replace(new, **accepted), number


def check_changes(changes: Mapping[str, Any]) -> dict[str, Any]:
    """The changes as accepted; Invalid names unknown and wrong fields."""
    checks = Checks()
    for field in sorted(changes.keys() - CHANGEABLE):
        checks.wrong(field, "This field cannot be changed here.")
    accepted = _accept(checks, {field: changes[field] for field in changes if field in CHANGEABLE})
    checks.done()
    return accepted


def check_contact(name: str, details: Mapping[str, str | None]) -> dict[str, Any]:
    """All fields of a company's person, as accepted."""
    checks = Checks()
    for field in sorted(details.keys() - CONTACT_LIMITS.keys()):
        checks.wrong(field, "A contact has no such field.")
    accepted: dict[str, Any] = {"name": checks.text("name", name, MAX_NAME)}
    for field, limit in CONTACT_LIMITS.items():
        value = details.get(field)
        accepted[field] = checks.email(field, value) if field == "email" else checks.maybe(field, value, limit)
    checks.done()
    return accepted


def check_number(new: NewNumber, region: str) -> tuple[NewNumber, Number]:
    """A number to be added, as accepted."""
    checks = Checks()
    number = _number(checks, new.raw, region)
    label = checks.maybe("label", new.label, 40) or ""
    checks.done()
    return replace(new, label=label), number


def _accept(checks: Checks, given: Mapping[str, Any]) -> dict[str, Any]:
    accepted: dict[str, Any] = {}
    for field, value in given.items():
        if field == "name":
            accepted[field] = checks.text(field, value, MAX_NAME)
        elif field == "email":
            accepted[field] = checks.email(field, value)
        elif field == "level":
            accepted[field] = checks.choice(field, value, LEVELS)
        elif field == "country":
            accepted[field] = _country(checks, value)
        elif field == "time_zone":
            accepted[field] = _zone(checks, value)
        else:
            accepted[field] = checks.maybe(field, value, _TEXT_LIMITS[field])
    return accepted


def _country(checks: Checks, value: str | None) -> str | None:
    found = checks.maybe("country", value, 2)
    if found is not None and not (len(found) == 2 and found.isascii() and found.isalpha()):
        checks.wrong("country", "This is not a country code of two letters (like ES).")
    return found.upper() if found else None


def _zone(checks: Checks, value: str | None) -> str | None:
    found = checks.maybe("time_zone", value, 50)
    if found is not None and found not in _zones():
        checks.wrong("time_zone", "This is not a time zone (like Europe/Madrid).")
    return found


@cache
def _zones() -> frozenset[str]:
    return frozenset(zoneinfo.available_timezones())


def _number(checks: Checks, raw: str | None, region: str) -> Number:
    number = parse(raw, region)
    if number.kind is NumberKind.SHORT:
        checks.wrong("number", "This is an internal or service number; a full telephone number is needed.")
    elif number.kind is not NumberKind.E164:
        checks.wrong("number", f"This is not a telephone number as written in {region} or with + and country code.")
    return number
