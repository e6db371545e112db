"""A request that comes twice makes one note, one ticket, one customer: on both databases."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import func, select

from crm_core.activities.tables import notes
from crm_core.customers.models import NewCustomer
from crm_core.customers.tables import customers
from crm_core.once.tables import requests_done
from crm_core.tickets.models import NewTicket
from crm_core.tickets.tables import tickets
from kernel.errors import Invalid, NotFound
from kernel.messages import Once
from kernel.once import ASKING

if TYPE_CHECKING:
    from tests.integration.crm.conftest import Crm

pytestmark = pytest.mark.integration

Make = Callable[["Crm", str, str], Awaitable[Any]]


def note(crm: Crm, customer: str, words: str) -> Awaitable[Any]:
    return crm.notes.add(customer, words, crm.ana)


def ticket(crm: Crm, customer: str, words: str) -> Awaitable[Any]:
    return crm.tickets.create(
        NewTicket(customer_id=customer, subject=words, category="fault", priority="high"), crm.ana
    )


def person(crm: Crm, customer: str, words: str) -> Awaitable[Any]:
    return crm.customers.create(NewCustomer(name=words))


MAKERS = {"note": (note, notes), "ticket": (ticket, tickets), "customer": (person, customers)}


@contextmanager
def asking(id: str, digest: str = "body") -> Iterator[None]:
    token = ASKING.set(Once(id, digest))
    try:
        yield
    finally:
        ASKING.reset(token)


async def count(crm: Crm, table: Any) -> int:
    async with crm.db.connect() as connection:
        return await connection.scalar(select(func.count()).select_from(table)) or 0


@pytest.mark.parametrize("kind", MAKERS)
async def test_ten_at_the_same_moment_make_one(crm: Crm, kind: str) -> None:
    make, table = MAKERS[kind]
    customer = await crm.customer()
    before = await count(crm, table)

    with asking("r1"):
        made = await asyncio.gather(*(make(crm, customer, "No hot water") for _ in range(10)))

    assert all(one == made[0] for one in made)
    assert await count(crm, table) == before + 1


@pytest.mark.parametrize("kind", MAKERS)
async def test_the_same_key_with_another_body_is_refused_and_makes_nothing(crm: Crm, kind: str) -> None:
    make, table = MAKERS[kind]
    customer = await crm.customer()
    with asking("r1"):
        await make(crm, customer, "No hot water")
    before = await count(crm, table)

    with asking("r1", "another"), pytest.raises(Invalid) as refused:
        await make(crm, customer, "Too much hot water")

    assert refused.value.id == "idempotency_key_reused"
    assert await count(crm, table) == before


async def test_what_failed_is_not_remembered_and_may_succeed_later(crm: Crm) -> None:
    with asking("r1"):
        with pytest.raises(NotFound):
            await note(crm, "nobody", "x")
        assert await count(crm, requests_done) == 0
        assert (await note(crm, await crm.customer(), "x"))["body"] == "x"


async def test_after_a_day_it_is_forgotten(crm: Crm) -> None:
    customer = await crm.customer()
    with asking("r1"):
        await note(crm, customer, "x")
    crm.clock.advance(timedelta(hours=25))
    with asking("r2"):
        await note(crm, customer, "y")

    assert await count(crm, requests_done) == 1
