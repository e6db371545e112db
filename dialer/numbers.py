"""Which numbers may be dialled at all: read with the national plans, never an emergency or a costly one by accident.
Pure."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import phonenumbers
from phonenumbers import PhoneNumberType, shortnumberinfo

from crm_core.customers.numbers import NumberKind, parse, zones
from kernel.errors import Invalid, Refused

COSTLY = {
    PhoneNumberType.PREMIUM_RATE: "number_premium",
    PhoneNumberType.SHARED_COST: "number_shared_cost",
    PhoneNumberType.PERSONAL_NUMBER: "number_shared_cost",
}
SATELLITE = frozenset({870, 878, 881, 882, 883, 979})
"""Country codes of no country: satellites, international networks and premium services."""
REGIONS = tuple(sorted(phonenumbers.SUPPORTED_SHORT_REGIONS))


@dataclass(frozen=True, slots=True)
class Dialable:
    """A number that may be dialled. `costly` is the id of the rule that it needs a right for; None for most."""

    e164: str
    display: str
    region: str | None
    zones: frozenset[str]
    costly: str | None = None


def examine(raw: str, region: str) -> Dialable:
    """The number that somebody in `region` means by `raw`. Raises Invalid with the rule that forbids to dial it."""
    digits = "".join(one for one in raw if one.isdecimal() and one.isascii())
    number = parse(raw, region)
    if is_emergency(digits) or is_emergency(number.national) or (number.e164 is None and _abroad(digits)):
        raise Invalid("number_emergency", "This is an emergency number. Dial it on a telephone, not from here.")
    if number.kind is NumberKind.SHORT or "*" in raw or "#" in raw:
        raise Invalid(
            "number_short",
            "Short numbers and service codes are not dialled from here. Dial the full number.",
        )
    if number.e164 is None:
        raise Invalid("number_unreadable", "This is not a telephone number. Check its digits.")
    found = phonenumbers.parse(number.e164, None)
    if is_emergency(phonenumbers.national_significant_number(found)):
        raise Invalid("number_emergency", "This is an emergency number. Dial it on a telephone, not from here.")
    if not number.valid:
        raise Invalid("number_not_in_plan", "No country has such a number. Check the country code and the digits.")
    costly = "number_premium" if found.country_code in SATELLITE else COSTLY.get(phonenumbers.number_type(found))
    return Dialable(number.e164, number.national, number.region, zones(number.e164), costly)


def refuse_costly(number: Dialable) -> None:
    """Raises Refused when the number costs more than a call and who asks has no right to that."""
    if number.costly == "number_premium":
        raise Refused("number_premium", "Calls to this number are charged extra. You have no right to make them.")
    if number.costly is not None:
        raise Refused("number_shared_cost", "This number costs more than others. You have no right to call it.")


@lru_cache(4096)
def is_emergency(digits: str) -> bool:
    """Whether the digits are an emergency number anywhere: calls go out through whatever country the trunk is in."""
    if not 2 <= len(digits) <= 8:
        return False
    return any(shortnumberinfo.is_emergency_number(digits, region) for region in REGIONS)


def _abroad(digits: str) -> bool:
    """Whether the digits are an emergency number behind some country code."""
    codes = phonenumbers.COUNTRY_CODE_TO_REGION_CODE
    return any(int(digits[:n] or 0) in codes and is_emergency(digits[n:]) for n in (1, 2, 3))


def reaches_emergency(dial_string: str, region: str) -> bool:
    """Whether what the trunk is sent could be taken for an emergency call where it ends: +91 1x without its plus
    begins with 911."""
    user = dial_string.partition("/")[2].partition("@")[0].rpartition("/")[2]
    if user.startswith("+"):
        return False
    return bool(shortnumberinfo.connects_to_emergency_number("".join(c for c in user if c.isdigit()), region))
