"""Who is signed in: the people service as the web application uses it."""

from __future__ import annotations

import hmac
from collections.abc import Iterable
from dataclasses import dataclass, field

import structlog

from agent_desktop.deskview import Person
from crm_core.people.rows import By, Credentials, Session, Staff, StaffChange, Visitor
from crm_core.people.service import PeopleService
from kernel.access import Actor
from kernel.clock import Clock

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a sign-in comes from, for the audit and the list of sessions."""

    ip: str
    user_agent: str


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A live session and its person. `token` is the cookie's value, known to nobody else."""

    session_id: str
    token: str = field(repr=False)
    csrf_token: str = field(repr=False)
    person: Person
    actor: Actor

    def csrf_matches(self, given: object) -> bool:
        """Whether a request proves that our own page made it."""
        return isinstance(given, str) and hmac.compare_digest(given.encode(), self.csrf_token.encode())


def _signed_in(token: str, session: Session, staff: Staff) -> SignedIn:
    roles = tuple(role.value for role in staff.roles)
    person = Person(staff.id, staff.name, staff.login, roles, staff.language)
    return SignedIn(session.id, token, session.csrf_token, person, staff.actor)


class People:
    """Signing in, sessions and languages."""

    def __init__(self, service: PeopleService, clock: Clock) -> None:
        self._service = service
        self._clock = clock

    async def sign_in(self, login: str, password: str, origin: Origin) -> SignedIn:
        """A new session; raises NotSignedIn (sign_in_failed) or TooMany (too_many_attempts)."""
        given = Credentials(login, password, origin.ip, origin.user_agent)
        found = await self._service.sign_in(given, self._clock.now())
        return _signed_in(found.token, found.session, found.staff)

    async def session_of(self, token: str) -> SignedIn | None:
        """The session with this cookie value, if it lives; being asked for counts as use."""
        found = await self._service.session_of(token, self._clock.now())
        if found is None:
            return None
        await self._touch(found)
        return _signed_in(token, found.session, found.staff)

    async def live_sessions(self, session_ids: Iterable[str]) -> set[str]:
        """Those of the sessions that still live."""
        return await self._service.valid_sessions(session_ids, self._clock.now())

    async def keep(self, session_ids: Iterable[str]) -> None:
        """An open desk counts as use: its session does not end as idle."""
        for session_id in session_ids:
            visitor = await self._service.session_by_id(session_id, self._clock.now())
            if visitor is not None:
                await self._touch(visitor)

    async def sessions(self, staff_id: str) -> list[Session]:
        """The person's live sessions, the last used first."""
        return await self._service.list_sessions(staff_id, self._clock.now())

    async def revoke(self, who: SignedIn, session_id: str, ip: str) -> None:
        """End a session of that person; NotFound when they have no such session."""
        by = By(who.person.id, ip)
        await self._service.revoke_session(session_id, who.person.id, by, self._clock.now())

    async def sign_out(self, who: SignedIn, ip: str) -> None:
        """End this session; no error when it has ended already."""
        await self._service.sign_out(who.token, By(who.person.id, ip), self._clock.now())

    async def set_language(self, who: SignedIn, language: str, ip: str) -> None:
        by = By(who.person.id, ip)
        await self._service.change_staff(who.person.id, StaffChange(language=language), by, self._clock.now())

    async def _touch(self, found: Visitor) -> None:
        """A database that cannot write just now must not stop anybody from reading."""
        try:
            await self._service.touch(found.session, self._clock.now())
        except Exception as error:
            log.warning("session not touched", error=repr(error))
