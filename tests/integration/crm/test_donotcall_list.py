"""The do-not-call list as people look through it: newest first, by pages, searched, on both databases."""

from __future__ import annotations

import pytest

from crm_core.donotcall.models import Entry
from crm_core.donotcall.service import DoNotCallService
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
