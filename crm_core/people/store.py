"""The SQL of staff, teams, sessions and sign-in attempts. Every function works in the caller's transaction."""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from crm_core.people.rows import Session, Staff, StaffWithSecret, Team
from crm_core.people.tables import sessions, sign_in_attempts, staff, teams
from crm_core.store import Connection
from kernel.codec import build
from kernel.db import clean, from_row
from kernel.errors import Refused


def login_key(login: str) -> str:
    """A login as it is compared: without regard to case, width or how letters were composed."""
    return unicodedata.normalize("NFKC", str(clean(login))).casefold().strip()


def login_hash(login: str) -> str:
    """How a login is counted: people type passwords into the login field, so it is not kept as typed."""
    return hashlib.sha256(login_key(login).encode()).hexdigest()


# ── staff and teams ─────────────────────────────────────────────────────────────────────────────────────


async def insert_staff(connection: Connection, person: Staff, password_hash: str) -> None:
    row = {
        "id": person.id,
        "login": person.login,
        "login_key": login_key(person.login),
        "name": clean(person.name),
        "password_hash": password_hash,
        "roles": [role.value for role in person.roles],
        "language": person.language,
        "team_id": person.team_id,
        "active": person.active,
        "created_at": person.created_at,
    }
    try:
        await connection.execute(insert(staff), [row])
    except IntegrityError:
        message = "Somebody has this login already, or the team does not exist; choose another."
        raise Refused("login_taken", message, fields={"login": message}) from None


async def update_staff(connection: Connection, staff_id: str, **values: Any) -> None:
    await connection.execute(update(staff).where(staff.c.id == staff_id).values(**values))


async def staff_by_id(connection: Connection, staff_id: str, lock: bool = False) -> StaffWithSecret | None:
    """One person; with `lock`, nobody else changes the row until this transaction ends."""
    query = select(staff).where(staff.c.id == staff_id)
    row = (await connection.execute(query.with_for_update() if lock else query)).one_or_none()
    return None if row is None else _with_secret(row)


async def staff_by_login(connection: Connection, login: str) -> StaffWithSecret | None:
    row = (await connection.execute(select(staff).where(staff.c.login_key == login_key(login)))).one_or_none()
    return None if row is None else _with_secret(row)


async def all_staff(connection: Connection, active_only: bool) -> list[Staff]:
    query = select(staff).order_by(staff.c.login_key)
    if active_only:
        query = query.where(staff.c.active)
    return [from_row(Staff, row) for row in await connection.execute(query)]


async def insert_team(connection: Connection, team: Team) -> None:
    try:
        await connection.execute(insert(teams), [{"id": team.id, "name": clean(team.name)}])
    except IntegrityError:
        raise Refused("team_name_taken", "There is a team of this name already.") from None


async def all_teams(connection: Connection) -> list[Team]:
    return [from_row(Team, row) for row in await connection.execute(select(teams).order_by(teams.c.name))]


def _with_secret(row: Row[Any]) -> StaffWithSecret:
    return StaffWithSecret(from_row(Staff, row), row.password_hash)


# ── sessions ────────────────────────────────────────────────────────────────────────────────────────────


async def insert_session(connection: Connection, session: Session) -> None:
    row = {name: getattr(session, name) for name in Session.__dataclass_fields__}
    row["user_agent"] = clean(session.user_agent)[:300]
    row["ip"] = clean(session.ip)[:60]
    await connection.execute(insert(sessions), [row])


async def session_with_staff(connection: Connection, session_id: str) -> tuple[Session, Staff] | None:
    columns = [column.label(f"person_{column.name}") for column in staff.c if column.name != "password_hash"]
    query = select(*sessions.c, *columns).join(staff).where(sessions.c.id == session_id)
    row = (await connection.execute(query)).one_or_none()
    if row is None:
        return None
    found = row._mapping
    person = {column.name: found[f"person_{column.name}"] for column in staff.c if column.name != "password_hash"}
    session = {column.name: found[column.name] for column in sessions.c}
    del person["login_key"]
    return Session(**session), build(Staff, person)


