"""Looks customers up by words, parts of numbers and ticket numbers: index ranges first, a scan only when they find
nothing."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ColumnElement, exists, or_, select

from crm_core.customers.names import MAX_WORD
from crm_core.customers.tables import customer_words, customers, devices, numbers
from crm_core.search.reasons import Hit
from crm_core.store import Connection, begins
from crm_core.tickets.tables import tickets


async def by_words(connection: Connection, words: Sequence[str], limit: int) -> list[str]:
    """Customers who have a word beginning with each of these; the longest one leads, as the rarest."""
    lead, *rest = sorted((word[:MAX_WORD] for word in words), key=len, reverse=True)
    query = (
        select(customer_words.c.customer_id, customers.c.name_key)
        .join(customers, customers.c.id == customer_words.c.customer_id)
        .where(begins(customer_words.c.word, lead))
        .order_by(customer_words.c.word, customer_words.c.customer_id)
        .limit(limit * 4)
    )
    for word in rest:
        other = customer_words.alias()
        query = query.where(exists().where(other.c.customer_id == customers.c.id, begins(other.c.word, word)))
    whole = " ".join(words)
    found = {row.customer_id: row.name_key for row in await connection.execute(query)}
    ranked = sorted(found, key=lambda id_: (found[id_] != whole, not found[id_].startswith(whole), found[id_], id_))
    return ranked[:limit]


async def inside_names(connection: Connection, words: Sequence[str], limit: int) -> list[str]:
    """Customers whose name holds each of these anywhere: reads all names."""
    query = select(customers.c.id).order_by(customers.c.name_key, customers.c.id).limit(limit)
    for word in words:
        query = query.where(customers.c.name_key.contains(word, autoescape=True))
    return list((await connection.execute(query)).scalars())


async def by_number(
    connection: Connection, e164: Sequence[str], starts: Sequence[str], ending: str, limit: int
) -> list[str]:
    """Customers with one of these numbers first, then those whose number begins or ends so."""
    matches: list[ColumnElement[bool]] = [begins(numbers.c.e164, start) for start in starts]
    matches.append(begins(numbers.c.reversed, ending[::-1]))
    if e164:
        matches.append(numbers.c.e164.in_(e164))
    query = select(numbers.c.customer_id, numbers.c.e164).where(or_(*matches)).limit(limit * 4)
    rows = (await connection.execute(query)).all()
    exact = {*e164, *starts}
    ranked = sorted(rows, key=lambda row: (row.e164 not in exact, row.e164, row.customer_id))
    return list(dict.fromkeys(row.customer_id for row in ranked))[:limit]


async def inside_numbers(connection: Connection, digits: str, limit: int) -> list[str]:
    """Customers with these digits anywhere in a number: reads all numbers."""
    query = select(numbers.c.customer_id).where(numbers.c.e164.contains(digits, autoescape=True))
    return list((await connection.execute(query.distinct().limit(limit))).scalars())


async def by_ticket(connection: Connection, start: str, limit: int) -> list[Hit]:
    """Tickets whose number begins so, the latest first."""
    query = select(tickets.c.customer_id, tickets.c.id, tickets.c.number, tickets.c.subject)
    rows = await connection.execute(
        query.where(begins(tickets.c.number, start)).order_by(tickets.c.number.desc()).limit(limit)
    )
    return [Hit(row.customer_id, "ticket", f"{row.number} {row.subject}", row.id) for row in rows]


async def by_serial(connection: Connection, serial: str, limit: int) -> list[Hit]:
    """Owners of devices with exactly this serial number, typed in whatever case."""
    query = select(devices.c.customer_id, devices.c.serial, devices.c.model)
    mine = devices.c.serial.in_({serial, serial.upper()})
    rows = await connection.execute(query.where(mine).order_by(devices.c.id).limit(limit))
    return [Hit(row.customer_id, "serial", f"{row.serial} {row.model}") for row in rows]


async def by_email(connection: Connection, start: str, limit: int) -> list[str]:
    """Customers with a mail address that begins so."""
    query = select(customer_words.c.customer_id).where(begins(customer_words.c.word, start))
    return list((await connection.execute(query.distinct().limit(limit))).scalars())
