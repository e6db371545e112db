"""Teams, their members and leads."""

from __future__ import annotations

from pydantic import Field
from typing_extensions import TypedDict

from agent_desktop.api import Ask, Form, Route
from agent_desktop.people import People
from crm_core.people.rows import By, Staff, Team
from crm_core.people.teams import Teams, TeamWithPeople
from kernel.access import Ownership, Right
from kernel.errors import NotFound

GONE = {404: ("team_unknown",)}


class NewTeam(Form):
    name: str = Field(min_length=1, max_length=100)


class TeamChange(Form):
    """`version` is the one that was looked at."""

    name: str = Field(min_length=1, max_length=100)
    version: int


class Membership(Form):
    """A member belongs to no other team; a lead may."""

    member: bool
    lead: bool


class TeamPerson(TypedDict):
    id: str
    name: str
    roles: list[str]
    active: bool
    member: bool
    lead: bool


class TeamRow(TypedDict):
    id: str
    name: str
    version: int
    people: list[TeamPerson]


class TeamList(TypedDict):
    items: list[TeamRow]


def _person(one: Staff, team: Team) -> TeamPerson:
    return {
        "id": one.id,
        "name": one.name,
        "roles": [role.value for role in one.roles],
        "active": one.active,
        "member": one.team_id == team.id,
        "lead": team.id in one.leads,
    }


def _row(found: TeamWithPeople) -> TeamRow:
    team = found.team
    return {
        "id": team.id,
        "name": team.name,
        "version": team.version,
        "people": [_person(one, team) for one in found.people],
    }


class TeamResource:
    def __init__(self, people: People) -> None:
        self._people = people

    @property
    def _teams(self) -> Teams:
        return self._people.service.teams

    async def list(self, ask: Ask) -> TeamList:
        found = await self._teams.all()
        return {"items": [_row(one) for one in found if self._reaches(ask, one.team)]}

    async def read(self, ask: Ask) -> TeamRow:
        found = await self._teams.team(ask.key("id"))
        if not self._reaches(ask, found.team):
            raise NotFound("team_unknown", "There is no such team.")
        return _row(found)

    async def create(self, ask: Ask) -> TeamRow:
        team = await self._teams.create(ask.form(NewTeam).name, By(ask.actor, ask.ip), self._people.now())
        return _row(TeamWithPeople(team, ()))

    async def change(self, ask: Ask) -> TeamRow:
        form, by = ask.form(TeamChange), By(ask.actor, ask.ip)
        team = await self._teams.rename(ask.key("id"), form.name, form.version, by, self._people.now())
        return _row(await self._teams.team(team.id))

    async def delete(self, ask: Ask) -> None:
        await self._teams.delete(ask.key("id"), By(ask.actor, ask.ip), self._people.now())

    async def put_person(self, ask: Ask) -> TeamRow:
        form, team_id, by = ask.form(Membership), ask.key("id"), By(ask.actor, ask.ip)
        await self._teams.put(
            team_id, ask.key("person"), member=form.member, lead=form.lead, by=by, now=self._people.now()
        )
        return _row(await self._teams.team(team_id))

    def _reaches(self, ask: Ask, team: Team) -> bool:
        return ask.reaches(Right.user_read, [Ownership(None, team.id)])

    def routes(self) -> tuple[Route, ...]:
        return (*self._list_routes(), *self._team_routes())

    def _list_routes(self) -> tuple[Route, ...]:
        return (
            Route(
                method="GET",
                path="/api/teams",
                resource=self.list,
                rule=Right.user_read,
                summary="Teams with their people, by name",
                answer=TeamList,
            ),
            Route(
                method="POST",
                path="/api/teams",
                resource=self.create,
                rule=Right.user_manage,
                summary="Make a team",
                body=NewTeam,
                answer=TeamRow,
                status=201,
                errors={409: ("team_name_taken",), 422: ("text_bad",)},
            ),
        )

    def _team_routes(self) -> tuple[Route, ...]:
        return (
            Route(
                method="GET",
                path="/api/teams/{id}",
                resource=self.read,
                rule=Right.user_read,
                summary="A team with its people",
                answer=TeamRow,
                errors=GONE,
            ),
            Route(
                method="PATCH",
                path="/api/teams/{id}",
                resource=self.change,
                rule=Right.user_manage,
                summary="Rename a team",
                body=TeamChange,
                answer=TeamRow,
                errors={**GONE, 409: ("team_changed", "team_name_taken"), 422: ("text_bad",)},
            ),
            Route(
                method="DELETE",
                path="/api/teams/{id}",
                resource=self.delete,
                rule=Right.user_manage,
                summary="Delete a team that nobody belongs to",
                status=204,
                errors={**GONE, 409: ("team_in_use",)},
            ),
            Route(
                method="PUT",
                path="/api/teams/{id}/people/{person}",
                resource=self.put_person,
                rule=Right.user_manage,
                summary="Say whether a person belongs to the team, and whether they lead it",
                body=Membership,
                answer=TeamRow,
                errors={404: ("team_unknown", "staff_unknown")},
            ),
        )
