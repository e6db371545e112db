"""What the audit page shows of customers and numbers: names of today by the reader's rights, nothing of who is erased;
the trail and the exported file hold none. On both databases."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete

from agent_desktop.auditnames import AuditNames
from agent_desktop.people import People
from crm_core.customers.service import CustomerService
from crm_core.customers.tables import customers
from crm_core.donotcall.service import DoNotCallService
from crm_core.people.audit import read_audit
from kernel.access import Actor, Role
from kernel.clock import SteadyClock
from tests.integration.access.world import World, world

pytestmark = [pytest.mark.integration, pytest.mark.timeout(120)]
NUMBER = "+34600999888"


@pytest.fixture
async def live(database_url: str, tmp_path: Path) -> AsyncIterator[World]:
    async with world(database_url, tmp_path) as found:
        yield found


async def shown(live: World, action: str) -> dict[str, Any]:
    status, page = await live.ask("admin", "GET", f"/api/audit?action={action}&limit=1")
    assert status == 200, page
    line: dict[str, Any] = page["items"][0]
    return line


def about(line: dict[str, Any]) -> tuple[Any, Any, Any]:
    return line["subject_name"], line["subject_is"], line["subject_gone"]


async def test_given_an_entry_and_a_note_then_the_page_names_them_and_the_file_does_not(live: World) -> None:
    _, entry = await live.ask("agent", "POST", "/api/do-not-call", {"number": NUMBER})
    await live.ask("agent", "POST", f"/api/customers/{live.customer}/notes", {"text": "Said nothing of note"})

    assert about(await shown(live, "do_not_call_added")) == (NUMBER, "entry", False)
    assert about(await shown(live, "note_written")) == ("Marta Gil", "note", False)
    assert about(await shown(live, "customer_created")) == ("Marta Gil", "customer", False)
    assert about(await shown(live, "staff_created"))[1:] == (None, False)
    status, file = await live.ask("admin", "GET", "/api/audit/export")
    assert (status, entry["id"] in file, live.customer in file) == (200, True, True)
    assert ("Marta" in file, NUMBER[3:] in file) == (False, False)


async def test_given_a_queue_changed_then_the_page_names_it_as_it_is_called_today(live: World) -> None:
    form = {"version": 1, "name": "Service"}
    assert (await live.ask("admin", "PATCH", "/api/queues/main", form))[0] == 200
    form = {"version": 2, "name": "Orders"}
    assert (await live.ask("admin", "PATCH", "/api/queues/main", form))[0] == 200

    line = await shown(live, "queue_changed")
    assert (line["subject"], about(line)) == ("main", ("Orders", "queue", False))


async def test_given_them_gone_then_the_page_says_so_and_shows_nothing_of_them(live: World) -> None:
    _, entry = await live.ask("agent", "POST", "/api/do-not-call", {"number": NUMBER})
    await live.ask("supervisor", "DELETE", f"/api/do-not-call/{entry['id']}")
    _, other = await live.ask("agent", "POST", "/api/customers", {"name": "Vera Solís"})
    async with live.platform.database.begin() as connection:
        await connection.execute(delete(customers).where(customers.c.id == other["id"]))

    assert about(await shown(live, "do_not_call_added")) == (None, "entry", True)
    assert about(await shown(live, "customer_created")) == (None, "customer", True)
    removed = await shown(live, "do_not_call_removed")
    assert (about(removed), removed["details"]["added_by"]) == ((None, "entry", True), "Agent")


@pytest.mark.parametrize(
    ("role", "number", "name"),
    [(Role.supervisor, NUMBER, "Marta Gil"), (Role.agent, "…888", "Marta Gil"), (None, "…888", None)],
)
async def test_given_a_reader_without_the_right_then_only_the_end_of_a_number_and_no_customer(
    live: World, role: Role | None, number: str, name: str | None
) -> None:
    await live.ask("agent", "POST", "/api/do-not-call", {"number": NUMBER})
    await live.ask("agent", "POST", f"/api/customers/{live.customer}/notes", {"text": "x"})
    rows = await read_audit(live.platform.database, limit=500)
    database, clock = live.platform.database, SteadyClock()
    lists = DoNotCallService(database, "ES", clock)
    names = AuditNames(People(live.people, clock), CustomerService(database, "ES", clock), lists, dict)

    found = await names.all(rows, Actor("x", frozenset({role} if role else ())))

    by_action = {row.action: found.subject(row) for row in rows}
    assert by_action["do_not_call_added"].name == number
    assert (by_action["note_written"].name, by_action["note_written"].gone) == (name, False)
