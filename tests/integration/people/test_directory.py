"""People found by pages, teams with leads, and two administrators at one person; on both databases."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from crm_core.people import audit
from crm_core.people.rows import By, NewStaff, Staff, StaffChange, StaffFilter
from crm_core.people.service import SYSTEM, PeopleService
from kernel.access import Role
from kernel.errors import Invalid, NotFound, Refused
from tests.integration.people.conftest import NOW, PASSWORD

pytestmark = pytest.mark.integration

ADMIN = By("usr-admin", "10.0.0.9")
NEW = NewStaff("bob", "Bob", PASSWORD, (Role.agent,))


async def make(people: PeopleService, login: str, name: str, *roles: Role, **more: str) -> Staff:
    new = NewStaff(login, name, PASSWORD, roles or (Role.agent,), email=more.get("email"), team_id=more.get("team_id"))
    return await people.create_staff(new, SYSTEM, NOW)


async def names(people: PeopleService, wanted: StaffFilter, limit: int = 50) -> list[str]:
    found, after = [], None
    while True:
        page, after = await people.find_staff(wanted, after, limit)
        found += [one.name for one in page]
        if after is None:
            return found


async def test_people_are_found_by_any_part_whatever_the_accents(people: PeopleService) -> None:
    await make(people, "cnunez", "Carla Núñez", email="c.nunez@example.org")
    await make(people, "angel", "Ángel Ruiz", Role.supervisor)
    closed = await make(people, "zoe", "Zoe Núñez")
    await people.deactivate_staff(closed.id, ADMIN, NOW)

    assert await names(people, StaffFilter("nunez")) == ["Carla Núñez", "Zoe Núñez"]
    assert await names(people, StaffFilter("NÚÑ car")) == ["Carla Núñez"]
    assert await names(people, StaffFilter("example.org")) == ["Carla Núñez"]
    assert await names(people, StaffFilter("angel")) == ["Ángel Ruiz"]
    assert await names(people, StaffFilter("100%_")) == []
    assert await names(people, StaffFilter(role=Role.supervisor)) == ["Ángel Ruiz"]
    assert await names(people, StaffFilter("nunez", active=True)) == ["Carla Núñez"]


async def test_a_changed_name_is_found_and_the_old_one_is_not(people: PeopleService, ana: Staff) -> None:
    await people.change_staff(ana.id, StaffChange(name="Ana Belén Sáez", email="ab@example.org"), ADMIN, NOW)

    assert await names(people, StaffFilter("saez ab")) == ["Ana Belén Sáez"]
    assert await names(people, StaffFilter("lopez")) == []


async def test_pages_hold_everybody_once(people: PeopleService) -> None:
    for number in range(7):
        await make(people, f"p{number}", f"Person {number % 3}")

    found = await names(people, StaffFilter(), limit=2)

    assert found == [f"Person {number}" for number in (0, 0, 0, 1, 1, 2, 2)]


async def test_a_list_is_narrowed_to_teams_and_oneself(people: PeopleService, ana: Staff) -> None:
    team = await people.teams.create("First line", SYSTEM, NOW)
    await make(people, "bob", "Bob", team_id=team.id)
    await make(people, "zoe", "Zoe")

    wanted = StaffFilter(team_ids=frozenset({team.id}), staff_id=ana.id)

    assert await names(people, wanted) == ["Ana López", "Bob"]
    assert await names(people, replace(wanted, team_ids=frozenset())) == ["Ana López"]


async def test_two_administrators_at_one_person_then_the_second_is_told_what_is_there(
    people: PeopleService, ana: Staff
) -> None:
    first = StaffChange(name="Ana One", roles=(Role.sales,), version=ana.version)
    await people.change_staff(ana.id, first, ADMIN, NOW)

    with pytest.raises(Refused) as refused:
        await people.change_staff(ana.id, StaffChange(name="Ana Two", version=ana.version), ADMIN, NOW)

    details = refused.value.details
    assert refused.value.id == "person_changed"
    assert (details["version"], details["current"]) == (
        ana.version + 1,
        {"name": "Ana One", "email": None, "roles": ["sales"], "language": "en", "team_id": None, "active": True},
    )
    again = await people.change_staff(ana.id, StaffChange(name="Ana Two", version=ana.version + 1), ADMIN, NOW)
    assert again.name == "Ana Two"


@pytest.mark.parametrize("email", ["ana@example.org", " ANA@Example.org "])
async def test_a_mail_address_belongs_to_one_person(people: PeopleService, ana: Staff, email: str) -> None:
    await people.change_staff(ana.id, StaffChange(email="ana@example.org"), ADMIN, NOW)

    with pytest.raises(Refused) as refused:
        await people.create_staff(replace(NEW, email=email), SYSTEM, NOW)

    assert refused.value.id == "email_taken"
    await people.change_staff(ana.id, StaffChange(email=""), ADMIN, NOW)
    assert (await people.create_staff(replace(NEW, email=email), SYSTEM, NOW)).email == email.strip()


@pytest.mark.parametrize("email", ["ana", "a b@c", "a@b\ncc: x@y", "<a@b>", "@b"])
async def test_what_is_no_mail_address_is_refused(people: PeopleService, ana: Staff, email: str) -> None:
    with pytest.raises(Invalid) as refused:
        await people.change_staff(ana.id, StaffChange(email=email), ADMIN, NOW)
    assert refused.value.details["reasons"] == {"email": {"id": "email_bad", "params": {}}}


async def test_a_team_that_is_not_there_is_refused(people: PeopleService, ana: Staff) -> None:
    with pytest.raises(Invalid) as refused:
        await people.change_staff(ana.id, StaffChange(team_id="team-x"), ADMIN, NOW)
    assert refused.value.id == "team_gone"


async def test_a_team_has_members_and_leads(people: PeopleService, ana: Staff, database: AsyncEngine) -> None:
    one, two = [await people.teams.create(name, SYSTEM, NOW) for name in ("One", "Two")]
    await people.teams.put(one.id, ana.id, member=True, lead=False, by=ADMIN, now=NOW)
    await people.teams.put(two.id, ana.id, member=False, lead=True, by=ADMIN, now=NOW)

    person = await people.staff(ana.id)

    assert (person.team_id, person.leads) == (one.id, (two.id,))
    assert person.actor.team_ids == {one.id, two.id}
    assert [(found.team.name, len(found.people)) for found in await people.teams.all()] == [("One", 1), ("Two", 1)]
    with pytest.raises(Refused, match="still has people"):
        await people.teams.delete(two.id, ADMIN, NOW)
    await people.teams.put(two.id, ana.id, member=False, lead=False, by=ADMIN, now=NOW)
    await people.teams.delete(two.id, ADMIN, NOW)
    with pytest.raises(NotFound):
        await people.teams.team(two.id)
    assert (await people.staff(ana.id)).team_id == one.id
    actions = [row.action for row in await audit.read_audit(database)]
    assert actions[:2] == ["team_deleted", "team_member_set"]


async def test_two_administrators_at_one_team_then_the_second_is_told(people: PeopleService) -> None:
    team = await people.teams.create("One", SYSTEM, NOW)
    await people.teams.rename(team.id, "First", team.version, ADMIN, NOW)

    with pytest.raises(Refused) as refused:
        await people.teams.rename(team.id, "Second", team.version, ADMIN, NOW)

    assert (refused.value.id, refused.value.details["current"]) == ("team_changed", {"name": "First"})


async def test_the_audit_is_filtered_by_who_what_to_whom_and_when(
    people: PeopleService, ana: Staff, database: AsyncEngine
) -> None:
    await people.teams.create("One", ADMIN, NOW)
    await people.change_staff(ana.id, StaffChange(name="Ana"), ADMIN, NOW)

    async def found(wanted: audit.AuditFilter) -> list[str]:
        return [row.action for row in await audit.read_audit(database, wanted=wanted)]

    assert await found(audit.AuditFilter(actor="usr-admin")) == ["staff_changed", "team_created"]
    assert await found(audit.AuditFilter(actor="usr-admin", action="team_created")) == ["team_created"]
    assert await found(audit.AuditFilter(subject=ana.id)) == ["staff_changed", "staff_created"]
    assert await found(audit.AuditFilter(since=NOW)) == ["staff_changed", "team_created", "staff_created"]
    assert await found(audit.AuditFilter(until=NOW)) == []
    assert await audit.audit_actions(database) == ["staff_changed", "staff_created", "team_created"]
