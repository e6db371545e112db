"""What the audit page shows of customers, calls and numbers: names of today by the reader's rights, nothing of who is
erased; the trail and the exported file hold none. On both databases."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete

from agent_desktop.auditnames import AuditNames
from agent_desktop.crm import Crm
from agent_desktop.people import People
from crm_core.activities.drafts import DraftService
from crm_core.activities.service import NoteService
from crm_core.customers.service import CustomerService
from crm_core.customers.tables import customers
from crm_core.donotcall.service import DoNotCallService
from crm_core.donotcall.store import forbid_numbers
from crm_core.donotcall.writes import ForbidNumber
from crm_core.people.audit import AuditEntry, append, read_audit
from crm_core.tickets.service import TicketService
from crm_core.timeline.service import TimelineService
from kernel.access import Actor, Role
from kernel.clock import SteadyClock
from server.records import SqlCallRecords
from tests.integration.access.world import World, be_offered_a_caller, take_a_call, world

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


async def trail(live: World, action: str, about: str) -> None:
    """A line of an agent's act."""
    async with live.platform.database.begin() as connection:
        await append(connection, AuditEntry(SteadyClock().now(), live.ids["agent"], action, about, "192.0.2.7", {}))


async def call_in(live: World) -> tuple[str, str]:
    """A call that an agent has, and its number."""
    await be_offered_a_caller(live, "agent")
    await take_a_call(live, "agent")
    number = live.platform.rooms.routing.interactions[live.calls["agent"]].number
    assert number is not None
    return live.calls["agent"], number


def names_for(live: World) -> AuditNames:
    database, clock = live.platform.database, SteadyClock()
    crm = Crm(
        CustomerService(database, "ES", clock),
        TimelineService(database),
        TicketService(database, clock),
        NoteService(database, clock),
        DraftService(database, clock),
        DoNotCallService(database, "ES", clock),
    )
    return AuditNames(People(live.people, clock), crm, SqlCallRecords(database, live.people), dict)


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

    found = await names_for(live).all(rows, Actor("x", frozenset({role} if role else ())))

    by_action = {row.action: found.subject(row) for row in rows}
    assert by_action["do_not_call_added"].name == number
    assert (by_action["note_written"].name, by_action["note_written"].gone) == (name, False)


async def test_given_acts_about_a_call_then_the_page_says_whose_it_was_and_the_file_has_its_id_only(
    live: World,
) -> None:
    call, number = await call_in(live)
    await trail(live, "recordings_listed", call)

    listed = await shown(live, "recordings_listed")
    assert (listed["subject"], about(listed)) == (call, (None, "call", False))
    assert (listed["call"]["who"], listed["call"]["outbound"], listed["call"]["at"] is None) == (number, False, False)

    status, _ = await live.ask("agent", "PUT", f"/api/calls/{call}/customer", {"customer_id": live.customer})
    assert status == 200
    assert (await shown(live, "caller_linked"))["call"]["who"] == "Marta Gil"
    status, file = await live.ask("admin", "GET", "/api/audit/export")
    assert (status, call in file, number in file, "Marta" in file) == (200, True, False, False)
    async with live.platform.database.begin() as connection:
        await connection.execute(delete(customers).where(customers.c.id == live.customer))
    assert (await shown(live, "recordings_listed"))["call"] == {**listed["call"], "who": None, "customer_gone": True}


async def test_given_a_number_forbidden_in_a_wrap_up_then_its_line_names_the_call_and_none_that_is_gone(
    live: World,
) -> None:
    call, number = await call_in(live)
    asked = ForbidNumber(number=number, at=SteadyClock().now(), call=call, actor=live.ids["agent"], ip="")
    async with live.platform.database.begin() as connection:
        await forbid_numbers(connection, [asked, replace(asked, number=None)], "ES")

    added, unreadable = await shown(live, "do_not_call_added"), await shown(live, "do_not_call_unreadable")
    assert (about(added), added["call"]["who"]) == ((number, "entry", False), number)
    assert (about(unreadable), unreadable["call"]["who"]) == ((None, "call", False), number)
    await trail(live, "recordings_listed", "ix-of-none")
    gone = await shown(live, "recordings_listed")
    assert (about(gone), gone["call"]) == ((None, "call", True), None)


@pytest.mark.parametrize(("roles", "whole"), [((Role.agent,), True), ((), False)])
async def test_given_a_reader_without_the_right_then_of_a_call_the_end_of_its_number_and_no_sign_in_names(
    live: World, roles: tuple[Role, ...], whole: bool
) -> None:
    call, number = await call_in(live)
    await trail(live, "recordings_listed", call)
    (row,) = await read_audit(live.platform.database, limit=1)

    names = await names_for(live).all([row], Actor("x", frozenset(roles)))

    found = names.call(row)
    assert found is not None
    assert found.who == (number if whole else f"…{number[-3:]}")
    assert (names.staff[live.ids["agent"]], names.logins) == ("Agent", {})


async def test_given_people_then_the_page_has_their_sign_in_names_and_of_a_failed_sign_in_whose_it_was(
    live: World,
) -> None:
    for login in ("agent", "nobody-here"):
        status, _ = await live.ask(None, "POST", "/api/sign-in", {"login": login, "password": "wrong"})
        assert status == 401
    _, page = await live.ask("admin", "GET", "/api/audit?action=sign_in_failed")
    logins = [(line["actor"] == "unknown", line["actor_login"], line["subject_login"]) for line in page["items"]]
    assert logins == [(True, None, None), (False, "agent", "agent")]
    made = await shown(live, "team_created")
    assert (made["actor"], made["actor_login"]) == ("system", None)
