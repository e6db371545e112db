"""Finding customers: every way the text can be read, index look-ups before scans, and why each fits."""

from __future__ import annotations

from crm_core.cards import store as card_store
from crm_core.customers.store import contacts_of_all
from crm_core.search import store
from crm_core.search.queries import Query, read
from crm_core.search.reasons import Hit, explain
from crm_core.shapes import FoundCustomer
from crm_core.store import Connection

MIN_SCAN_DIGITS = 4


async def find(connection: Connection, text: str, region: str, limit: int) -> list[FoundCustomer]:
    """Customers that fit, the best first, each with what fits; none for an empty text."""
    query = read(text, region)
    hits = (await _hits(connection, query, limit))[:limit]
    cards = {card["id"]: card for card in await card_store.cards(connection, [hit.customer_id for hit in hits], region)}
    people = await contacts_of_all(connection, {hit.customer_id for hit in hits if hit.by == "word"})
    return [
        {**cards[hit.customer_id], "found": explain(hit, query, cards[hit.customer_id], people)}
        for hit in hits
        if hit.customer_id in cards
    ]


async def _hits(connection: Connection, query: Query, limit: int) -> list[Hit]:
    """One for each customer, but one for each ticket."""
    found: list[Hit] = []
    if query.ticket is not None:
        found += await store.by_ticket(connection, query.ticket, limit)
    if query.serial is not None:
        found += await store.by_serial(connection, query.serial, limit)
    if query.digits:
        found += [Hit(one, "number") for one in await _by_digits(connection, query, limit)]
    if query.email is not None:
        found += [Hit(one, "word") for one in await store.by_email(connection, query.email, limit)]
    if query.words:
        found += [Hit(one, "word") for one in await store.by_words(connection, query.words, limit)]
        if not found:
            found += [Hit(one, "word") for one in await store.inside_names(connection, query.words, limit)]
    by_key = {(hit.customer_id, hit.ref): hit for hit in reversed(found)}
    named = {hit.customer_id for hit in found if hit.ref is not None}
    first = dict.fromkeys((hit.customer_id, hit.ref) for hit in found)
    return [by_key[key] for key in first if key[1] is not None or key[0] not in named]


async def _by_digits(connection: Connection, query: Query, limit: int) -> list[str]:
    found = await store.by_number(connection, query.e164, query.number_starts, query.digits, limit)
    if not found and len(query.digits) >= MIN_SCAN_DIGITS:
        found = await store.inside_numbers(connection, query.digits, limit)
    abroad = query.digits.lstrip("0")  # a foreign number as written there, with a trunk 0 that E.164 has not
    if not found and len(abroad) >= MIN_SCAN_DIGITS and abroad != query.digits:
        found = await store.inside_numbers(connection, abroad, limit)
    return found
