"""What somebody means who types into the search field. Pure."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

import phonenumbers

from crm_core.customers import names
from crm_core.customers.numbers import parse, spellings

MAX_QUERY = 200
_TICKET = re.compile(r"\s*(?:t\s*)?([0-9]{4})-([0-9]{1,9})\s*", re.IGNORECASE)
_TICKET_START = re.compile(r"\s*t\s*([0-9]{4}(?:-[0-9]{0,9})?)\s*", re.IGNORECASE)
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
    return Query(words=() if email else tuple(names.key(text).split()[:8]), email=email)


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
    return (f"+{code}{digits.removeprefix(trunk)}", f"+{digits}")
