"""Signing in and out, who I am, and my sessions."""

from __future__ import annotations

from typing import Literal

import structlog
from pydantic import Field, SecretStr
from typing_extensions import TypedDict

from agent_desktop import sessions
from agent_desktop.api import Ask, Form, Open, Route
from agent_desktop.deskview import moment
from agent_desktop.hub import Hub
from agent_desktop.people import Origin, People, SignedIn
from agent_desktop.ports import CommandPort
from agent_desktop.push import Push
from kernel.access import Right
from kernel.errors import Refused, TrunklineError
from routing.messages import SignOutAgent

log = structlog.get_logger(__name__)


class SignIn(Form):
    login: str = Field(min_length=1, max_length=120)
    password: SecretStr = Field(min_length=1, max_length=1024)


class MeChange(Form):
    language: Literal["en", "es", "zh", "ru"]


class Account(TypedDict):
    id: str
    name: str
    login: str
    roles: list[str]
    language: str
    csrf_token: str


class SessionRow(TypedDict):
    id: str
    created_at: str | None
    seen_at: str | None
    ip: str
    user_agent: str
    current: bool


class SessionList(TypedDict):
    items: list[SessionRow]


def account_of(who: SignedIn) -> Account:
    person = who.person
    return {
        "id": person.id,
        "name": person.name,
        "login": person.login,
        "roles": list(person.roles),
        "language": person.language,
        "csrf_token": who.csrf_token,
    }


class AccountResource:
    def __init__(self, people: People, commands: CommandPort, hub: Hub, push: Push) -> None:
        self._people = people
        self._commands = commands
        self._hub = hub
        self._push = push

    async def sign_in(self, ask: Ask) -> Account:
        form = ask.form(SignIn)
        agent = ask.request.headers.get("User-Agent", "")[:300]
        origin = Origin(ask.ip, agent)
        found = await self._people.sign_in(form.login, form.password.get_secret_value(), origin)
        if ask.who is not None:
            await self._end(ask.who, origin.ip)
        await sessions.begin(ask.request, found)
        return account_of(found)

    async def sign_out(self, ask: Ask) -> None:
        """A person with a call in hand is refused; the agent goes out with the last session."""
        if len(await self._people.sessions(ask.actor)) <= 1:
            try:
                await self._commands.execute(SignOutAgent(actor=ask.actor, agent_id=ask.actor))
            except Refused:
                raise
            except TrunklineError as error:
                log.warning("agent not signed out", agent_id=ask.actor, error=error.id)
        await self._end(ask.me, ask.ip)
        await sessions.end(ask.request)

    async def me(self, ask: Ask) -> Account:
        return account_of(ask.me)

    async def change_me(self, ask: Ask) -> Account:
        language = ask.form(MeChange).language
        await self._people.set_language(ask.me, language, ask.ip)
        self._hub.language_changed(ask.actor, language)
        return {**account_of(ask.me), "language": language}

    async def list_sessions(self, ask: Ask) -> SessionList:
        found = await self._people.sessions(ask.actor)
        return {
            "items": [
                {
                    "id": one.id,
                    "created_at": moment(one.created_at),
                    "seen_at": moment(one.seen_at),
                    "ip": one.ip,
                    "user_agent": one.user_agent,
                    "current": one.id == ask.me.session_id,
                }
                for one in found
            ]
        }

    async def revoke_session(self, ask: Ask) -> None:
        session_id = ask.key("id")
        await self._people.revoke(ask.me, session_id, ask.ip)
        await self._push.sign_out(session_id, "session_revoked")
        if session_id == ask.me.session_id:
            await sessions.end(ask.request)

    async def _end(self, who: SignedIn, ip: str) -> None:
        await self._people.sign_out(who, ip)
        await self._push.sign_out(who.session_id, "signed_out")

    def routes(self) -> tuple[Route, ...]:
        return (*self._sign_in_routes(), *self._own_routes())

    def _sign_in_routes(self) -> tuple[Route, ...]:
        return (
            Route(
                method="POST",
                path="/api/sign-in",
                resource=self.sign_in,
                rule=Open.public,
                summary="Sign in; sets the session cookie",
                body=SignIn,
                answer=Account,
                errors={401: ("sign_in_failed",), 429: ("too_many_attempts",), 503: ("sign_in_busy",)},
            ),
            Route(
                method="POST",
                path="/api/sign-out",
                resource=self.sign_out,
                rule=Open.signed_in,
                summary="Sign out",
                status=204,
                errors={409: ("call_in_hand",)},
            ),
        )

    def _own_routes(self) -> tuple[Route, ...]:
        return (
            Route(
                method="GET",
                path="/api/me",
                resource=self.me,
                rule=Open.signed_in,
                summary="Who I am, with the token that changing requests must carry",
                answer=Account,
            ),
            Route(
                method="PATCH",
                path="/api/me",
                resource=self.change_me,
                rule=Open.signed_in,
                summary="Change my language",
                body=MeChange,
                answer=Account,
            ),
            Route(
                method="GET",
                path="/api/sessions",
                resource=self.list_sessions,
                rule=Right.session_own,
                summary="Where I am signed in",
                answer=SessionList,
            ),
            Route(
                method="DELETE",
                path="/api/sessions/{id}",
                resource=self.revoke_session,
                rule=Right.session_own,
                summary="End one of my sessions",
                status=204,
                errors={404: ("session_unknown",)},
            ),
        )
