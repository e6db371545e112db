"""A believable company's data: 2,000 customers of twelve countries with years of history. Pure: `plan` makes rows.

The company is Norvolt, which sells and serves heat pumps, inverters, batteries, wall boxes and thermostats. The
customers to try things with are in `showcase.py`; Lucía Fernández calls from +34 600 111 222.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from crm_core.demo import history, showcase
from crm_core.demo.catalogue import COMPANY, PRODUCTS, QUEUES, STAFF, TICKET_CATEGORIES, DemoStaff
from crm_core.demo.history import Historian
from crm_core.demo.maker import Maker
from crm_core.demo.people import Household, new_households
from crm_core.demo.showcase import LAST_ENTRY_ID, SHOWCASE

__all__ = ["COMPANY", "LAST_ENTRY_ID", "PRODUCTS", "QUEUES", "SHOWCASE", "STAFF", "TICKET_CATEGORIES", "plan"]

CUSTOMERS = 2000


def plan(
    seed: int, now: datetime, customers: int = CUSTOMERS, staff: Sequence[DemoStaff] = STAFF
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Rows as (table, columns), in an order that foreign keys allow; the same for the same arguments.

    The row with id LAST_ENTRY_ID comes last. `now` is where the history ends.
    """
    maker = Maker(seed, now)
    showcase.reserve(maker)
    named = showcase.households(maker, staff)
    households = new_households(maker, customers - len(named), staff)
    book = Historian(maker, staff)
    for household in households:
        _history(book, household)
    showcase.stories(book, named)
    ranges = book.finish()
    everybody = sorted([*households, *named], key=lambda one: one.customer["kind"] != "company")
    yield from (("customers", one.customer) for one in everybody)
    for table in ("contacts", "numbers", "devices"):
        yield from ((table, row) for one in everybody for row in getattr(one, table))
    yield from (("customer_words", row) for one in everybody for row in one.words())
    yield from (("number_ranges", {"name": name, "last": last}) for name, last in ranges.items())
    yield from (("tickets", row) for row in book.tickets)
    yield from (("timeline", row) for row in book.entries)


def _history(book: Historian, household: Household) -> None:
    """Years of ordinary life, more of it for companies, and now and then something still open."""
    maker = book.maker
    for device in household.devices:
        history.purchase(book, household, device)
    events = int(maker.random.expovariate(1 / 4)) + (6 if household.customer["kind"] == "company" else 1)
    for _ in range(min(events, 60)):
        at = maker.before(maker.random.uniform(1, household.since))
        kind = maker.random.random()
        if kind < 0.3 and household.devices:
            history.fault(book, household, at, solved=True)
        elif kind < 0.65:
            history.question(book, household, at)
        elif kind < 0.85:
            history.campaign(book, household, at)
        elif kind < 0.95:
            history.mail(book, household, at)
        else:
            book.lost_call(household, at)
    if household.devices and maker.chance(0.06):
        history.fault(book, household, maker.before(maker.random.uniform(1, 12)), solved=False)
    if maker.chance(0.1):
        history.open_opportunity(book, household)
    if maker.chance(0.03):
        history.promised_callback(book, household)
