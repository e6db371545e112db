"""The SQL of staff, teams, sessions and sign-in attempts. Every function works in the caller's transaction."""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, String, and_, case, cast, delete, func, insert, or_, select, update

from crm_core.customers.names import key
from crm_core.people.rows import Session, Staff, StaffFilter, StaffWithSecret, Stage, Team
from crm_core.people.tables import sessions, sign_in_attempts, staff, teams
from crm_core.store import Connection
from kernel.codec import build
from kernel.db import clean, from_row, to_row


def login_key(login: str) -> str:
    """A login as it is compared: without regard to case, width or how letters were composed."""
    return unicodedata.normalize("NFKC", str(clean(login))).casefold().strip()


def email_key(email: str | None) -> str | None:
    """A mail address as it is compared."""
    return login_key(email) if email else None


def search_words(person: Staff) -> str:
    """What a person is found by, folded: name, login, mail address."""
    return key(f"{person.name} {person.login} {person.email or ''}")


def login_hash(login: str) -> str:
    """How a login is counted: people type passwords into the login field, so it is not kept as typed."""
    return attempt_key("login", login_key(login))


def waiting_key(login: str) -> str:
    """Under what it is noted that an address was told to wait."""
    return attempt_key("waiting", login_key(login))


def attempt_key(what: str, of: str) -> str:
    """Under what attempts are counted: no login that somebody types counts against another kind of attempt."""
    return hashlib.sha256(f"{what}:{of}".encode()).hexdigest()


# ── staff and teams ─────────────────────────────────────────────────────────────────────────────────────


async def insert_staff(connection: Connection, person: Staff, password_hash: str, subject: str | None = None) -> None:
    """`subject` is who they are with an identity provider."""
    row = to_row(person) | {
        "login_key": login_key(person.login),
        "email_key": email_key(person.email),
        "words": search_words(person),
        "password_hash": password_hash,
        "subject": subject,
    }
    await connection.execute(insert(staff), [row])


async def update_staff(connection: Connection, staff_id: str, **values: Any) -> None:
    if "email" in values:
        values["email_key"] = email_key(values["email"])
    await connection.execute(update(staff).where(staff.c.id == staff_id).values(**values))


async def staff_by_email(connection: Connection, email: str) -> StaffWithSecret | None:
    """The person with this mail address: at most one has it."""
    row = (await connection.execute(select(staff).where(staff.c.email_key == email_key(email)))).one_or_none()
    return None if row is None else _with_secret(row)


async def staff_by_subject(connection: Connection, subject: str) -> StaffWithSecret | None:
    row = (await connection.execute(select(staff).where(staff.c.subject == subject))).one_or_none()
    return None if row is None else _with_secret(row)


async def subject_of(connection: Connection, staff_id: str) -> str | None:
    """Who a person is with the identity provider, once they signed in by it."""
    return (await connection.execute(select(staff.c.subject).where(staff.c.id == staff_id))).scalar_one_or_none()


async def find_staff(
    connection: Connection, wanted: StaffFilter, after: tuple[str, str] | None, limit: int
) -> list[Staff]:
    """People by name, after one of (name, id)."""
    query = select(staff).order_by(staff.c.name, staff.c.id).where(*_conditions(wanted)).limit(limit)
    if after is not None:
        query = query.where(or_(staff.c.name > after[0], and_(staff.c.name == after[0], staff.c.id > after[1])))
    found = [from_row(Staff, row) for row in await connection.execute(query)]
    return found


def _conditions(wanted: StaffFilter) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    found += [staff.c.words.contains(word, autoescape=True) for word in key(wanted.words).split()]
    if wanted.role is not None:
        found.append(cast(staff.c.roles, String).contains(f'"{wanted.role.value}"', autoescape=True))
    if wanted.team_id is not None:
        found.append(staff.c.team_id == wanted.team_id)
    if wanted.active is not None:
        found.append(staff.c.active.is_(wanted.active))
    if wanted.team_ids is not None:
        found.append(or_(staff.c.team_id.in_(sorted(wanted.team_ids)), staff.c.id == wanted.staff_id))
    return found


async def names_of(connection: Connection, ids: Sequence[str]) -> dict[str, str]:
    """Names of people and teams by id; ids of neither are left out."""
    found: dict[str, str] = {}
    for table in (staff, teams):
        rows = await connection.execute(select(table.c.id, table.c.name).where(table.c.id.in_(ids)))
        found.update({row.id: row.name for row in rows})
    return found


