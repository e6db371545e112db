"""Why a customer was found: which of their words or numbers the search text fits. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from crm_core.customers import names
from crm_core.customers.models import Contact
from crm_core.search.queries import Query
from crm_core.shapes import CustomerCard, NumberCard, Reason


@dataclass(frozen=True, slots=True)
class Hit:
    """A customer found, by what kind of look-up; of a ticket or a device with its words."""

    customer_id: str
    by: Literal["word", "number", "ticket", "serial"]
    text: str = ""
    ref: str | None = None


def explain(hit: Hit, query: Query, card: CustomerCard, people: Iterable[Contact]) -> Reason:
    """What of the customer fits, as it is shown beside the name; `people` may hold other customers' contacts too."""
    if hit.by in ("ticket", "serial"):
        return {"by": hit.by, "text": hit.text, "ref": hit.ref}
    if hit.by == "number":
        return {"by": "number", "text": _number_words(_fitting(query, card["numbers"])), "ref": None}
    if query.email is not None:
        mine = [card["email"], *(one.email for one in people if one.customer_id == card["id"])]
        fits = [email for email in mine if email and email.casefold().startswith(query.email)]
        return {"by": "email", "text": fits[0] if fits else query.email, "ref": None}
    return _by_words(query.words, card, people)


def _by_words(words: Sequence[str], card: CustomerCard, people: Iterable[Contact]) -> Reason:
    if _fits(words, card["name"]):
        return {"by": "name", "text": "", "ref": None}
    for one in people:
        if one.customer_id == card["id"] and _fits(words, one.name):
            return {"by": "contact", "text": " · ".join(part for part in (one.name, one.position) if part), "ref": None}
    for email in (card["email"], *(one.email for one in people if one.customer_id == card["id"])):
        if email and any(email.casefold().startswith(word) for word in words):
            return {"by": "email", "text": email, "ref": None}
    return {"by": "name", "text": "", "ref": None}


def _fits(words: Sequence[str], name: str) -> bool:
    folded = names.key(name)
    return all(word in folded for word in words)


def _fitting(query: Query, numbers: Sequence[NumberCard]) -> NumberCard | None:
    """The number that was meant: the whole one, one that begins so, one that ends so, one that holds the digits."""
    tests = (
        lambda e164: e164 in query.e164,
        lambda e164: e164.startswith(query.number_starts),
        lambda e164: e164.endswith(query.digits),
        lambda e164: query.digits.lstrip("0") in e164,
    )
    for test in tests:
        for number in numbers:
            if test(number["e164"]):
                return number
    return numbers[0] if numbers else None


def _number_words(number: NumberCard | None) -> str:
    if number is None:
        return ""
    extension = f" #{number['extension']}" if number["extension"] else ""
    return " · ".join(part for part in (f"{number['national']}{extension}", number["contact"]) if part)
