"""What people do with their own accounts while an administrator changes them: on both databases each is done or refused
with a word, and nobody is thrown out because two waited for each other."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from crm_core.donotcall.service import DoNotCallService
from crm_core.donotcall.store import forbid_numbers
from crm_core.donotcall.writes import ForbidNumber
from crm_core.people.audit import AuditEntry, append, check_audit
from crm_core.people.rows import By, Credentials, Place, SignedIn, Staff, StaffChange
from crm_core.people.service import PeopleService
from kernel.clock import ManualClock
from kernel.errors import TrunklineError
from tests.integration.people.conftest import NOW, PASSWORD

pytestmark = pytest.mark.integration

GIVEN = Credentials("ana", PASSWORD, "10.0.0.1", "Firefox")
ADMIN, OWN = By("usr-admin", "10.0.0.9"), "10.0.0.1"
ROUNDS = 4
Act = Callable[[PeopleService, Staff, SignedIn, int], Awaitable[object]]


def by(person: Staff) -> By:
    return By(person.id, OWN)


THEIRS: dict[str, Act] = {
    "sign in": lambda people, _ana, _had, n: people.sign_in(replace(GIVEN, ip=f"10.0.1.{n}"), NOW),
    "sign out": lambda people, ana, had, _n: people.sign_out(had.token, by(ana), NOW),
    "come from elsewhere": lambda people, _ana, had, n: people.session_of(
        had.token, NOW, Place(f"10.1.0.{n}", GIVEN.user_agent)
    ),
    "come with a stolen cookie": lambda people, _ana, had, _n: people.session_of(had.token, NOW, Place(OWN, "curl")),
    "end a session": lambda people, ana, had, _n: people.revoke_session(had.session.id, ana.id, by(ana), NOW),
    "end all sessions": lambda people, ana, _had, _n: people.revoke_all(ana.id, by(ana), NOW),
}
OURS: dict[str, Act] = {
    "change": lambda people, ana, _had, n: people.change_staff(ana.id, StaffChange(name=f"Ana {n}"), ADMIN, NOW),
    "shut out": lambda people, ana, _had, _n: people.deactivate_staff(ana.id, ADMIN, NOW),
    "let in": lambda people, ana, _had, _n: people.let_in(ana.id, ADMIN, NOW),
    "set a password": lambda people, ana, _had, _n: people.set_password(ana.id, PASSWORD, ADMIN, NOW),
}


@pytest.mark.timeout(120)
@pytest.mark.parametrize("ours", OURS)
@pytest.mark.parametrize("theirs", THEIRS)
async def test_what_somebody_does_while_they_are_changed_is_done_or_refused(
    people: PeopleService, database: AsyncEngine, ana: Staff, theirs: str, ours: str
) -> None:
    for n in range(ROUNDS):
        had = await people.sign_in(GIVEN, NOW + timedelta(minutes=n))
        acts = (act(people, ana, had, n) for act in (THEIRS[theirs], OURS[ours]) * 2)
        for failed in (one for one in await asyncio.gather(*acts, return_exceptions=True) if one is not None):
            assert isinstance(failed, TrunklineError) or not isinstance(failed, BaseException), repr(failed)
        await people.activate_staff(ana.id, ADMIN, NOW)
        await people.let_in(ana.id, ADMIN, NOW)
    assert (await check_audit(database)).broken is None


@pytest.mark.timeout(60)
@pytest.mark.parametrize("lines", [0, 1])
async def test_numbers_forbidden_by_people_and_by_calls_at_once_are_all_on_the_list(
    database: AsyncEngine, lines: int
) -> None:
    """The engine's commit may have lines of its own before those of the list."""
    service = DoNotCallService(database, "ES", ManualClock(NOW))

    async def by_calls(n: int) -> None:
        async with database.begin() as connection:
            for _ in range(lines):
                await append(connection, AuditEntry(NOW, "ana", "queue_changed", "main"))
            write = ForbidNumber(call=f"ix-{n}", number=f"+346001112{n:02}", actor="ana", ip="", at=NOW)
            await forbid_numbers(connection, [write], "ES")

    await asyncio.gather(*(act for n in range(6) for act in (by_calls(n), service.add(f"+346003332{n:02}", "bob"))))
    assert len(await service.entries()) == 12
    assert (await check_audit(database)).broken is None
