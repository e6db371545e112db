"""What somebody means who types into the search field. Pure."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cache

import phonenumbers

from crm_core.customers import names
from crm_core.customers.numbers import parse, spellings

MAX_QUERY = 200
MIN_ABROAD = 3
"""Digits behind a foreign trunk prefix that are enough to look for."""
_TICKET = re.compile(r"\s*(?:t[\s-]*)?([0-9]{4})-([0-9]{1,9})\s*", re.IGNORECASE)
_TICKET_START = re.compile(r"\s*t[\s-]*([0-9]{4}(?:-[0-9]{0,9})?)\s*", re.IGNORECASE)
_SERIAL = re.compile(r"(?=.*[0-9])[A-Za-z0-9][A-Za-z0-9./-]{3,79}")
_NUMBER = re.compile(r"[+0-9 ().\-/x#]+")


@dataclass(frozen=True, slots=True)
class Query:
    """Ways in which the text can be read; all that are set are looked for."""

    ticket: str | None = None
    """The beginning of a ticket's number; digits without leading zeros are a whole one."""
    e164: tuple[str, ...] = ()
    digits: str = ""
    number_starts: tuple[str, ...] = ()
    """E.164 beginnings that `digits` can stand for."""
    words: tuple[str, ...] = ()
    email: str | None = None
    serial: str | None = None
    """A device's serial number: one word with a digit."""

    @property
    def empty(self) -> bool:
        return not (self.ticket or self.digits or self.words or self.email)


def read(text: str, region: str) -> Query:
    """Read a search text; blanks and control characters alone mean nothing."""
    text = "".join(char for char in text[:MAX_QUERY] if unicodedata.category(char) not in ("Cc", "Cs")).strip()
    ticket = _ticket(text)
    if ticket is not None and text[:1] in "tT":
        return Query(ticket=ticket)
    plain = unicodedata.normalize("NFKC", text)
    digits = "".join(str(unicodedata.decimal(char)) for char in plain if unicodedata.category(char) == "Nd")
    ascii_form = "".join(
        str(unicodedata.decimal(char)) if unicodedata.category(char) == "Nd" else char for char in plain
    )
    if len(digits) >= 3 and _NUMBER.fullmatch(ascii_form):
        number = parse(ascii_form, region)
        starts = _starts(ascii_form, digits, region)
        e164 = spellings(number.e164) if number.e164 else ()
        return Query(ticket=ticket, e164=e164, digits=digits, number_starts=starts)
    email = text.casefold()[: names.MAX_WORD] if "@" in text and " " not in text else None
    return Query(words=() if email else tuple(names.key(text).split()[:8]), email=email, serial=_serial(ascii_form))


def _serial(text: str) -> str | None:
    return text if _SERIAL.fullmatch(text) else None


def _ticket(text: str) -> str | None:
    whole = _TICKET.fullmatch(text)
    if whole is not None:
        return f"T{whole[1]}-{whole[2] if whole[2].startswith('0') else whole[2].zfill(6)}"
    start = _TICKET_START.fullmatch(text)
    return f"T{start[1]}" if start is not None else None


def _starts(text: str, digits: str, region: str) -> tuple[str, ...]:
    if text.startswith("+"):
        return (f"+{digits}",)
    if digits.startswith("00"):
        return (f"+{digits[2:]}",)
    code = phonenumbers.country_code_for_region(region)
    trunk = phonenumbers.ndd_prefix_for_region(region, True) or ""
    abroad = (
        f"+{code}{digits.removeprefix(prefix)}"
        for prefix, codes in _rare_trunks().items()
        if digits.startswith(prefix) and len(digits) - len(prefix) >= MIN_ABROAD
        for code in codes
    )
    return tuple(dict.fromkeys((f"+{code}{digits.removeprefix(trunk)}", f"+{digits}", *abroad)))


@cache
def _rare_trunks() -> dict[str, tuple[int, ...]]:
    """Trunk prefixes that few countries have (8 in Russia, 06 in Hungary), with the codes of those countries: a number
    written as at home there begins so. A 0 stands for a hundred countries and is left to a scan; 1 is the code too."""
    found: dict[str, set[int]] = {}
    for home in phonenumbers.SUPPORTED_REGIONS:
        prefix = phonenumbers.ndd_prefix_for_region(home, True)
        if prefix and prefix not in ("0", "1"):
            found.setdefault(prefix, set()).add(phonenumbers.country_code_for_region(home))
    return {prefix: tuple(sorted(codes)) for prefix, codes in sorted(found.items())}
