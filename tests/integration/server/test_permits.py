"""Dial permits on both databases: one chain, also when two ask at once; a row changed behind our back is found."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import pytest
from sqlalchemy import delete, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncEngine

from dialer.store import add_permit, verify_permits
from dialer.tables import dial_permits
from routing.ports import DialRequest, Permit

pytestmark = pytest.mark.integration

AT = datetime(2026, 3, 2, 9, 0, 0, 123456, tzinfo=UTC)


async def grant(database: AsyncEngine, number: str = "+34600111222") -> Permit:
    """One permit, tried again while another writer is before us."""
    request = DialRequest(number=number, purpose="manual", asked_by="usr-1")
    while True:
        try:
            async with database.begin() as connection:
                return await add_permit(connection, request, {"hours": "ok", "list": "ok"}, AT)
        except IntegrityError:
            continue


async def test_permits_are_a_chain(database: AsyncEngine) -> None:
    assert await verify_permits(database) is None
    permits = [await grant(database, f"+3460011122{n}") for n in range(5)]
    assert len({one.id for one in permits}) == 5
    assert permits[0].number == "+34600111220"
    assert await verify_permits(database) is None


async def test_twenty_who_ask_at_once_get_one_link_each(database: AsyncEngine) -> None:
    permits = await asyncio.gather(*(grant(database) for _ in range(20)))
    assert len({one.id for one in permits}) == 20
    assert await verify_permits(database) is None


async def test_a_number_changed_in_the_table_is_found(database: AsyncEngine) -> None:
    for _ in range(3):
        await grant(database)
    async with database.begin() as connection:
        await connection.execute(update(dial_permits).where(dial_permits.c.seq == 2).values(number="+34000000000"))
    assert await verify_permits(database) == 2


async def test_a_permit_deleted_from_the_table_is_found(database: AsyncEngine) -> None:
    for _ in range(3):
        await grant(database)
    async with database.begin() as connection:
        await connection.execute(delete(dial_permits).where(dial_permits.c.seq == 1))
    assert await verify_permits(database) == 2


async def test_a_permit_of_a_transaction_that_failed_never_was(database: AsyncEngine) -> None:
    request = DialRequest(number="+34600111222", purpose="manual", asked_by="usr-1")

    async def fails() -> None:
        async with database.begin() as connection:
            await add_permit(connection, request, {}, AT)
            raise RuntimeError("killed before the commit")

    with pytest.raises(RuntimeError):
        await fails()
    await grant(database)
    assert await verify_permits(database) is None
