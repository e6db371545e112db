"""Tickets, notes and the pop on both databases."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import event

from crm_core.customers.models import Match, MatchKind
from crm_core.tickets import store as ticket_store
from crm_core.tickets.models import NewTicket
from crm_core.timeline.store import save_entries
from crm_core.timeline.writes import SaveTimelineEntry
from kernel.errors import IllegalCommand, Invalid, NotFound, Refused

if TYPE_CHECKING:
    from tests.integration.crm.conftest import Crm

pytestmark = pytest.mark.integration


def fault(customer: str, subject: str = "No hot water") -> NewTicket:
    return NewTicket(customer_id=customer, subject=subject, category="fault", product="Heat pump", priority="high")


async def test_twenty_tickets_made_at_once_have_unique_numbers_without_gaps(crm: Crm) -> None:
    customer = await crm.customer()

    made = await asyncio.gather(*(crm.tickets.create(fault(customer, f"n {n}"), crm.ana) for n in range(20)))

    assert sorted(one["number"] for one in made) == [f"T2026-{n:06d}" for n in range(1, 21)]


async def test_a_ticket_that_fails_gives_its_number_back(crm: Crm, monkeypatch: pytest.MonkeyPatch) -> None:
    customer = await crm.customer()
    await crm.tickets.create(fault(customer), crm.ana)

    async def broken(*_: object) -> None:
        raise RuntimeError("the disk is full")

    with monkeypatch.context() as patched:
        patched.setattr(ticket_store, "insert_ticket", broken)
        with pytest.raises(RuntimeError):
            await crm.tickets.create(fault(customer), crm.ana)

    assert (await crm.tickets.create(fault(customer), crm.ana))["number"] == "T2026-000002"


async def test_a_ticket_is_on_the_timeline_at_once_and_stays_open_there_until_it_is_solved(crm: Crm) -> None:
    customer = await crm.customer()
    ticket = await crm.tickets.create(fault(customer), crm.ana)
    (before,) = await crm.timeline.open_items(customer)

    await crm.tickets.change(ticket["id"], "wait", crm.ana)
    await crm.tickets.change(ticket["id"], "resolve", crm.ana)
    (after,) = (await crm.timeline.page(customer))["entries"]

    assert (before["kind"], before["title"], before["ref"]) == ("ticket", "T2026-000001 No hot water", ticket["id"])
    assert (after["id"], after["at"], after["status"]) == (before["id"], before["at"], "done")
    assert (await crm.customers.card(customer))["open_tickets"] == 0


async def test_an_illegal_move_is_refused_and_changes_nothing(crm: Crm) -> None:
    ticket = await crm.tickets.create(fault(await crm.customer()), crm.ana)
    with pytest.raises(IllegalCommand) as refused:
        await crm.tickets.change(ticket["id"], "reopen", crm.ana)

    assert refused.value.id == "ticket_reopen_not_now"
    assert await crm.tickets.get(ticket["id"]) == ticket


async def test_of_two_changes_to_one_version_one_is_refused(crm: Crm) -> None:
    ticket = await crm.tickets.create(fault(await crm.customer()), crm.ana)

    results = await asyncio.gather(
        *(crm.tickets.change(ticket["id"], command, crm.ana, version=1) for command in ("wait", "resolve")),
        return_exceptions=True,
    )

    assert sum(isinstance(one, Refused) for one in results) == 1
    assert (await crm.tickets.get(ticket["id"]))["version"] == 2


async def test_open_tickets_come_first(crm: Crm) -> None:
    customer = await crm.customer()
    made = []
    for n in range(4):
        made.append((await crm.tickets.create(fault(customer, f"n {n}"), crm.ana))["id"])
        crm.clock.advance(crm.clock.now() - crm.clock.now().replace(microsecond=0))
        crm.clock.advance(crm.clock.now().resolution * 1_000_000)
    await crm.tickets.change(made[3], "close", crm.ana)

    assert [one["id"] for one in await crm.tickets.of_customer(customer)] == [made[2], made[1], made[0], made[3]]
    assert [one["id"] for one in await crm.tickets.of_customer(customer, only_open=True)] == made[2::-1]


async def test_tickets_and_notes_of_nobody_are_refused(crm: Crm) -> None:
    with pytest.raises(NotFound):
        await crm.tickets.create(fault("cu-none"), crm.ana)
    with pytest.raises(NotFound):
        await crm.notes.add("cu-none", "hello", crm.ana)
    with pytest.raises(NotFound):
        await crm.tickets.get("ti-none")


async def test_a_note_is_on_the_timeline_with_who_wrote_it(crm: Crm) -> None:
    customer = await crm.customer()
    text = "Llamó su hija.\nVolverá a llamar ✓ 王" + "x" * 10_000

    note = await crm.notes.add(customer, text, crm.ana, "ix-1700000000.1")

    assert (await crm.timeline.page(customer))["entries"] == [note]
    assert (note["kind"], note["body"], note["staff_name"]) == ("note", text, "Ana Ruiz")
    assert note["details"] == {"interaction_id": "ix-1700000000.1"}


@pytest.mark.parametrize("text", ["", "  ", "x" * 20_001, "a\x00b", "a\ud800b"])
async def test_a_note_that_cannot_be_kept_whole_is_refused_with_the_field(crm: Crm, text: str) -> None:
    customer = await crm.customer()
    with pytest.raises(Invalid) as refused:
        await crm.notes.add(customer, text, crm.ana)

    assert list(refused.value.details["fields"]) == ["text"]  # type: ignore[call-overload]
    assert (await crm.timeline.page(customer))["entries"] == []


async def test_the_pop_of_a_known_caller_asks_for_nothing_that_is_not_there(crm: Crm) -> None:
    customer = await crm.customer(number="600111222", level="vip")
    ticket = await crm.tickets.create(fault(customer), crm.ana)
    note = await crm.notes.add(customer, "Prefers the morning", crm.ana)
    promised = SaveTimelineEntry(id="tl-cb", customer_id=customer, at=crm.clock.now(), kind="callback", title="Call",
                                 status="open")  # fmt: skip
    async with crm.db.begin() as connection:
        await save_entries(connection, [promised])
    match = await crm.customers.identify("0034600111222")
    seen: list[str] = []
    event.listen(crm.db.sync_engine, "before_cursor_execute", lambda *args: seen.append(args[2]))

    pop = await crm.pops.pop(match)

    asked = [one for one in seen if one.startswith("SELECT")]
    assert len(asked) == 4, "card, history, open entries, tickets; no devices"
    assert pop["customer"] == await crm.customers.card(customer)
    assert (pop["customer"] or {})["callbacks"] == 1
    assert [one["id"] for one in pop["tickets"]] == [ticket["id"]]
    assert {one["id"] for one in pop["timeline"]["entries"]} == {note["id"], "tl-cb", f"tl-{ticket['id']}"}
    assert {one["id"] for one in pop["open_items"]} == {"tl-cb", f"tl-{ticket['id']}"}


async def test_the_pop_of_somebody_among_several_gives_cards_to_choose_from_and_nobodys_history(crm: Crm) -> None:
    await crm.customer("Carmen", "600333444")
    await crm.customer("Rocío", "600333444")

    pop = await crm.pops.pop(await crm.customers.identify("600333444"))

    assert pop["customer"] is None
    assert {card["name"] for card in pop["candidates"]} == {"Carmen", "Rocío"}
    assert (pop["timeline"], pop["tickets"]) == ({"entries": [], "next": None}, [])


async def test_the_pop_of_an_unknown_or_withheld_caller_is_empty(crm: Crm) -> None:
    for kind in (MatchKind.UNKNOWN, MatchKind.WITHHELD):
        pop = await crm.pops.pop(Match(kind))
        assert (pop["customer"], pop["candidates"], pop["timeline"]["entries"]) == (None, [], [])


async def test_a_note_kept_under_a_key_is_written_once(crm: Crm) -> None:
    customer = await crm.customer(number="600111222")

    first = await crm.notes.add(customer, "Said thanks", crm.ana, "ix-1", once="ana ix-1 Said thanks")
    again = await crm.notes.add(customer, "Said thanks", crm.ana, "ix-1", once="ana ix-1 Said thanks")

    assert again["ref"] == first["ref"]
    notes = [one for one in (await crm.timeline.page(customer))["entries"] if one["kind"] == "note"]
    assert [one["ref"] for one in notes] == [first["ref"]]


async def test_the_pop_of_a_customer_of_whom_nothing_is_known_costs_two_queries(crm: Crm) -> None:
    customer = await crm.customer(number="600111223")
    match = await crm.customers.identify("0034600111223")
    seen: list[str] = []
    event.listen(crm.db.sync_engine, "before_cursor_execute", lambda *args: seen.append(args[2]))

    pop = await crm.pops.pop(match)

    assert len([one for one in seen if one.startswith("SELECT")]) == 2
    assert pop["customer"] == await crm.customers.card(customer)
    assert (pop["open_items"], pop["tickets"], pop["devices"]) == ([], [], [])
