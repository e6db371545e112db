"""Who is signed in: the people service as the web application uses it."""

from __future__ import annotations

import hmac
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

import structlog

from agent_desktop.deskview import Person
from crm_core.people.rows import By, Credentials, Identity, Place, Session, Staff, StaffChange, Stage, Visitor
from crm_core.people.rows import SignedIn as Entered
from crm_core.people.second.service import Enrolled, Enrolment, Standing
from crm_core.people.service import PeopleService
from kernel.access import Actor, Right, may
from kernel.clock import Clock
from kernel.errors import NotSignedIn

log = structlog.get_logger(__name__)

Origin = Place
"""Where a request comes from, for the audit and the list of sessions."""


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A live session and its person. `token` is the cookie's value, known to nobody else. Before `stage` is open the
    session may do nothing but finish the sign-in. `cookie` is the value that the browser is to hold from now on."""

    session_id: str
    token: str = field(repr=False)
    csrf_token: str = field(repr=False)
    person: Person
    actor: Actor
    stage: Stage = Stage.open
    cookie: str | None = field(default=None, repr=False)

    def csrf_matches(self, given: object) -> bool:
        """Whether a request proves that our own page made it."""
        return isinstance(given, str) and hmac.compare_digest(given.encode(), self.csrf_token.encode())


def _signed_in(token: str, session: Session, staff: Staff) -> SignedIn:
    return SignedIn(session.id, token, session.csrf_token, _person(staff), staff.actor, session.stage)


def _person(staff: Staff) -> Person:
    return Person(staff.id, staff.name, staff.login, tuple(role.value for role in staff.roles), staff.language)


def _entered(found: Entered) -> SignedIn:
    return _signed_in(found.token, found.session, found.staff)


class People:
    """Signing in, sessions and one's own account. `service` does what administrators do."""

    def __init__(self, service: PeopleService, clock: Clock) -> None:
        self.service = service
        self._clock = clock

    def now(self) -> datetime:
        return self._clock.now()

    async def sign_in(self, login: str, password: str, origin: Origin) -> SignedIn:
        """A new session, perhaps with steps to go; raises NotSignedIn (sign_in_failed) or TooMany
        (too_many_attempts)."""
        given = Credentials(login, password, origin.ip, origin.user_agent)
        return _entered(await self.service.sign_in(given, self.now()))

    async def sign_in_by_provider(self, identity: Identity, origin: Origin) -> SignedIn:
        """For whom the identity provider vouches; raises Forbidden (provider_account_unknown)."""
        return _entered(await self.service.sign_in_by_provider(identity, origin, self.now()))

    async def give_code(self, who: SignedIn, code: str, origin: Origin) -> SignedIn:
        return _entered(await self.service.give_code(await self._visitor(who), code, origin, self.now()))

    async def give_password(self, who: SignedIn, password: str, origin: Origin) -> SignedIn:
        return _entered(await self.service.give_password(await self._visitor(who), password, origin, self.now()))

    async def begin_enrolment(self, who: SignedIn) -> Enrolment:
        """For whom the sign-in asks it, or who is signed in."""
        visitor = await self._visitor(who)
        if who.stage is Stage.open:
            return await self.service.second.begin(visitor.session, visitor.staff)
        return await self.service.begin_enrolment(visitor, self.now())

    async def finish_enrolment(self, who: SignedIn, code: str, origin: Origin) -> tuple[SignedIn, Enrolled]:
        """The session to go on with; the recovery codes, and the other sessions, which ended."""
        visitor = await self._visitor(who)
        if who.stage is Stage.open:
            by = By(who.person.id, origin.ip)
            return who, await self.service.second.enrol(visitor, code, by, self.now())
        entered, done = await self.service.finish_enrolment(visitor, code, origin, self.now())
        return _entered(entered), done

    async def standing(self, staff_id: str) -> Standing:
        return await self.service.second.standing(staff_id)

    async def prove(self, who: SignedIn, password: str, ip: str) -> None:
        """Once more the password; somebody without one has proven enough by signing in."""
        if (await self.standing(who.person.id)).has_password:
            await self.service.second.check_own_password(who.person.id, password, ip, self.now())

    async def remove_second_step(self, who: SignedIn, ip: str) -> list[str]:
        """One's own; the other sessions end, their ids are returned."""
        by = By(who.person.id, ip)
        return await self.service.second.remove(who.person.id, by, self.now(), who.session_id)

    async def renew_codes(self, who: SignedIn, ip: str) -> list[str]:
        return await self.service.second.renew_codes(who.person.id, By(who.person.id, ip), self.now())

    async def change_password(self, who: SignedIn, password: str, ip: str) -> list[str]:
        """One's own password; the other sessions end, their ids are returned."""
        by = By(who.person.id, ip)
        return await self.service.set_password(who.person.id, password, by, self.now(), who.session_id)

    async def existing(self, logins: Sequence[str]) -> list[str]:
        """Those of the logins that belong to somebody who may come in."""
        there = {one.login for one in await self.service.list_staff(active_only=True)}
        return [one for one in logins if one in there]

    async def session_of(self, token: str, origin: Origin | None = None) -> SignedIn | None:
        """The session with this cookie value, if it lives; being asked for counts as use."""
        found = await self.service.session_of(token, self.now(), origin)
        if found is None:
            return None
        await self._touch(found)
        return replace(_signed_in(token, found.session, found.staff), cookie=found.cookie)

    async def live_sessions(self, session_ids: Iterable[str]) -> dict[str, tuple[Person, Actor]]:
        """Of those of the sessions that still live: who it is by now, and with which rights."""
        found = await self.service.valid_sessions(session_ids, self.now())
        return {session_id: (_person(staff), staff.actor) for session_id, staff in found.items()}

    async def keep(self, session_ids: Iterable[str]) -> None:
        """An open desk counts as use: its session does not end as idle."""
        for session_id in session_ids:
            visitor = await self.service.session_by_id(session_id, self.now())
            if visitor is not None:
                await self._touch(visitor)

    async def sessions(self, staff_id: str) -> list[Session]:
        """The person's live sessions, the last used first."""
        return await self.service.list_sessions(staff_id, self.now())

    async def revoke(self, by: By, staff_id: str, session_id: str) -> None:
        """End a session of that person; NotFound when they have no such session."""
        await self.service.revoke_session(session_id, staff_id, by, self.now())

    async def revoke_all(self, by: By, staff_id: str, keep: str | None = None) -> list[str]:
        """End all sessions of that person but `keep`; returns their ids."""
        return await self.service.revoke_all(staff_id, by, self.now(), keep)

    async def sign_out(self, who: SignedIn, ip: str) -> None:
        """End this session; no error when it has ended already."""
        await self.service.sign_out(who.token, By(who.person.id, ip), self.now())

    async def set_language(self, who: SignedIn, language: str, ip: str) -> None:
        by = By(who.person.id, ip)
        await self.service.change_staff(who.person.id, StaffChange(language=language), by, self.now())

    async def names(self, ids: Sequence[str]) -> dict[str, str]:
        return await self.service.names(ids)

    async def answering(self) -> list[str]:
        """Who has an open account and may take calls."""
        people = await self.service.list_staff(active_only=True)
        return [one.id for one in people if may(one.actor, Right.desk_use).ok]

    async def logins(self, ids: Sequence[str]) -> dict[str, str]:
        return await self.service.logins(ids)

    async def _visitor(self, who: SignedIn) -> Visitor:
        found = await self.service.session_by_id(who.session_id, self.now())
        if found is None:
            raise NotSignedIn("not_signed_in", "Please sign in.")
        return found

    async def _touch(self, found: Visitor) -> None:
        """A database that cannot write just now must not stop anybody from reading."""
        try:
            if found.turned:
                await self.service.turn(found.session, self.now())
            await self.service.touch(found.session, self.now())
        except Exception as error:
            log.warning("session not touched", error=repr(error))