async def logins_of(connection: Connection, ids: Sequence[str]) -> dict[str, str]:
    """Logins of people by id."""
    rows = await connection.execute(select(staff.c.id, staff.c.login).where(staff.c.id.in_(ids)))
    return {row.id: row.login for row in rows}


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
    await connection.execute(insert(teams), [to_row(team)])


async def update_team(connection: Connection, team_id: str, **values: Any) -> None:
    await connection.execute(update(teams).where(teams.c.id == team_id).values(**values))


async def delete_team(connection: Connection, team_id: str) -> None:
    await connection.execute(delete(teams).where(teams.c.id == team_id))


async def team_by_id(connection: Connection, team_id: str, lock: bool = False) -> Team | None:
    """One team; with `lock`, nobody else changes the row until this transaction ends."""
    query = select(teams).where(teams.c.id == team_id)
    row = (await connection.execute(query.with_for_update() if lock else query)).one_or_none()
    return None if row is None else from_row(Team, row)


async def team_by_name(connection: Connection, name: str) -> Team | None:
    row = (await connection.execute(select(teams).where(teams.c.name == clean(name)))).one_or_none()
    return None if row is None else from_row(Team, row)


async def people_of_team(connection: Connection, team_id: str) -> list[Staff]:
    """Members and leads, by name."""
    led = cast(staff.c.leads, String).contains(f'"{team_id}"', autoescape=True)
    query = select(staff).where(or_(staff.c.team_id == team_id, led)).order_by(staff.c.name, staff.c.id)
    return [from_row(Staff, row) for row in await connection.execute(query)]


async def all_teams(connection: Connection) -> list[Team]:
    return [from_row(Team, row) for row in await connection.execute(select(teams).order_by(teams.c.name))]


def _with_secret(row: Row[Any]) -> StaffWithSecret:
    return StaffWithSecret(from_row(Staff, row), row.password_hash, row.totp_secret, row.totp_step)


# ── sessions ────────────────────────────────────────────────────────────────────────────────────────────


async def insert_session(connection: Connection, session: Session) -> None:
    row = to_row(session)
    row["user_agent"], row["ip"] = row["user_agent"][:300], row["ip"][:60]
    await connection.execute(insert(sessions), [row])


async def session_with_staff(connection: Connection, session_id: str) -> tuple[Session, Staff] | None:
    columns = [staff.c[name].label(f"person_{name}") for name in Staff.__dataclass_fields__]
    query = select(*sessions.c, *columns).join(staff).where(sessions.c.id == session_id)
    row = (await connection.execute(query)).one_or_none()
    if row is None:
        return None
    person = {name: row._mapping[f"person_{name}"] for name in Staff.__dataclass_fields__}
    return from_row(Session, row), build(Staff, person)


async def live_among(
    connection: Connection, ids: Sequence[str], now: datetime, used_after: datetime
) -> dict[str, Staff]:
    """Of those of the sessions that are neither revoked, expired nor idle, and whose people are active: the people."""
    if not ids:
        return {}
    query = (
        select(sessions.c.id.label("session_id"), *(staff.c[name] for name in Staff.__dataclass_fields__))
        .join_from(sessions, staff)
        .where(sessions.c.id.in_(ids), sessions.c.revoked_at.is_(None), staff.c.active)
        .where(sessions.c.expires_at > now, sessions.c.seen_at > used_after, sessions.c.stage == Stage.open)
    )
    return {row.session_id: from_row(Staff, row) for row in await connection.execute(query)}


async def sessions_of(connection: Connection, staff_id: str, now: datetime) -> list[Session]:
    """Open sessions neither revoked nor expired, the last used first."""
    query = (
        select(sessions)
        .where(sessions.c.staff_id == staff_id, sessions.c.revoked_at.is_(None), sessions.c.expires_at > now)
        .where(sessions.c.stage == Stage.open)
        .order_by(sessions.c.seen_at.desc(), sessions.c.id)
    )
    return [from_row(Session, row) for row in await connection.execute(query)]


async def update_session(connection: Connection, session_id: str, **values: Any) -> None:
    await connection.execute(update(sessions).where(sessions.c.id == session_id).values(**values))


async def turn_session(connection: Connection, session_id: str, turn: int, now: datetime) -> None:
    """Its cookie has turned; once, of those who come with it at the same time."""
    from_here = (sessions.c.id == session_id, sessions.c.turn == turn)
    await connection.execute(update(sessions).where(*from_here).values(turn=turn + 1, turned_at=now))


async def revoke_one(connection: Connection, now: datetime, session_id: str, staff_id: str) -> bool:
    """End a live session of a person; False when there is none."""
    return bool(await _revoke(connection, now, sessions.c.id == session_id, sessions.c.staff_id == staff_id))


