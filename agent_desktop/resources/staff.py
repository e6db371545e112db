"""People, as administrators make, change and shut them out; supervisors see those of their teams."""

from __future__ import annotations

from typing import Literal

import structlog
from pydantic import Field, SecretStr
from typing_extensions import TypedDict

from agent_desktop.api import Ask, Form, Route
from agent_desktop.deskview import moment
from agent_desktop.people import People
from agent_desktop.push import Push
from agent_desktop.resources.security import Ended, SessionList, session_rows
from crm_core.people.forms import generated_password
from crm_core.people.rows import By, NewStaff, Staff, StaffChange, StaffFilter
from kernel.access import Right, Role, Scope, may, scope_of
from kernel.errors import NotFound, Refused

log = structlog.get_logger(__name__)

Language = Literal["en", "es", "zh", "ru"]
GONE = {404: ("staff_unknown",)}


class PeopleQuery(Form):
    """`q` is looked for in name, login and mail address; `after` is the id to go on after."""

    q: str = Field("", max_length=200)
    role: Role | None = None
    team: str | None = Field(None, max_length=60)
    state: Literal["active", "closed", "all"] = "active"
    after: str | None = Field(None, max_length=60)
    limit: int = Field(50, ge=1, le=200)


class NewPerson(Form):
    """Without a password one is made up and answered; either has to be changed at the first sign-in. Without a language
    it is that of who asks."""

    login: str = Field(min_length=1, max_length=100)
    name: str = Field(min_length=1, max_length=200)
    email: str = Field("", max_length=254)
    roles: list[Role] = Field(min_length=1, max_length=10)
    language: Language | None = None
    team_id: str | None = Field(None, max_length=60)
    password: SecretStr | None = Field(None, max_length=1024)


class PersonChange(Form):
    """`version` is the one that was looked at. What is left out stays; an empty text takes team or address away."""

    version: int
    name: str | None = Field(None, min_length=1, max_length=200)
    email: str | None = Field(None, max_length=254)
    roles: list[Role] | None = Field(None, min_length=1, max_length=10)
    language: Language | None = None
    team_id: str | None = Field(None, max_length=60)


class PersonRow(TypedDict):
    id: str
    login: str
    name: str
    email: str | None
    roles: list[str]
    language: str
    team_id: str | None
    leads: list[str]
    active: bool
    must_change: bool
    second_step: bool
    created_at: str | None
    signed_in_at: str | None
    version: int


class PeoplePage(TypedDict):
    """`next` is the `after` of the next page; None on the last one."""

    items: list[PersonRow]
    next: str | None


class WithPassword(TypedDict):
    """`password` is what was made up, shown this once; None when it was given."""

    person: PersonRow
    password: str | None


def person_row(one: Staff) -> PersonRow:
    return {
        "id": one.id,
        "login": one.login,
        "name": one.name,
        "email": one.email,
        "roles": [role.value for role in one.roles],
        "language": one.language,
        "team_id": one.team_id,
        "leads": list(one.leads),
        "active": one.active,
        "must_change": one.must_change,
        "second_step": one.totp_at is not None,
        "created_at": moment(one.created_at),
        "signed_in_at": moment(one.signed_in_at),
        "version": one.version,
    }


class OfPeople:
    """What is asked of one person, as far as the asker's right reaches them."""

    def __init__(self, people: People, push: Push) -> None:
        self._people = people
        self._push = push

    async def _reached(self, ask: Ask, right: Right) -> Staff:
        """The person of the path, as far as the asker's right reaches them."""
        person = await self._people.service.staff(ask.key("id"))
        if not ask.reaches(right, [person]):
            raise NotFound("staff_unknown", "There is no such person.")
        return person

    async def _other(self, ask: Ask) -> Staff:
        """Somebody else's account: whoever changes how they sign in themselves proves first who they are, on the page
        of their own account."""
        person = await self._reached(ask, Right.user_manage)
        if person.id == ask.actor:
            raise Refused("own_account", "Only another administrator can do that to your account.")
        return person


