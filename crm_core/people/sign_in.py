"""Signing in, step by step: password, code of the second step, a password of one's own, enrolment."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime

from crm_core.people import attempts, audit, store
from crm_core.people.forms import fit_for_login, tidy_name
from crm_core.people.passwords import Hasher, check_password, sign_in_busy
from crm_core.people.rows import (
    By,
    Credentials,
    Identity,
    Place,
    Session,
    SessionLimits,
    SignedIn,
    SignInLimits,
    SignInPolicy,
    Staff,
    StaffWithSecret,
    Stage,
    Visitor,
)
from crm_core.people.second.service import Enrolled, Enrolment, SecondSteps
from crm_core.people.sessions import Sessions, audit_line, end_sessions, session_id
from crm_core.people.stages import next_stage
from crm_core.people.vault import Vault
from crm_core.store import Connection, Database
from kernel.db import PATIENCE
from kernel.errors import Forbidden, NotSignedIn, Refused, TooMany
from kernel.ids import new_id
from kernel.line import Line

__all__ = ["SignIn", "session_id"]

AT_ONCE, WAITING = 2, 200
"""Sign-ins that use the database at the same time, and how many may wait for that: each locks the audit's last line and
needs a dozen answers, and others want to save too."""


class SignIn(Sessions):
    """Sign-in with limits. Every step gives the browser another session id."""

    def __init__(
        self,
        database: Database,
        hasher: Hasher,
        sign_in_limits: SignInLimits | None = None,
        session_limits: SessionLimits | None = None,
        policy: SignInPolicy | None = None,
        vault: Vault | None = None,
    ) -> None:
        super().__init__(database, session_limits)
        self._hasher = hasher
        self._limits = sign_in_limits or SignInLimits()
        self.policy = policy or SignInPolicy()
        self.second = SecondSteps(database, hasher, self.policy, vault)
        self._door = Line(AT_ONCE, PATIENCE)

    async def sign_in(self, given: Credentials, now: datetime) -> SignedIn:
        """A new session, perhaps one that has steps to go. Raises NotSignedIn (`sign_in_failed`, the same for every
        reason, after the same work) or TooMany (`too_many_attempts`). The attempt is counted before the password is
        looked at, so that parallel guesses cannot slip under the limit."""
        attempt, person = await self._reserve(given, now)
        usable = person if person is not None and self._may_use_password(person) else None
        fits = await self._hasher.verify(usable.password_hash if usable else None, given.password)
        if usable is None or not fits:
            await self._record_failure(given, person, now)
            raise _failed()
        new_hash = await self._hasher.hash(given.password) if self._hasher.outdated(usable.password_hash) else None
        async with self._at_the_door(again=True) as connection:
            await audit.lock_head(connection)
            fresh = await store.staff_by_id(connection, usable.staff.id, lock=True)
            if fresh is None or not fresh.staff.active or fresh.password_hash != usable.password_hash:
                raise _failed()
            if new_hash is not None:
                await store.update_staff(connection, fresh.staff.id, password_hash=new_hash)
            stage, place = next_stage(fresh.staff, self.policy), Place(given.ip, given.user_agent)
            return await self._open(connection, fresh.staff, (stage, "password", attempt), place, now)

    async def give_code(self, visitor: Visitor, code: str, place: Place, now: datetime) -> SignedIn:
        """The second step. Raises NotSignedIn (`code_wrong`), or TooMany; each try is counted before it is judged."""
        self._at(visitor, Stage.code)
        staff_id, used = visitor.staff.id, None
        async with self._at_the_door() as connection:
            attempt = await attempts.count_code(connection, visitor.staff, place.ip, self._limits, now)
            person = await store.staff_by_id(connection, staff_id, lock=True)
            if person is not None and person.staff.active:
                used = await self.second.take(connection, person, code, now)
            if person is None or used is None:
                line = audit_line("second_step_failed", staff_id, By(staff_id, place.ip), now)
                await audit.append(connection, line)
            else:
                await store.mark_attempt_ok(connection, attempt)
                if used == "recovery":
                    left = await self.second.left(connection, staff_id)
                    line = audit_line("recovery_code_used", staff_id, By(staff_id, place.ip), now, left=left)
                    await audit.append(connection, line)
                stage = next_stage(person.staff, self.policy, Stage.code)
                return await self._advance(connection, visitor, person.staff, (stage, used), place, now)
        raise NotSignedIn(
            "code_wrong", "This code is wrong, too old, or was used already. Wait for the next one and try again."
        )

    async def give_password(self, visitor: Visitor, password: str, place: Place, now: datetime) -> SignedIn:
        """A password of one's own in place of one that an administrator knows. Raises Invalid (`password_weak`)."""
        self._at(visitor, Stage.password)
        person = visitor.staff
        check_password(password, person.login, person.name)
        async with self._db.begin() as connection:
            known = await store.staff_by_id(connection, person.id)
        if known is None or await self._hasher.verify(known.password_hash or None, password):
            raise Refused("password_same", "This is the password that you were given. Choose one that only you know.")
        hashed = await self._hasher.hash(password)
        async with audit.audited(self._db) as connection:
            await self._still_wanted(connection, visitor)
            await store.update_staff(connection, person.id, password_hash=hashed, must_change=False)
            by = By(person.id, place.ip)
            await end_sessions(connection, person.id, by, now, visitor.session.id)
            await audit.append(connection, audit_line("password_changed", person.id, by, now))
            stage = next_stage(replace(person, must_change=False), self.policy, Stage.password)
            return await self._advance(connection, visitor, person, (stage, visitor.session.method), place, now)

    async def begin_enrolment(self, visitor: Visitor, now: datetime) -> Enrolment:
        """A secret for the app of somebody whose role must have a second step."""
        self._at(visitor, Stage.enrol)
        return await self.second.begin(visitor.session, visitor.staff)

    async def finish_enrolment(
        self, visitor: Visitor, code: str, place: Place, now: datetime
    ) -> tuple[SignedIn, Enrolled]:
        """The open session, and what came of it, by a code of the app. Raises Invalid (`code_unfit`)."""
        self._at(visitor, Stage.enrol)
        async with audit.audited(self._db) as connection:
            await self._still_wanted(connection, visitor)
            done = await self.second.confirm(connection, visitor, code, By(visitor.staff.id, place.ip), now)
            step = (Stage.open, "totp")
            return await self._advance(connection, visitor, visitor.staff, step, place, now), done

    async def sign_in_by_provider(self, who: Identity, place: Place, now: datetime) -> SignedIn:
        """A session for whom the identity provider vouches. Found by its subject, else by a mail address that nobody
        else is linked to. Raises Forbidden (`provider_account_unknown`)."""
        async with self._at_the_door() as connection:
            await audit.lock_head(connection)
            person = await self._known_to_provider(connection, who, now)
            if person is None or not person.active:
                line = audit_line("sign_in_failed", person.id if person else "unknown", By("unknown", place.ip), now)
                await audit.append(connection, replace(line, details={"method": "provider"}))
            else:
                return await self._open(connection, person, (Stage.open, "provider", None), place, now)
        raise Forbidden(
            "provider_account_unknown",
            "You have no account here, or it is closed. Ask your administrator to make one with your mail address.",
        )

    async def purge(self, now: datetime) -> None:
        """Delete sessions and attempts that count for nothing any more."""
        async with self._db.begin() as connection:
            await store.delete_dead_sessions(connection, now - self.limits.longest)
            failed_before = now - 2 * max(self._limits.window, self._limits.code_window)
            await store.delete_attempts(connection, failed_before, now - self._limits.known_for)

    @asynccontextmanager
    async def _at_the_door(self, again: bool = False) -> AsyncIterator[Connection]:
        """A transaction of somebody who signs in, few at a time; who was there before comes before who is new. Raises
        Unavailable (`sign_in_busy`)."""
        if not again and self._door.waiting >= WAITING:
            raise sign_in_busy()
        async with self._door.turn(first=again), self._db.begin() as connection:
            yield connection

    def _may_use_password(self, person: StaffWithSecret) -> bool:
        allowed = self.policy.passwords or store.login_key(person.staff.login) in self.policy.break_glass
        return person.staff.active and bool(person.password_hash) and allowed

    def _at(self, visitor: Visitor, stage: Stage) -> None:
        if visitor.session.stage is not stage:
            raise Refused("sign_in_elsewhere", "This step of signing in is done already. Reload the page.")

    async def _still_wanted(self, connection: Connection, visitor: Visitor) -> None:
        """Refuse a sign-in that began by password alone when a second step was set up elsewhere since: whoever knows
        the password only must neither go on without that step nor put another in its place."""
        person = await store.staff_by_id(connection, visitor.staff.id, lock=True)
        if person is None or (person.staff.totp_at is not None and visitor.session.method == "password"):
            raise _failed()

    async def _reserve(self, given: Credentials, now: datetime) -> tuple[int, StaffWithSecret | None]:
        async with self._at_the_door() as connection:
            attempt = await attempts.count_password(connection, given.login, given.ip, self._limits, now)
            person = await store.staff_by_login(connection, given.login)
        if isinstance(attempt, TooMany):
            raise attempt
        return attempt, person

    async def _record_failure(self, given: Credentials, person: StaffWithSecret | None, now: datetime) -> None:
        subject = person.staff.id if person else "unknown"
        who = By(subject, given.ip)
        async with self._at_the_door(again=True) as connection:
            line = audit_line("sign_in_failed", subject, who, now, login=store.login_hash(given.login)[:12])
            await audit.append(connection, line)

    async def _open(
        self,
        connection: Connection,
        person: Staff,
        step: tuple[Stage, str, int | None],
        place: Place,
        now: datetime,
    ) -> SignedIn:
        """`step`: how far it comes, how it was proven, and the attempt that is good once the session is open."""
        stage, method, attempt = step
        token, session = self.new_session(person.id, place, now, stage, method)
        if stage is not Stage.open:
            session = replace(session, data={"attempt": attempt})
        elif attempt is not None:
            await store.mark_attempt_ok(connection, attempt)
        await store.insert_session(connection, session)
        by, details = By(person.id, place.ip), {"session": session.id[:12], "method": method}
        if stage is Stage.open:
            await store.update_staff(connection, person.id, signed_in_at=now)
            await audit.append(connection, audit_line("signed_in", person.id, by, now, **details))
            person = replace(person, signed_in_at=now)
        else:
            await audit.append(connection, audit_line("sign_in_begun", person.id, by, now, next=stage.value, **details))
        return SignedIn(token, session, person)

    async def _advance(
        self,
        connection: Connection,
        visitor: Visitor,
        person: Staff,
        step: tuple[Stage, str],
        place: Place,
        now: datetime,
    ) -> SignedIn:
        """Another session in the place of an unfinished one, whose token is then worth nothing."""
        old: Session = visitor.session
        if not await store.revoke_one(connection, now, old.id, person.id):
            raise _failed()
        fresh = await store.staff_by_id(connection, person.id)
        if fresh is None or not fresh.staff.active:
            raise _failed()
        attempt = old.data.get("attempt")
        return await self._open(connection, fresh.staff, (*step, attempt), place, now)

    async def _known_to_provider(self, connection: Connection, who: Identity, now: datetime) -> Staff | None:
        found = await store.staff_by_subject(connection, who.subject)
        if found is None and who.email is not None:
            found = await store.staff_by_email(connection, who.email)
            if found is not None:
                linked = await store.subject_of(connection, found.staff.id)
                if linked is not None:
                    return None
                await store.update_staff(connection, found.staff.id, subject=who.subject)
                line = audit_line("provider_linked", found.staff.id, By("system"), now)
                await audit.append(connection, line)
        if found is not None:
            return found.staff
        return await self._newcomer(connection, who, now)

    async def _newcomer(self, connection: Connection, who: Identity, now: datetime) -> Staff | None:
        """An account for whom only the provider knows, where that is allowed and what it says can be a login."""
        role = self.policy.new_by_provider
        if role is None or not who.email or not fit_for_login(who.email):
            return None
        if await store.staff_by_login(connection, who.email) is not None:
            return None
        person = Staff(
            id=new_id("usr"),
            login=who.email,
            name=tidy_name(who.name) or who.email,
            roles=(role,),
            language="en",
            team_id=None,
            active=True,
            created_at=now,
            email=who.email,
        )
        await store.insert_staff(connection, person, "", who.subject)
        line = audit_line("staff_created", person.id, By("system"), now, roles=[role.value], made_by="provider")
        await audit.append(connection, line)
        return person


def _failed() -> NotSignedIn:
    return NotSignedIn("sign_in_failed", "The login or the password is wrong.")