async def revoke_all(connection: Connection, now: datetime, staff_id: str, keep: str | None) -> list[str]:
    """End all live sessions of a person but `keep`; returns their ids."""
    return await _revoke(connection, now, sessions.c.staff_id == staff_id, sessions.c.id != (keep or ""))


async def _revoke(connection: Connection, now: datetime, *which: ColumnElement[bool]) -> list[str]:
    """In one statement: of two who end a session at the same time, one has ended it."""
    live = update(sessions).where(sessions.c.revoked_at.is_(None), *which)
    ended = await connection.execute(live.values(revoked_at=now, data={}).returning(sessions.c.id))
    return sorted(ended.scalars())


async def delete_dead_sessions(connection: Connection, before: datetime) -> None:
    """Delete sessions that ended before a time."""
    await connection.execute(delete(sessions).where(sessions.c.expires_at < before))


# ── sign-in attempts ────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Failures:
    """Failed attempts within the window, and the time of the oldest of them."""

    count: int
    oldest: datetime | None


async def failures_by_key(connection: Connection, key: str, since: datetime, ip: str | None = None) -> Failures:
    """Failures since the last success under this key, with `ip` those from there since the last success there."""
    table = sign_in_attempts
    mine = (table.c.login_hash == key, *(() if ip is None else (table.c.ip == ip,)))
    last_ok = select(func.coalesce(func.max(table.c.id), 0)).where(*mine, table.c.ok).scalar_subquery()
    return await _failures(connection, [*mine, table.c.at > since, table.c.id > last_ok])


async def failures_elsewhere(connection: Connection, key: str, known: Collection[str], since: datetime) -> Failures:
    """Failures under this key from everywhere but the known addresses; no success clears them."""
    table = sign_in_attempts
    return await _failures(connection, [table.c.login_hash == key, table.c.at > since, table.c.ip.not_in(known)])


async def known_addresses(connection: Connection, key: str) -> set[str]:
    """From where somebody signed in with success, as long as that is kept."""
    table = sign_in_attempts
    query = select(table.c.ip).where(table.c.login_hash == key, table.c.ok).distinct()
    return set((await connection.execute(query)).scalars())


async def last_tried(connection: Connection, keys: Collection[str], ip: str) -> datetime | None:
    """When an address tried last under any of these keys."""
    table = sign_in_attempts
    query = select(table.c.at).where(table.c.login_hash.in_(keys), table.c.ip == ip)
    return (await connection.execute(query.order_by(table.c.at.desc()).limit(1))).scalar_one_or_none()


async def failures_and_places(connection: Connection, key: str, since: datetime) -> tuple[int, set[str]]:
    """All failures under this key, and the addresses that they came from."""
    table = sign_in_attempts
    query = select(table.c.ip).where(table.c.login_hash == key, table.c.at > since, table.c.ok.is_(False))
    found = list((await connection.execute(query)).scalars())
    return len(found), set(found)


async def forget_failures(connection: Connection, keys: Collection[str]) -> int:
    """Failures under these keys count no more; returns how many there were."""
    table = sign_in_attempts
    done = await connection.execute(delete(table).where(table.c.login_hash.in_(keys), table.c.ok.is_(False)))
    return int(done.rowcount)


async def failures_by_ip(connection: Connection, ip: str, since: datetime) -> Failures:
    return await _failures(connection, [sign_in_attempts.c.ip == ip, sign_in_attempts.c.at > since])


async def _failures(connection: Connection, which: Sequence[ColumnElement[bool]]) -> Failures:
    table = sign_in_attempts
    query = select(func.count(), func.min(table.c.at)).where(table.c.ok.is_(False), *which)
    count, oldest = (await connection.execute(query)).one()
    return Failures(count, oldest)


async def insert_attempt(connection: Connection, key: str, ip: str, at: datetime) -> int:
    row = {"at": at, "login_hash": key, "ip": ip, "ok": False}
    result = await connection.execute(insert(sign_in_attempts).values(row))
    made = result.inserted_primary_key
    assert made is not None
    return int(made[0])


async def mark_attempt_ok(connection: Connection, attempt_id: int) -> None:
    table = sign_in_attempts
    await connection.execute(update(table).where(table.c.id == attempt_id).values(ok=True))


async def delete_attempts(connection: Connection, failed_before: datetime, good_before: datetime) -> None:
    """Good ones tell from where somebody is known: they are kept for longer."""
    table = sign_in_attempts
    before = case((table.c.ok, good_before), else_=failed_before)
    await connection.execute(delete(table).where(table.c.at < before))
