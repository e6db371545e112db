"""Signing in and out, and the sessions that follow from it."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from crm_core.people import audit, store
from crm_core.people.passwords import Hasher
from crm_core.people.rows import (
    By,
    Credentials,
    Session,
    SessionLimits,
    SignedIn,
    SignInLimits,
    StaffWithSecret,
    Visitor,
)
from crm_core.store import Connection, Database
from kernel.db import readonly
from kernel.errors import NotFound, NotSignedIn, TooMany

TOKEN_BYTES = 32


def session_id(token: str) -> str:
    """The id under which a token's session is kept: its SHA-256, so that the table gives no session away."""
    return hashlib.sha256(token.encode()).hexdigest()


class Sessions:
    """Sign-in with limits, and revocable sessions."""

    def __init__(
        self,
        database: Database,
        hasher: Hasher,
        sign_in_limits: SignInLimits | None = None,
        session_limits: SessionLimits | None = None,
    ) -> None:
        self._db = database
        self._hasher = hasher
        self._limits = sign_in_limits or SignInLimits()
        self.limits = session_limits or SessionLimits()

    async def sign_in(self, given: Credentials, now: datetime) -> SignedIn:
        """A new session. Raises NotSignedIn (`sign_in_failed`, the same for every reason, after the same work) or
        TooMany (`too_many_attempts`). The attempt is counted before the password is looked at, so that parallel
        guesses cannot slip under the limit."""
        attempt, person = await self._reserve(given, now)
        usable = person if person is not None and person.staff.active else None
        fits = await self._hasher.verify(usable.password_hash if usable else None, given.password)
        if usable is None or not fits:
            await self._record_failure(given, person, now)
            raise _failed()
        new_hash = await self._hasher.hash(given.password) if self._hasher.outdated(usable.password_hash) else None
        return await self._open(given, usable, (attempt, new_hash), now)

    async def session_of(self, token: str, now: datetime) -> Visitor | None:
        """The live session of a token, and whose it is; None when there is none, for whatever reason."""
        return await self.session_by_id(session_id(token), now)

    async def session_by_id(self, id: str, now: datetime) -> Visitor | None:
        """The same by session id: for sockets, which outlive the request that opened them."""
        async with readonly(self._db) as connection:
            found = await store.session_with_staff(connection, id)
        if found is None:
            return None
        session, person = found
        if not person.active or not session.live(now, self.limits.idle):
            return None
        return Visitor(session, person)

    async def valid_sessions(self, ids: Iterable[str], now: datetime) -> set[str]:
        """Those of the sessions that are live, their people active, in one question."""
        async with readonly(self._db) as connection:
            return await store.live_among(connection, list(ids), now, now - self.limits.idle)

    async def touch(self, session: Session, now: datetime) -> Session:
        """Note that a session is used, at most once a minute; returns it as it is now."""
        if now - session.seen_at < self.limits.touch_every:
            return session
        async with self._db.begin() as connection:
            await store.update_session(connection, session.id, seen_at=now)
        return replace(session, seen_at=now)

    async def save_data(self, session: Session, data: Mapping[str, Any]) -> None:
        """Keep JSON-ready values with a live session; they go with it."""
        async with self._db.begin() as connection:
            await store.update_session(connection, session.id, data=dict(data))

    async def list_sessions(self, staff_id: str, now: datetime) -> list[Session]:
        """Somebody's live sessions, the last used first."""
        async with readonly(self._db) as connection:
            found = await store.sessions_of(connection, staff_id, now)
        return [one for one in found if one.live(now, self.limits.idle)]

    async def revoke_session(self, id: str, staff_id: str, by: By, now: datetime) -> None:
        """End one session of a person; NotFound when they have no such live session."""
        async with self._db.begin() as connection:
            if not await store.revoke_one(connection, now, id, staff_id):
                raise NotFound("session_unknown", "There is no such session; it may have ended already.")
            await audit.append(connection, audit_line("session_revoked", staff_id, by, now, session=id[:12]))

    async def revoke_all(self, staff_id: str, by: By, now: datetime, keep: str | None = None) -> list[str]:
        """End all sessions of a person but `keep`; returns the ids of those that ended."""
        async with self._db.begin() as connection:
            return await end_sessions(connection, staff_id, by, now, keep)

    async def sign_out(self, token: str, by: By, now: datetime) -> None:
        """End the session of a token; no error when it has ended already."""
        id = session_id(token)
        async with self._db.begin() as connection:
            if await store.revoke_one(connection, now, id, by.staff_id):
                await audit.append(connection, audit_line("signed_out", by.staff_id, by, now, session=id[:12]))

    async def purge(self, now: datetime) -> None:
        """Delete sessions and attempts that count for nothing any more."""
        async with self._db.begin() as connection:
            await store.delete_dead_sessions(connection, now - self.limits.longest)
            await store.delete_attempts(connection, now - 2 * self._limits.window)

    async def _reserve(self, given: Credentials, now: datetime) -> tuple[int, StaffWithSecret | None]:
        async with self._db.begin() as connection:
            await audit.lock_head(connection)  # on PostgreSQL too, attempts are counted one after the other
            since = now - self._limits.window
            by_login = await store.failures_by_login(connection, given.login, since)
            by_ip = await store.failures_by_ip(connection, given.ip, since)
            for found, most in ((by_login, self._limits.per_login), (by_ip, self._limits.per_ip)):
                if found.count >= most:
                    wait = ((found.oldest or now) + self._limits.window - now).total_seconds()
                    raise TooMany(
                        "too_many_attempts",
                        "Too many failed sign-ins. Please wait, then try again.",
                        retry_after=max(1, round(wait)),
                    )
            attempt = await store.insert_attempt(connection, given.login, given.ip, now)
            return attempt, await store.staff_by_login(connection, given.login)

    async def _record_failure(self, given: Credentials, person: StaffWithSecret | None, now: datetime) -> None:
        subject = person.staff.id if person else "unknown"
        who = By(subject, given.ip)
        async with self._db.begin() as connection:
            line = audit_line("sign_in_failed", subject, who, now, login=store.login_hash(given.login)[:12])
            await audit.append(connection, line)

    async def _open(
        self, given: Credentials, person: StaffWithSecret, proof: tuple[int, str | None], now: datetime
    ) -> SignedIn:
        attempt, new_hash = proof
        token = secrets.token_urlsafe(TOKEN_BYTES)
        session = Session(
            id=session_id(token),
            staff_id=person.staff.id,
            created_at=now,
            seen_at=now,
            expires_at=now + self.limits.longest,
            ip=given.ip,
            user_agent=given.user_agent,
            csrf_token=secrets.token_urlsafe(TOKEN_BYTES),
        )
        async with self._db.begin() as connection:
            fresh = await store.staff_by_id(connection, person.staff.id, lock=True)
            if fresh is None or not fresh.staff.active or fresh.password_hash != person.password_hash:
                raise _failed()
            if new_hash is not None:
                await store.update_staff(connection, fresh.staff.id, password_hash=new_hash)
            await store.mark_attempt_ok(connection, attempt)
            await store.insert_session(connection, session)
            by = By(fresh.staff.id, given.ip)
            await audit.append(connection, audit_line("signed_in", fresh.staff.id, by, now, session=session.id[:12]))
        return SignedIn(token, session, fresh.staff)


async def end_sessions(
    connection: Connection, staff_id: str, by: By, now: datetime, keep: str | None = None
) -> list[str]:
    """End all sessions of a person but `keep`, in the caller's transaction; returns their ids."""
    ended = await store.revoke_all(connection, now, staff_id, keep)
    if ended:
        await audit.append(connection, audit_line("sessions_revoked", staff_id, by, now, count=len(ended)))
    return ended


def audit_line(action: str, subject: str, by: By, now: datetime, **details: object) -> audit.AuditEntry:
    return audit.AuditEntry(now, by.staff_id, action, subject, by.ip, details)


def _failed() -> NotSignedIn:
    return NotSignedIn("sign_in_failed", "The login or the password is wrong.")
