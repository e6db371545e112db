"""Loading the demo company: whole, once, in small transactions, and on after an interruption."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import func, select

from crm_core.customers.models import MatchKind
from crm_core.demo import SHOWCASE
from crm_core.demo.showcase import FAMILY_NUMBER, SWITCHBOARD, SWITCHBOARD_NUMBER
from crm_core.tickets.models import NewTicket
from crm_core.timeline.tables import timeline
from kernel.errors import Refused
from server.demo import CHUNK, load_demo, load_demo_once

if TYPE_CHECKING:
    from tests.integration.crm.conftest import Crm

pytestmark = pytest.mark.integration

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


class Interrupted(Exception):
    pass


async def count(crm: Crm) -> int:
    async with crm.db.connect() as connection:
        return int((await connection.execute(select(func.count()).select_from(timeline))).scalar_one())


async def test_the_demo_company_is_loaded_whole_and_used_as_any_other(crm: Crm) -> None:
    steps: list[int] = []
    rows = await load_demo(crm.db, 7, NOW, lambda done, total: steps.append(done))

    assert steps[-1] == rows
    assert max(b - a for a, b in zip([0, *steps], steps, strict=False)) <= CHUNK
    for one in SHOWCASE:
        match = await crm.customers.identify(one.e164)
        assert (match.kind, match.customer_id) == (MatchKind.KNOWN, one.id)
        pop = await crm.pops.pop(match)
        assert pop["tickets"]
        assert len(pop["timeline"]["entries"]) >= 15
        assert all(one["product"] and one["serial"] for one in pop["devices"])
        assert pop["devices"], one.name
    assert (await crm.customers.identify(FAMILY_NUMBER)).kind is MatchKind.MAYBE
    assert (await crm.customers.identify(SWITCHBOARD_NUMBER)).candidate_ids == (SWITCHBOARD[0],)
    assert SHOWCASE[0].id in [card["id"] for card in await crm.customers.search("lucía fern")]
    assert "cu-demo-wang" in [card["id"] for card in await crm.customers.search("小明")]
    new = await crm.tickets.create(NewTicket(customer_id=SHOWCASE[0].id, subject="x", category="fault"), crm.ana)
    assert (await crm.tickets.of_customer(SHOWCASE[0].id, limit=1)) == [new]

    with pytest.raises(Refused) as refused:
        await load_demo(crm.db, 7, NOW, lambda done, total: None)
    assert refused.value.id == "demo_data_there"


async def test_a_load_that_was_cut_short_goes_on_another_day(crm: Crm) -> None:
    def stop(done: int, total: int) -> None:
        if done > total / 2:
            raise Interrupted

    with pytest.raises(Interrupted):
        await load_demo(crm.db, 7, NOW, stop)
    words: list[str] = []
    await load_demo_once(crm.db, words.append)
    await load_demo_once(crm.db, words.append)

    assert await count(crm) >= 40_000
    assert len(words) == 1
    assert (await crm.customers.identify(SHOWCASE[0].e164)).customer_id == SHOWCASE[0].id


async def test_somebodys_own_customers_are_never_mixed_with_the_demo(crm: Crm) -> None:
    await crm.customer("A real customer", "600123123")
    with pytest.raises(Refused) as refused:
        await load_demo(crm.db, 7, NOW, lambda done, total: None)
    words: list[str] = []
    await load_demo_once(crm.db, words.append)

    assert refused.value.id == "customers_there"
    assert "TRUNKLINE_DATABASE" in words[-1]
    assert await count(crm) == 0
