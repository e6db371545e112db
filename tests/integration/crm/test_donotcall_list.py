"""The do-not-call list as people look through it: newest first, by pages, searched, on both databases."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import event, insert, text
from sqlalchemy.ext.asyncio import AsyncEngine

from crm_core.donotcall.models import Entry
from crm_core.donotcall.service import DoNotCallService
from crm_core.donotcall.tables import do_not_call
from kernel.db import to_row
from kernel.ids import new_id
from tests.integration.crm.conftest import Crm

pytestmark = pytest.mark.integration


@pytest.fixture
def lists(crm: Crm) -> DoNotCallService:
    return DoNotCallService(crm.db, "ES", crm.clock)


async def found(lists: DoNotCallService, words: str) -> list[str]:
    return [one.pattern for one in await lists.entries(words)]


async def test_given_a_long_list_then_pages_hold_each_entry_once_the_newest_first(lists: DoNotCallService) -> None:
    for number in range(25):
        await lists.add(f"+346001112{number:02}", "st-1", "asked" if number % 2 else "Correo electrónico")

    async def pages(words: str) -> list[Entry]:
        seen: list[Entry] = []
        while page := await lists.entries(words, seen[-1].id if seen else None, 4):
            assert len(page) <= 4
            seen += page
        return seen

    everybody = await pages("")
    assert len({one.pattern for one in everybody}) == len(everybody) == 25
    assert [one.id for one in everybody] == sorted((one.id for one in everybody), reverse=True)
    assert [one.pattern for one in await pages("ELECTRONICO")] == [
        one.pattern for one in everybody if one.reason.startswith("Correo")
    ]


async def test_given_a_number_as_people_write_it_then_its_entry_and_its_range_are_found(
    lists: DoNotCallService,
) -> None:
    await lists.add("+34600111222", "st-1", "Pidió no recibir llamadas")
    await lists.add("+3491*", "st-1")
    await lists.add("+442079460958", "st-1", "100% sure")

    assert await found(lists, "600 11 12") == ["+34600111222"]
    assert await found(lists, "910 470 123") == ["+3491*"]
    assert await found(lists, "020 7946") == ["+442079460958"]
    assert await found(lists, "pidio RECIBIR") == ["+34600111222"]
    assert await found(lists, "100") == ["+442079460958"]
    assert await found(lists, "%") == []
    assert await found(lists, "nobody") == []
    assert len(await found(lists, "  ")) == 3


async def test_given_an_entry_replaced_then_it_is_found_by_its_new_reason(lists: DoNotCallService) -> None:
    await lists.add("+34600111222", "st-1", "by mail")
    await lists.add("+34600111222", "st-1", "in a call")

    assert await found(lists, "mail") == []
    assert await found(lists, "call") == ["+34600111222"]


async def test_given_a_number_found_by_its_beginning_or_end_then_pages_hold_those_alone(
    lists: DoNotCallService,
) -> None:
    for pattern in ("+34600111222", "+34600111333", "+34699600111", "+34911600112", "+3460011*"):
        await lists.add(pattern, "st-1", "600 111 by mail")

    assert sorted(await found(lists, "600111")) == ["+34600111222", "+34600111333", "+34699600111"]
    assert sorted(await found(lists, "600 111 222")) == ["+3460011*", "+34600111222"]
    assert await found(lists, "1122") == ["+34600111222"], "in the middle of a number: none begins or ends so"
    assert await found(lists, "11222") == ["+34600111222"]
    one, two = await lists.entries("600111", None, 2)
    (three,) = await lists.entries("600111", two.id, 2)
    assert one.id > two.id > three.id


@pytest.mark.parametrize(
    "words", ["600 11 12 22", "+34600111222", "600 11", "+3460011", "0034600111222", "111222", "910 47 01 23"]
)
async def test_given_a_long_list_then_a_number_and_its_beginning_and_end_are_found_by_an_index(
    lists: DoNotCallService, crm: Crm, words: str
) -> None:
    rows = [row_of(f"+346{number:08}") for number in range(0, 99_999_999, 9_973)]
    async with crm.db.begin() as connection:
        await connection.execute(insert(do_not_call), [row_of("+34600111222"), row_of("+3491*"), *rows])
    async with crm.db.connect() as connection:
        await (await connection.execution_options(isolation_level="AUTOCOMMIT")).execute(text("ANALYZE do_not_call"))
    asked = asked_of(crm.db)

    assert ("+3491*" if words.startswith("910") else "+34600111222") in await found(lists, words)

    plans = [await plan(crm.db, *each) for each in asked]
    assert len(plans) == 2, "whether there is one, and the page of them"
    for lines in plans:
        assert not re.search(r"Seq Scan|SCAN do_not_call|^SCAN", lines, re.MULTILINE), lines
        assert "ix_do_not_call_reversed" in lines


def row_of(pattern: str) -> dict[str, object]:
    entry = Entry(new_id("dnc"), "own", pattern, "", "st-1", datetime(2026, 3, 1, tzinfo=UTC))
    return {**to_row(entry), "reversed": pattern[::-1]}


def asked_of(database: AsyncEngine) -> list[tuple[str, Any]]:
    """Each question about the list from now on, with its values."""
    asked: list[tuple[str, Any]] = []

    def note(_c: object, _cursor: object, statement: str, values: Any, *_rest: object) -> None:
        if "FROM do_not_call" in statement and not statement.startswith("EXPLAIN"):
            asked.append((statement, values))

    event.listen(database.sync_engine, "before_cursor_execute", note)
    return asked


async def plan(database: AsyncEngine, statement: str, values: Any) -> str:
    explain = "EXPLAIN QUERY PLAN" if database.dialect.name == "sqlite" else "EXPLAIN"
    async with database.connect() as connection:
        rows = await connection.exec_driver_sql(f"{explain} {statement}", values)
        return "\n".join(str(row[-1]) for row in rows)
