"""Sessions: who is behind a token, where it is used, and how it ends."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from crm_core.people import audit, store, turns
from crm_core.people.devices import machine_of
from crm_core.people.rows import By, Place, Session, SessionLimits, Staff, Stage, Visitor
from crm_core.store import Connection, Database
from kernel.db import readonly
from kernel.errors import NotFound

TOKEN_BYTES = 32
PLACES_KEPT = 20


def session_id(token: str) -> str:
    """The id under which a token's session is kept: the SHA-256 of the part of it that stays, so that the table gives
    no session away."""
    return hashlib.sha256(turns.token_of(token).encode()).hexdigest()


class Sessions:
    """Revocable sessions on one database."""

    def __init__(self, database: Database, session_limits: SessionLimits | None = None) -> None:
        self._db = database
        self.limits = session_limits or SessionLimits()

    async def session_of(self, token: str, now: datetime, place: Place | None = None) -> Visitor | None:
        """The live session of a token, and whose it is; None when there is none, for whatever reason. Used from
        another kind of browser or system than the one that signed in, or with an old copy of its cookie, it is taken
        for stolen, and ends; a new address is noted in the audit and shown with the session, and turns the cookie."""
        visitor = await self.session_by_id(session_id(token), now)
        if visitor is None:
            return None
        session = visitor.session
        holds = turns.held(session, token, now)
        here = place or Place(session.ip, session.user_agent)
        if holds is turns.Held.old or machine_of(here.user_agent) != machine_of(session.user_agent):
            await self._end_replayed(session, here, now, holds)
            return None
        moved = bool(here.ip) and here.ip not in (session.ip, *session.places)
        if moved:
            session = await self._move(session, here.ip, now)
        offer = turns.offered(session, token, now, moved) if holds is turns.Held.now else None
        return replace(visitor, session=session, turned=holds is turns.Held.next, cookie=offer)

    async def turn(self, session: Session, now: datetime) -> Session:
        """The browser holds the next cookie: the one before is good for a moment only from now on."""
        async with self._db.begin() as connection:
            await store.turn_session(connection, session.id, session.turn, now)
        return replace(session, turn=session.turn + 1, turned_at=now)

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

    async def valid_sessions(self, ids: Iterable[str], now: datetime) -> dict[str, Staff]:
        """Of those of the sessions that are open and live, their people active: the people, in one question."""
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
        async with audit.audited(self._db) as connection:
            if not await store.revoke_one(connection, now, id, staff_id):
                raise NotFound("session_unknown", "There is no such session; it may have ended already.")
            await audit.append(connection, audit_line("session_revoked", staff_id, by, now, session=id[:12]))

    async def revoke_all(self, staff_id: str, by: By, now: datetime, keep: str | None = None) -> list[str]:
        """End all sessions of a person but `keep`; returns the ids of those that ended."""
        async with audit.audited(self._db) as connection:
            return await end_sessions(connection, staff_id, by, now, keep)

    async def sign_out(self, token: str, by: By, now: datetime) -> None:
        """End the session of a token; no error when it has ended already."""
        id = session_id(token)
        async with audit.audited(self._db) as connection:
            if await store.revoke_one(connection, now, id, by.staff_id):
                await audit.append(connection, audit_line("signed_out", by.staff_id, by, now, session=id[:12]))

    def new_session(self, staff_id: str, place: Place, now: datetime, stage: Stage, method: str) -> tuple[str, Session]:
        """A token that nobody has seen, and its session, not saved yet."""
        seed = secrets.token_urlsafe(TOKEN_BYTES)
        token = turns.cookie_of(secrets.token_urlsafe(TOKEN_BYTES), seed, 0)
        lasts = self.limits.longest if stage is Stage.open else self.limits.unfinished
        session = Session(
            id=session_id(token),
            staff_id=staff_id,
            created_at=now,
            seen_at=now,
            expires_at=now + lasts,
            ip=place.ip,
            user_agent=place.user_agent,
            csrf_token=secrets.token_urlsafe(TOKEN_BYTES),
            stage=stage,
            method=method,
            places=(place.ip,) if place.ip else (),
            seed=seed,
        )
        return token, session

    async def _end_replayed(self, session: Session, place: Place, now: datetime, holds: turns.Held) -> None:
        machines = {
            "cookie": "old" if holds is turns.Held.old else "",
            "signed_in_on": " ".join(machine_of(session.user_agent)).strip(),
            "came_from": " ".join(machine_of(place.user_agent)).strip(),
        }
        by = By(session.staff_id, place.ip)
        async with audit.audited(self._db) as connection:
            if await store.revoke_one(connection, now, session.id, session.staff_id):
                details = {"session": session.id[:12], **machines}
                line = audit_line("session_replayed", session.staff_id, by, now, **details)
                await audit.append(connection, line)

    async def _move(self, session: Session, ip: str, now: datetime) -> Session:
        places = (*session.places, ip)[-PLACES_KEPT:]
        async with audit.audited(self._db) as connection:
            await store.update_session(connection, session.id, ip=ip, places=list(places))
            line = audit_line(
                "session_moved",
                session.staff_id,
                By(session.staff_id, ip),
                now,
                session=session.id[:12],
                was=session.ip,
            )
            await audit.append(connection, line)
        return replace(session, ip=ip, places=places)


async def end_sessions(
    connection: Connection, staff_id: str, by: By, now: datetime, keep: str | None = None
) -> list[str]:
    """End all sessions of a person but `keep`, in the caller's transaction; returns their ids. Whatever changes how
    somebody signs in ends what was begun before it."""
    ended = await store.revoke_all(connection, now, staff_id, keep)
    if ended:
        await audit.append(connection, audit_line("sessions_revoked", staff_id, by, now, count=len(ended)))
    return ended


def audit_line(action: str, subject: str, by: By, now: datetime, **details: object) -> audit.AuditEntry:
    return audit.AuditEntry(now, by.staff_id, action, subject, by.ip, details)
