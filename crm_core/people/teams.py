"""What is done with teams: made, renamed, filled, led, taken away; each change in the audit trail."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from crm_core.people import audit, store
from crm_core.people.forms import one_line
from crm_core.people.rows import By, Staff, Team
from crm_core.people.sessions import audit_line
from crm_core.store import Connection, Database
from kernel.db import readonly
from kernel.errors import NotFound, Problem, Refused, at_fields
from kernel.ids import new_id


@dataclass(frozen=True, slots=True)
class TeamWithPeople:
    """`people` are members and leads; who leads may belong to another team."""

    team: Team
    people: tuple[Staff, ...]


class Teams:
    """On one database."""

    def __init__(self, database: Database) -> None:
        self._db = database

    async def create(self, name: str, by: By, now: datetime) -> Team:
        """Raises Refused (`team_name_taken`)."""
        team = Team(new_id("team"), one_line("name", name, 100))
        async with self._db.begin() as connection:
            await audit.lock_head(connection)
            await _free(connection, team)
            await store.insert_team(connection, team)
            await audit.append(connection, audit_line("team_created", team.id, by, now, name=team.name))
        return team

    async def all(self) -> list[TeamWithPeople]:
        """Every team by name."""
        async with readonly(self._db) as connection:
            teams, people = await store.all_teams(connection), await store.all_staff(connection, active_only=True)
        return [TeamWithPeople(one, tuple(p for p in people if one.id in (p.team_id, *p.leads))) for one in teams]

    async def team(self, team_id: str) -> TeamWithPeople:
        async with readonly(self._db) as connection:
            team = await store.team_by_id(connection, team_id)
            people = await store.people_of_team(connection, team_id)
        if team is None:
            raise _unknown()
        return TeamWithPeople(team, tuple(people))

    async def rename(self, team_id: str, name: str, version: int, by: By, now: datetime) -> Team:
        """Raises Refused (`team_changed`) when somebody else was quicker."""
        async with self._db.begin() as connection:
            old = await _found(connection, team_id)
            if old.version != version:
                words = "Somebody else changed this team meanwhile. Look at what is there now, then save again."
                raise Refused("team_changed", words, version=old.version, current={"name": old.name})
            new = replace(old, name=one_line("name", name, 100), version=old.version + 1)
            await _free(connection, new)
            await store.update_team(connection, team_id, name=new.name, version=new.version)
            await audit.append(connection, audit_line("team_changed", team_id, by, now, name=new.name))
        return new

    async def delete(self, team_id: str, by: By, now: datetime) -> None:
        """Raises Refused (`team_in_use`) while somebody belongs to it or leads it, even a closed account."""
        async with self._db.begin() as connection:
            team = await _found(connection, team_id)
            people = await store.people_of_team(connection, team_id)
            if people:
                words = "The team still has people; move them to another team first."
                raise Refused("team_in_use", words, people=len(people))
            await store.delete_team(connection, team_id)
            await audit.append(connection, audit_line("team_deleted", team_id, by, now, name=team.name))

    async def put(self, team_id: str, staff_id: str, *, member: bool, lead: bool, by: By, now: datetime) -> None:
        """Say whether a person belongs to the team, which takes them out of the team before, and whether they
        lead it."""
        async with self._db.begin() as connection:
            await _found(connection, team_id)
            found = await store.staff_by_id(connection, staff_id, lock=True)
            if found is None:
                raise NotFound("staff_unknown", "There is no such person.")
            person = found.staff
            others = tuple(one for one in person.leads if one != team_id)
            leads = tuple(sorted((*others, team_id))) if lead else others
            staying = None if person.team_id == team_id else person.team_id
            home = team_id if member else staying
            if (home, set(leads)) == (person.team_id, set(person.leads)):
                return
            values = {"team_id": home, "leads": list(leads), "version": person.version + 1}
            await store.update_staff(connection, staff_id, **values)
            details = {"team": team_id, "member": member, "lead": lead}
            await audit.append(connection, audit_line("team_member_set", staff_id, by, now, **details))


async def _free(connection: Connection, team: Team) -> None:
    other = await store.team_by_name(connection, team.name)
    if other is not None and other.id != team.id:
        words = "There is a team of this name already."
        raise Refused("team_name_taken", words, **at_fields(name=Problem("team_name_taken", words)))


async def _found(connection: Connection, team_id: str) -> Team:
    await audit.lock_head(connection)
    found = await store.team_by_id(connection, team_id, lock=True)
    if found is None:
        raise _unknown()
    return found


def _unknown() -> NotFound:
    return NotFound("team_unknown", "There is no such team.")