class StaffResource(OfPeople):
    async def find(self, ask: Ask) -> PeoplePage:
        query = ask.filters(PeopleQuery)
        actor = ask.me.actor
        everybody = scope_of(actor, Right.user_read) is Scope.all
        wanted = StaffFilter(
            words=query.q,
            role=query.role,
            team_id=query.team,
            active={"active": True, "closed": False, "all": None}[query.state],
            team_ids=None if everybody else actor.team_ids,
            staff_id=actor.id,
        )
        found, following = await self._people.service.find_staff(wanted, query.after, query.limit)
        return {"items": [person_row(one) for one in found], "next": following}

    async def read(self, ask: Ask) -> PersonRow:
        return person_row(await self._reached(ask, Right.user_read))

    async def create(self, ask: Ask) -> WithPassword:
        form = ask.form(NewPerson)
        made_up = None if form.password else generated_password()
        new = NewStaff(
            login=form.login,
            name=form.name,
            password=form.password.get_secret_value() if form.password else made_up or "",
            roles=tuple(form.roles),
            language=form.language or ask.me.person.language,
            team_id=form.team_id or None,
            email=form.email,
            must_change=True,
        )
        person = await self._people.service.create_staff(new, by(ask), self._people.now())
        return {"person": person_row(person), "password": made_up}

    async def change(self, ask: Ask) -> PersonRow:
        """Whoever may no longer serve calls is out of the desk at once, wherever they are signed in."""
        form, person = ask.form(PersonChange), await self._reached(ask, Right.user_manage)
        change = StaffChange(
            name=form.name,
            roles=None if form.roles is None else tuple(form.roles),
            language=form.language,
            team_id=form.team_id,
            email=form.email,
            version=form.version,
        )
        changed = await self._people.service.change_staff(person.id, change, by(ask), self._people.now())
        if may(person.actor, Right.desk_use).ok and not may(changed.actor, Right.desk_use).ok:
            ended = await self._people.revoke_all(by(ask), person.id, ask.me.session_id)
            await self._push.sign_out_all(ended, "role_changed")
            await self._push.leave_desk(person.id, "role_changed")
        return person_row(changed)

    async def deactivate(self, ask: Ask) -> PersonRow:
        """Out at once: the sessions end, their sockets close, no further call is offered."""
        person = await self._other(ask)
        ended = await self._people.service.deactivate_staff(person.id, by(ask), self._people.now())
        await self._push.sign_out_all(ended, "account_closed")
        await self._push.take_out(person.id)
        return person_row(await self._people.service.staff(person.id))

    async def activate(self, ask: Ask) -> PersonRow:
        person = await self._reached(ask, Right.user_manage)
        await self._people.service.activate_staff(person.id, by(ask), self._people.now())
        return person_row(await self._people.service.staff(person.id))

    async def sessions(self, ask: Ask) -> SessionList:
        person = await self._reached(ask, Right.session_manage)
        return session_rows(await self._people.sessions(person.id), ask.me.session_id)

    async def revoke_session(self, ask: Ask) -> None:
        person, session_id = await self._reached(ask, Right.session_manage), ask.key("session")
        await self._people.revoke(by(ask), person.id, session_id)
        await self._push.sign_out_all([session_id], "session_revoked")

    async def revoke_sessions(self, ask: Ask) -> Ended:
        person = await self._reached(ask, Right.session_manage)
        ended = await self._people.revoke_all(by(ask), person.id, ask.me.session_id)
        await self._push.sign_out_all(ended, "session_revoked")
        return {"ended": len(ended)}

    def routes(self) -> tuple[Route, ...]:
        return (*self._list_routes(), *self._change_routes(), *self._session_routes())

    def _list_routes(self) -> tuple[Route, ...]:
        return (
            Route(
                method="GET",
                path="/api/people",
                resource=self.find,
                rule=Right.user_read,
                summary="People by name, by pages",
                query=PeopleQuery,
                answer=PeoplePage,
            ),
            Route(
                method="POST",
                path="/api/people",
                resource=self.create,
                rule=Right.user_manage,
                summary="Make a person who can sign in",
                body=NewPerson,
                answer=WithPassword,
                status=201,
                errors={
                    409: ("login_taken", "email_taken"),
                    422: ("text_bad", "email_bad", "roles_missing", "password_weak", "team_gone"),
                    503: ("sign_in_busy",),
                },
            ),
        )

    def _change_routes(self) -> tuple[Route, ...]:
        return (
            Route(
                method="GET",
                path="/api/people/{id}",
                resource=self.read,
                rule=Right.user_read,
                summary="A person",
                answer=PersonRow,
                errors=GONE,
            ),
            Route(
                method="PATCH",
                path="/api/people/{id}",
                resource=self.change,
                rule=Right.user_manage,
                summary="Change a person; refused when somebody else did meanwhile",
                body=PersonChange,
                answer=PersonRow,
                errors={
                    **GONE,
                    409: ("person_changed", "last_admin", "email_taken"),
                    422: ("text_bad", "email_bad", "roles_missing", "team_gone"),
                },
            ),
            Route(
                method="POST",
                path="/api/people/{id}/close",
                resource=self.deactivate,
                rule=Right.user_manage,
                summary="Shut a person out at once",
                answer=PersonRow,
                errors={**GONE, 409: ("last_admin", "own_account")},
            ),
            Route(
                method="POST",
                path="/api/people/{id}/reopen",
                resource=self.activate,
                rule=Right.user_manage,
                summary="Let a person sign in again",
                answer=PersonRow,
                errors=GONE,
            ),
        )

    def _session_routes(self) -> tuple[Route, ...]:
        return (
            Route(
                method="GET",
                path="/api/people/{id}/sessions",
                resource=self.sessions,
                rule=Right.session_manage,
                summary="Where a person is signed in",
                answer=SessionList,
                errors=GONE,
            ),
            Route(
                method="DELETE",
                path="/api/people/{id}/sessions/{session}",
                resource=self.revoke_session,
                rule=Right.session_manage,
                summary="End a session of a person",
                status=204,
                errors={404: ("staff_unknown", "session_unknown")},
            ),
            Route(
                method="DELETE",
                path="/api/people/{id}/sessions",
                resource=self.revoke_sessions,
                rule=Right.session_manage,
                summary="End all sessions of a person",
                answer=Ended,
                errors=GONE,
            ),
        )


def by(ask: Ask) -> By:
    return By(ask.actor, ask.ip)
