"""The timeline: pages without gaps or repeats, open items, and the engine's writes, on both databases."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import event, insert
from sqlalchemy.ext.asyncio import AsyncEngine

from crm_core.timeline.store import save_entries
from crm_core.timeline.tables import timeline
from crm_core.timeline.writes import SaveTimelineEntry
from kernel.errors import Invalid

if TYPE_CHECKING:
    from tests.integration.crm.conftest import Crm

pytestmark = pytest.mark.integration


@contextmanager
def statements(db: AsyncEngine) -> Iterator[list[str]]:
    """What is executed meanwhile."""
    seen: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        seen.append(statement)

    event.listen(db.sync_engine, "before_cursor_execute", note)
    yield seen
    event.remove(db.sync_engine, "before_cursor_execute", note)


def entry(id: str, at: datetime, **more: Any) -> SaveTimelineEntry:
    values: dict[str, Any] = {"customer_id": "cu-1", "kind": "call", "title": "Inbound call"} | more
    return SaveTimelineEntry(id=id, at=at, **values)


async def save(crm: Crm, *writes: SaveTimelineEntry) -> None:
    async with crm.db.begin() as connection:
        await save_entries(connection, writes)


async def test_ten_thousand_entries_are_paged_without_gap_or_repeat_while_others_are_added(crm: Crm) -> None:
    now = crm.clock.now()
    times = [now - timedelta(seconds=n // 3) for n in range(10_000)]  # three at each instant
    rows = [{"id": f"tl-{n:05d}", "customer_id": "cu-1", "at": at, "kind": "call", "title": "x", "body": "",
             "details": {}} for n, at in enumerate(times)]  # fmt: skip
    async with crm.db.begin() as connection:
        await connection.execute(insert(timeline), rows)
    seen: list[tuple[str, str]] = []
    cursor: str | None = None
    added = 0
    while True:
        page = await crm.timeline.page("cu-1", cursor, limit=97)
        seen += [(one["at"], one["id"]) for one in page["entries"]]
        cursor = page["next"]
        if cursor is None:
            break
        added += 1
        newer, older = now + timedelta(seconds=added), now - timedelta(days=9, seconds=added)
        await save(
            crm, entry(f"new-{added}", newer), entry(f"old-{added}", older), entry(f"tl-{added:05d}", times[added])
        )
    ids = [id_ for _, id_ in seen]

    assert len(ids) == len(set(ids))
    assert {row["id"] for row in rows} <= set(ids)
    assert not [id_ for id_ in ids if id_.startswith("new-")]
    assert len([id_ for id_ in ids if id_.startswith("old-")]) == added
    assert [at for at, _ in seen] == sorted((at for at, _ in seen), reverse=True)


async def test_a_page_is_one_query(crm: Crm) -> None:
    await save(crm, *(entry(f"tl-{n}", crm.clock.now() - timedelta(hours=n)) for n in range(30)))
    first = await crm.timeline.page("cu-1", limit=10)

    with statements(crm.db) as seen:
        await crm.timeline.page("cu-1", first["next"], limit=10, kind=None)

    assert len([one for one in seen if one.startswith("SELECT")]) == 1


async def test_a_page_can_be_of_one_kind_and_its_cursor_fits_no_other_list(crm: Crm) -> None:
    kinds = ("call", "note", "order")
    await save(crm, *(entry(f"tl-{n}", crm.clock.now(), kind=kinds[n % 3]) for n in range(30)))

    page = await crm.timeline.page("cu-1", limit=4, kind="note")
    rest = await crm.timeline.page("cu-1", page["next"], limit=50, kind="note")

    assert {one["kind"] for one in page["entries"] + rest["entries"]} == {"note"}
    assert (len(page["entries"]), len(rest["entries"]), rest["next"]) == (4, 6, None)
    for customer, kind in (("cu-1", None), ("cu-2", "note")):
        with pytest.raises(Invalid) as refused:
            await crm.timeline.page(customer, page["next"], kind=kind)
        assert refused.value.id == "bad_cursor"


@pytest.mark.parametrize(
    ("limit", "kind", "error"), [(0, None, "bad_limit"), (201, None, "bad_limit"), (5, "x", "bad_kind")]
)
async def test_bad_limits_and_kinds_are_refused(crm: Crm, limit: int, kind: str | None, error: str) -> None:
    with pytest.raises(Invalid) as refused:
        await crm.timeline.page("cu-1", limit=limit, kind=kind)
    assert refused.value.id == error


async def test_open_items_are_found_whatever_their_age(crm: Crm) -> None:
    now = crm.clock.now()
    await save(
        crm,
        entry("tl-old", now - timedelta(days=900), kind="callback", status="open"),
        entry("tl-new", now, kind="opportunity", status="open"),
        entry("tl-other", now, customer_id="cu-2", status="open"),
        *(entry(f"tl-{n}", now - timedelta(days=n), status="done") for n in range(60)),
    )

    assert [one["id"] for one in await crm.timeline.open_items("cu-1")] == ["tl-new", "tl-old"]


async def test_saving_an_entry_again_replaces_it_and_moves_it_to_another_customer(crm: Crm) -> None:
    at = crm.clock.now()
    await save(crm, entry("tl-ix-1", at, status="open", ref="ix-1"))
    await save(
        crm,
        entry("tl-ix-1", at, customer_id="cu-2", body="said hello"),
        entry("tl-ix-1", at, customer_id="cu-2", body="said goodbye", status="done", ref="ix-1", details={"n": [1]}),
    )

    assert (await crm.timeline.page("cu-1"))["entries"] == []
    assert (await crm.timeline.page("cu-2"))["entries"] == [
        {"id": "tl-ix-1", "at": "2026-11-21T12:00:00.250Z", "kind": "call", "title": "Inbound call",
         "body": "said goodbye", "status": "done", "ref": "ix-1", "staff_name": None, "details": {"n": [1]},
         "zones": []}
    ]  # fmt: skip


async def test_no_text_of_a_caller_can_stop_the_engines_commit(crm: Crm) -> None:
    at = crm.clock.now()
    bad = "a\x00b\ud800c" + "é" * 5000
    await save(crm, entry("tl-1", at, title=bad, body=bad, staff_name=bad, ref=bad, status="open", details={bad: bad}))
    await save(crm, entry("tl-2", at, kind="no such kind of entry in the table"))

    found = {one["id"]: one for one in (await crm.timeline.page("cu-1"))["entries"]}

    assert found["tl-1"]["title"].startswith("a\ufffdb\ufffdc")
    assert len(found["tl-1"]["title"]) == 300
    assert len(found["tl-1"]["body"]) == 5005
    assert found["tl-2"]["kind"] == "note"


async def test_readers_do_not_wait_for_a_writer(crm: Crm) -> None:
    await save(crm, entry("tl-1", crm.clock.now()))
    async with crm.db.begin() as connection:
        await save_entries(connection, [entry("tl-2", crm.clock.now())])
        page = await asyncio.wait_for(crm.timeline.page("cu-1"), 2)

    assert [one["id"] for one in page["entries"]] == ["tl-1"]


async def test_an_entry_says_the_zones_of_its_number(crm: Crm) -> None:
    now = crm.clock.now()
    numbers: dict[str, Any] = {"tl-1": "+551130004135", "tl-2": None, "tl-3": "anonymous", "tl-4": 12}
    writes = [entry(id, now, status="open", details={"phone": phone}) for id, phone in numbers.items()]
    await save(crm, *writes, entry("tl-5", now, status="open"))
    expected: dict[str, list[str]] = {id: [] for id in numbers} | {"tl-1": ["America/Sao_Paulo"], "tl-5": []}
    page, open_ = await crm.timeline.page("cu-1"), await crm.timeline.open_items("cu-1")
    assert {one["id"]: one["zones"] for one in page["entries"]} == expected
    assert {one["id"]: one["zones"] for one in open_} == expected