async def live_among(connection: Connection, ids: Sequence[str], now: datetime, used_after: datetime) -> set[str]:
    """Those of the sessions that are neither revoked, expired nor idle, and whose people are active."""
    if not ids:
        return set()
    query = (
        select(sessions.c.id)
        .join(staff)
        .where(sessions.c.id.in_(ids), sessions.c.revoked_at.is_(None), staff.c.active)
        .where(sessions.c.expires_at > now, sessions.c.seen_at > used_after)
    )
    return set((await connection.execute(query)).scalars())


async def sessions_of(connection: Connection, staff_id: str, now: datetime) -> list[Session]:
    """Sessions neither revoked nor expired, the last used first."""
    query = (
        select(sessions)
        .where(sessions.c.staff_id == staff_id, sessions.c.revoked_at.is_(None), sessions.c.expires_at > now)
        .order_by(sessions.c.seen_at.desc(), sessions.c.id)
    )
    return [from_row(Session, row) for row in await connection.execute(query)]


async def update_session(connection: Connection, session_id: str, **values: Any) -> None:
    await connection.execute(update(sessions).where(sessions.c.id == session_id).values(**values))


async def revoke_one(connection: Connection, now: datetime, session_id: str, staff_id: str) -> bool:
    """End a live session of a person; False when there is none."""
    return bool(await _revoke(connection, now, sessions.c.id == session_id, sessions.c.staff_id == staff_id))


async def revoke_all(connection: Connection, now: datetime, staff_id: str, keep: str | None) -> list[str]:
    """End all live sessions of a person but `keep`; returns their ids."""
    return await _revoke(connection, now, sessions.c.staff_id == staff_id, sessions.c.id != (keep or ""))


async def _revoke(connection: Connection, now: datetime, *which: ColumnElement[bool]) -> list[str]:
    found = await connection.execute(select(sessions.c.id).where(sessions.c.revoked_at.is_(None), *which))
    ids = sorted(found.scalars())
    if ids:
        await connection.execute(update(sessions).where(sessions.c.id.in_(ids)).values(revoked_at=now, data={}))
    return ids


async def delete_dead_sessions(connection: Connection, before: datetime) -> None:
    """Delete sessions that ended before a time."""
    await connection.execute(delete(sessions).where(sessions.c.expires_at < before))


# ── sign-in attempts ────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Failures:
    """Failed attempts within the window, and the time of the oldest of them."""

    count: int
    oldest: datetime | None


async def failures_by_login(connection: Connection, login: str, since: datetime) -> Failures:
    """Failures since the last success of this login."""
    table = sign_in_attempts
    mine = table.c.login_hash == login_hash(login)
    last_ok = select(func.coalesce(func.max(table.c.id), 0)).where(mine, table.c.ok).scalar_subquery()
    return await _failures(connection, [mine, table.c.at > since, table.c.id > last_ok])


async def failures_by_ip(connection: Connection, ip: str, since: datetime) -> Failures:
    return await _failures(connection, [sign_in_attempts.c.ip == ip, sign_in_attempts.c.at > since])


async def _failures(connection: Connection, which: Sequence[ColumnElement[bool]]) -> Failures:
    table = sign_in_attempts
    query = select(func.count(), func.min(table.c.at)).where(table.c.ok.is_(False), *which)
    count, oldest = (await connection.execute(query)).one()
    return Failures(count, oldest)


async def insert_attempt(connection: Connection, login: str, ip: str, at: datetime) -> int:
    row = {"at": at, "login_hash": login_hash(login), "ip": ip, "ok": False}
    result = await connection.execute(insert(sign_in_attempts).values(row))
    key = result.inserted_primary_key
    assert key is not None
    return int(key[0])


async def mark_attempt_ok(connection: Connection, attempt_id: int) -> None:
    table = sign_in_attempts
    await connection.execute(update(table).where(table.c.id == attempt_id).values(ok=True))


async def delete_attempts(connection: Connection, before: datetime) -> None:
    await connection.execute(delete(sign_in_attempts).where(sign_in_attempts.c.at < before))
