"""Finding customers: every way the text can be read, index look-ups before scans."""

from __future__ import annotations

from crm_core.search import store
from crm_core.search.queries import Query, read
from crm_core.store import Connection

MIN_SCAN_DIGITS = 4


async def find(connection: Connection, text: str, region: str, limit: int) -> list[str]:
    """Ids of customers that fit, the best first; none for an empty text."""
    query = read(text, region)
    found: list[str] = []
    if query.ticket is not None:
        found += await store.by_ticket(connection, query.ticket, limit)
    if query.digits:
        found += await _by_digits(connection, query, limit)
    if query.email is not None:
        found += await store.by_email(connection, query.email, limit)
    if query.words:
        found += await store.by_words(connection, query.words, limit)
        if not found:
            found += await store.inside_names(connection, query.words, limit)
    return list(dict.fromkeys(found))[:limit]


async def _by_digits(connection: Connection, query: Query, limit: int) -> list[str]:
    found = await store.by_number(connection, query.e164, query.number_starts, query.digits, limit)
    if not found and len(query.digits) >= MIN_SCAN_DIGITS:
        found = await store.inside_numbers(connection, query.digits, limit)
    abroad = query.digits.lstrip("0")  # a foreign number as written there, with a trunk 0 that E.164 has not
    if not found and len(abroad) >= MIN_SCAN_DIGITS and abroad != query.digits:
        found = await store.inside_numbers(connection, abroad, limit)
    return found
