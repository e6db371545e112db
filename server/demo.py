"""Puts the demo company's data into a database, in small transactions; a load that was cut short goes on."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncEngine

from crm_core import demo
from crm_core.customers.tables import contacts, customer_words, customers, devices, numbers
from crm_core.demo.catalogue import DemoStaff
from crm_core.people.tables import staff
from crm_core.tickets.tables import number_ranges, tickets
from crm_core.timeline.tables import timeline
from kernel.db import readonly
from kernel.errors import Refused

PRODUCTS = tuple(product.name for product in demo.PRODUCTS)
TICKET_CATEGORIES = demo.TICKET_CATEGORIES
SEED = 7
CHUNK = 200
"""Rows a transaction: the engine and the browsers' writes wait for it."""
TABLES = {
    table.name: table
    for table in (customers, contacts, numbers, devices, customer_words, number_ranges, tickets, timeline)
}
Progress = Callable[[int, int], None]
Batch = tuple[str, list[dict[str, Any]]]


async def load_demo(db: AsyncEngine, seed: int, now: datetime, progress: Progress) -> int:
    """Load the demo data, `progress(done, total)` after each transaction; returns the number of rows.

    Refused demo_data_there when it is complete already, customers_there when the database holds other customers.
    Members of staff who have an account under a name of the demo get their entries under that account.
    """
    if await is_loaded(db):
        raise Refused("demo_data_there", "The demo data is in this database already; nothing was changed.")
    rows = list(demo.plan(seed, now, staff=await _colleagues(db)))
    await _refuse_other_customers(db, {row["id"] for table, row in rows if table == "customers"})
    done = 0
    for table, batch in _batches(rows):
        await _insert(db, table, batch)
        done += len(batch)
        progress(done, len(rows))
    return len(rows)


async def load_demo_once(db: AsyncEngine, say: Callable[[str], None]) -> None:
    """At a start in demo mode: load the demo data unless it, or somebody's own data, is there."""
    if await is_loaded(db):
        return
    say("Making the demo data: 2,000 customers with years of history…")
    try:
        await load_demo(db, SEED, datetime.now(UTC), lambda _done, _total: None)
    except Refused as refusal:
        say(f"No demo data: {refusal.message}")


async def is_loaded(db: AsyncEngine) -> bool:
    """Whether the demo data is there, to its last row."""
    async with readonly(db) as connection:
        last = select(timeline.c.id).where(timeline.c.id == demo.LAST_ENTRY_ID)
        return (await connection.execute(last)).first() is not None


async def _colleagues(db: AsyncEngine) -> list[DemoStaff]:
    async with readonly(db) as connection:
        names = [one.name for one in demo.STAFF]
        rows = await connection.execute(select(staff.c.name, staff.c.id).where(staff.c.name.in_(names)))
        ids = {row.name: row.id for row in rows}
    return [replace(one, id=ids.get(one.name)) for one in demo.STAFF]


async def _refuse_other_customers(db: AsyncEngine, planned: set[str]) -> None:
    async with readonly(db) as connection:
        count = (await connection.execute(select(func.count()).select_from(customers))).scalar_one()
        there = set((await connection.execute(select(customers.c.id).limit(len(planned) + 1))).scalars())
    if count > len(planned) or not there <= planned:
        raise Refused(
            "customers_there",
            f"This database holds customers of its own ({count} in all); demo data goes into an empty one only. "
            "Point TRUNKLINE_DATABASE or TRUNKLINE_DATA_DIR at a new one.",
            customers=count,
        )


def _batches(rows: Iterable[tuple[str, dict[str, Any]]]) -> Iterator[Batch]:
    for table, group in itertools.groupby(rows, key=lambda one: one[0]):
        of_table = (row for _, row in group)
        while batch := list(itertools.islice(of_table, CHUNK)):
            yield table, batch


async def _insert(db: AsyncEngine, table: str, rows: list[dict[str, Any]]) -> None:
    dialect = postgresql if db.dialect.name == "postgresql" else sqlite
    statement: Any = dialect.insert(TABLES[table]).on_conflict_do_nothing()
    async with db.begin() as connection:
        await connection.execute(statement, rows)
