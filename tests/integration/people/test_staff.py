"""Making, changing and shutting out people; each change is in the audit trail."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest
from sqlalchemy import delete, text, update
from sqlalchemy.ext.asyncio import AsyncEngine

from crm_core.people import audit
from crm_core.people.audit.tables import audit as audit_table
from crm_core.people.audit.tables import audit_head
from crm_core.people.rows import By, Credentials, NewStaff, Staff, StaffChange
from crm_core.people.service import SYSTEM, PeopleService
from kernel.access import Right, Role, may
from kernel.errors import Invalid, NotFound, NotSignedIn, Refused
from tests.integration.people.conftest import NOW, PASSWORD

pytestmark = pytest.mark.integration

GOOD = Credentials("ana", PASSWORD, "10.0.0.1", "Firefox")
NEW = NewStaff("bob", "Bob", PASSWORD, (Role.agent, Role.engineer, Role.agent))
ADMIN = By("usr-admin", "10.0.0.9")


async def test_a_person_is_kept_as_made(people: PeopleService) -> None:
    team = await people.teams.create("Second line", SYSTEM, NOW)
    made = await people.create_staff(replace(NEW, team_id=team.id, language="es"), SYSTEM, NOW)

    assert await people.staff(made.id) == made
    assert made.roles == (Role.agent, Role.engineer)
    assert (made.language, made.team_id, made.active) == ("es", team.id, True)
    assert may(made.actor, Right.desk_use).ok
    assert made.actor.team_ids == {team.id}
    assert await people.list_teams() == [team]


@pytest.mark.parametrize("login", ["ana", "ANA", " aNa"])
async def test_a_login_is_given_once(people: PeopleService, ana: Staff, login: str) -> None:
    with pytest.raises(Refused) as refused:
        await people.create_staff(replace(NEW, login=login), SYSTEM, NOW)
    assert refused.value.id == "login_taken"
    assert await people.list_staff() == [ana]


async def test_a_team_name_is_given_once(people: PeopleService) -> None:
    await people.teams.create("Sales", SYSTEM, NOW)
    with pytest.raises(Refused, match="team of this name"):
        await people.teams.create("Sales", SYSTEM, NOW)


@pytest.mark.parametrize(
    ("bad", "field"),
    [
        (replace(NEW, login=" "), "login"),
        (replace(NEW, login="x" * 101), "login"),
        (replace(NEW, name="a\nb"), "name"),
        (replace(NEW, roles=()), "roles"),
        (replace(NEW, password="short"), "password"),
        (replace(NEW, login="bob.hunter", password="Hunter2025"), "password"),
    ],
)
async def test_bad_input_names_the_field(people: PeopleService, bad: NewStaff, field: str) -> None:
    with pytest.raises(Invalid) as refused:
        await people.create_staff(bad, SYSTEM, NOW)
    assert list(refused.value.details["fields"]) == [field]  # type: ignore[call-overload]
    assert await people.list_staff() == []


async def test_changes_are_kept_and_hold_for_sessions_at_once(people: PeopleService, ana: Staff) -> None:
    signed_in = await people.sign_in(GOOD, NOW)
    team = await people.teams.create("A", SYSTEM, NOW)
    change = StaffChange("Ana María", (Role.supervisor,), "es", team.id)

    changed = await people.change_staff(ana.id, change, ADMIN, NOW)

    assert await people.staff(ana.id) == changed
    visitor = await people.session_of(signed_in.token, NOW)
    assert visitor is not None
    assert visitor.staff.roles == (Role.supervisor,)
    back = await people.change_staff(ana.id, StaffChange(team_id=""), ADMIN, NOW)
    assert (back.team_id, back.name) == (None, "Ana María")


async def test_a_deactivated_person_is_out_at_once(people: PeopleService, ana: Staff) -> None:
    signed_in = await people.sign_in(GOOD, NOW)

    ended = await people.deactivate_staff(ana.id, ADMIN, NOW)

    assert ended == [signed_in.session.id]
    assert await people.session_of(signed_in.token, NOW) is None
    assert await people.list_staff(active_only=True) == []
    with pytest.raises(NotSignedIn):
        await people.sign_in(GOOD, NOW)
    await people.activate_staff(ana.id, ADMIN, NOW)
    assert await people.session_of(signed_in.token, NOW) is None, "an ended session does not come back"
    assert (await people.sign_in(GOOD, NOW)).staff.active


async def test_a_new_password_ends_the_other_sessions(people: PeopleService, ana: Staff) -> None:
    mine, other = await people.sign_in(GOOD, NOW), await people.sign_in(GOOD, NOW)

    await people.set_password(ana.id, "quite another secret", By(ana.id), NOW, keep_session=mine.session.id)

    assert await people.session_of(mine.token, NOW) is not None
    assert await people.session_of(other.token, NOW) is None
    with pytest.raises(NotSignedIn):
        await people.sign_in(GOOD, NOW)
    await people.sign_in(replace(GOOD, password="quite another secret"), NOW)
    with pytest.raises(Invalid):
        await people.set_password(ana.id, "password1", ADMIN, NOW)


async def test_the_last_administrator_stays(people: PeopleService) -> None:
    first = await people.create_staff(replace(NEW, login="one", roles=(Role.admin,)), SYSTEM, NOW)
    second = await people.create_staff(replace(NEW, login="two", roles=(Role.admin,)), SYSTEM, NOW)

    results = await asyncio.gather(
        people.deactivate_staff(first.id, ADMIN, NOW),
        people.change_staff(second.id, StaffChange(roles=(Role.agent,)), ADMIN, NOW),
        return_exceptions=True,
    )

    assert [one.id for one in results if isinstance(one, Refused)] == ["last_admin"]
    admins = [one for one in await people.list_staff(active_only=True) if Role.admin in one.roles]
    assert len(admins) == 1


async def test_an_unknown_person_is_not_found(people: PeopleService) -> None:
    for attempt in (
        people.staff("usr-x"),
        people.deactivate_staff("usr-x", ADMIN, NOW),
        people.activate_staff("usr-x", ADMIN, NOW),
        people.set_password("usr-x", PASSWORD, ADMIN, NOW),
        people.change_staff("usr-x", StaffChange(), ADMIN, NOW),
    ):
        with pytest.raises(NotFound):
            await attempt


async def test_every_change_is_in_the_trail_with_who_and_from_where(
    people: PeopleService, ana: Staff, database: AsyncEngine
) -> None:
    signed_in = await people.sign_in(GOOD, NOW)
    with pytest.raises(NotSignedIn):
        await people.sign_in(replace(GOOD, password="guess guess"), NOW)
    await people.revoke_session(signed_in.session.id, ana.id, ADMIN, NOW)
    await people.change_staff(ana.id, StaffChange(name="Anna"), ADMIN, NOW)
    await people.change_staff(ana.id, StaffChange(name="Anna"), ADMIN, NOW)
    await people.set_password(ana.id, "quite another secret", ADMIN, NOW)
    await people.deactivate_staff(ana.id, ADMIN, NOW)

    rows = list(reversed(await audit.read_audit(database, subject=ana.id)))

    assert [(row.action, row.actor, row.ip) for row in rows] == [
        ("staff_created", "system", ""),
        ("signed_in", ana.id, "10.0.0.1"),
        ("sign_in_failed", ana.id, "10.0.0.1"),
        ("session_revoked", "usr-admin", "10.0.0.9"),
        ("staff_changed", "usr-admin", "10.0.0.9"),
        ("password_set", "usr-admin", "10.0.0.9"),
        ("staff_deactivated", "usr-admin", "10.0.0.9"),
    ]
    assert PASSWORD not in str(rows)
    assert signed_in.token not in str(rows)
    assert (await audit.check_audit(database)).broken is None
    assert [row.action for row in await audit.read_audit(database, before=rows[1].seq)] == ["staff_created"]


@pytest.fixture
async def trail(people: PeopleService, database: AsyncEngine) -> AsyncEngine:
    """Five lines, whole."""
    for number in range(5):
        await people.teams.create(f"Team ñ {number}", SYSTEM, NOW)
    assert (await audit.check_audit(database)).broken is None
    return database


@pytest.mark.parametrize("seq", [1, 3, 5])
async def test_a_deleted_line_is_found(trail: AsyncEngine, seq: int) -> None:
    async with trail.begin() as connection:
        await connection.execute(delete(audit_table).where(audit_table.c.seq == seq))
    check = await audit.check_audit(trail)
    assert check.broken == audit.Break(seq, "cut" if seq == 5 else "missing")


@pytest.mark.parametrize(
    "change", [{"actor": "usr-x"}, {"details": {"name": "x"}}, {"ip": "1.1.1.1"}, {"hash": "0" * 64}]
)
async def test_a_changed_line_is_found(trail: AsyncEngine, change: dict[str, object]) -> None:
    async with trail.begin() as connection:
        await connection.execute(update(audit_table).where(audit_table.c.seq == 2).values(**change))
    assert (await audit.check_audit(trail)).broken == audit.Break(2, "changed")


async def test_a_cut_tail_or_a_moved_head_is_found(trail: AsyncEngine) -> None:
    async with trail.begin() as connection:
        await connection.execute(update(audit_head).values(seq=7))
    assert (await audit.check_audit(trail)).broken == audit.Break(6, "cut")
    async with trail.begin() as connection:
        await connection.execute(text("DELETE FROM audit"))
        await connection.execute(text("DELETE FROM audit_head"))
    assert (await audit.check_audit(trail)).broken is None


async def test_lines_written_at_once_make_one_chain(people: PeopleService, database: AsyncEngine) -> None:
    await asyncio.gather(*(people.teams.create(f"Team {number}", SYSTEM, NOW) for number in range(12)))

    rows = await audit.read_audit(database)
    assert [row.seq for row in rows] == list(range(12, 0, -1))
    assert (await audit.check_audit(database, page=5)).broken is None


async def test_a_line_goes_with_its_transaction(people: PeopleService, database: AsyncEngine) -> None:
    async def fail() -> None:
        async with database.begin() as connection:
            await audit.append(connection, audit.AuditEntry(NOW, "u", "x", "y"))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fail()
    assert await audit.read_audit(database) == []
    assert (await audit.check_audit(database)).broken is None


async def test_whatever_text_a_line_holds_the_chain_stays_whole(database: AsyncEngine) -> None:
    entry = audit.AuditEntry(
        NOW, "u\x00" * 60, "x", "\udcff" * 200, "ip", {"a": "\x00\udcff", "n": 1, "l": [True, "é"]}
    )
    async with database.begin() as connection:
        await audit.append(connection, entry, entry)
    assert (await audit.check_audit(database)).broken is None
    assert len(await audit.read_audit(database)) == 2
