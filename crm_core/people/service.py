"""What is done with staff and teams: one use case a method, each change in the audit trail."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from crm_core.people import audit, store
from crm_core.people.passwords import Hasher, check_password
from crm_core.people.rows import (
    By,
    NewStaff,
    SessionLimits,
    SignInLimits,
    Staff,
    StaffChange,
    StaffWithSecret,
    Team,
)
from crm_core.people.sign_in import Sessions, audit_line, end_sessions
from crm_core.store import Connection, Database
from kernel.access import Role
from kernel.db import readonly
from kernel.errors import Invalid, NotFound, Refused
from kernel.ids import new_id

CHANGEABLE = ("name", "roles", "language", "team_id")
SYSTEM = By("system")
"""The command line and demo data, in the audit trail."""


class PeopleService(Sessions):
    """Staff, teams, sign-in and sessions on one database."""

    def __init__(
        self,
        database: Database,
        hasher: Hasher,
        sign_in_limits: SignInLimits | None = None,
        session_limits: SessionLimits | None = None,
    ) -> None:
        super().__init__(database, hasher, sign_in_limits, session_limits)

    async def create_staff(self, new: NewStaff, by: By, now: datetime) -> Staff:
        """Make a person who can sign in. Raises Invalid, and Refused (`login_taken`)."""
        _check_new(new)
        hashed = await self._hasher.hash(new.password)
        person = Staff(
            id=new_id("usr"),
            login=new.login.strip(),
            name=new.name.strip(),
            roles=tuple(sorted(set(new.roles))),
            language=new.language,
            team_id=new.team_id,
            active=True,
            created_at=now,
        )
        async with self._db.begin() as connection:
            await store.insert_staff(connection, person, hashed)
            details = {"login": person.login, "roles": list(person.roles), "team": person.team_id or ""}
            await audit.append(connection, audit_line("staff_created", person.id, by, now, **details))
        return person

    async def change_staff(self, staff_id: str, change: StaffChange, by: By, now: datetime) -> Staff:
        """Set a person's name, roles, language or team. New rights hold at the next request."""
        async with self._db.begin() as connection:
            old = (await _found(connection, staff_id)).staff
            new = _changed(old, change)
            if Role.admin in old.roles and Role.admin not in new.roles:
                await _keep_an_admin(connection, staff_id)
            changed = [
                name for name in ("name", "roles", "language", "team_id") if getattr(old, name) != getattr(new, name)
            ]
            if changed:
                values = {name: getattr(new, name) for name in changed}
                await store.update_staff(connection, staff_id, **values)
                details = {"changed": changed, "roles": list(new.roles), "team": new.team_id or ""}
                await audit.append(connection, audit_line("staff_changed", staff_id, by, now, **details))
        return new

    async def deactivate_staff(self, staff_id: str, by: By, now: datetime) -> list[str]:
        """Shut a person out: no sign-in, and all sessions end at once; returns the ids of those that ended."""
        async with self._db.begin() as connection:
            person = (await _found(connection, staff_id)).staff
            if Role.admin in person.roles:
                await _keep_an_admin(connection, staff_id)
            await store.update_staff(connection, staff_id, active=False)
            ended = await end_sessions(connection, staff_id, by, now)
            await audit.append(connection, audit_line("staff_deactivated", staff_id, by, now))
        return ended

    async def activate_staff(self, staff_id: str, by: By, now: datetime) -> None:
        """Let a person sign in again."""
        async with self._db.begin() as connection:
            await _found(connection, staff_id)
            await store.update_staff(connection, staff_id, active=True)
            await audit.append(connection, audit_line("staff_activated", staff_id, by, now))

    async def set_password(
        self, staff_id: str, password: str, by: By, now: datetime, keep_session: str | None = None
    ) -> list[str]:
        """Give a person a new password; all their sessions but `keep_session` end. Raises Invalid (`password_weak`)."""
        person = await self.staff(staff_id)
        check_password(password, person.login, person.name)
        hashed = await self._hasher.hash(password)
        async with self._db.begin() as connection:
            await _found(connection, staff_id)
            await store.update_staff(connection, staff_id, password_hash=hashed)
            ended = await end_sessions(connection, staff_id, by, now, keep_session)
            await audit.append(connection, audit_line("password_set", staff_id, by, now))
        return ended

    async def staff(self, staff_id: str) -> Staff:
        async with readonly(self._db) as connection:
            found = await store.staff_by_id(connection, staff_id)
        if found is None:
            raise _unknown()
        return found.staff

    async def list_staff(self, active_only: bool = False) -> list[Staff]:
        """Everybody, by login."""
        async with readonly(self._db) as connection:
            return await store.all_staff(connection, active_only)

    async def create_team(self, name: str, by: By, now: datetime) -> Team:
        team = Team(new_id("team"), _text("name", name, 100))
        async with self._db.begin() as connection:
            await store.insert_team(connection, team)
            await audit.append(connection, audit_line("team_created", team.id, by, now, name=team.name))
        return team

    async def list_teams(self) -> list[Team]:
        async with readonly(self._db) as connection:
            return await store.all_teams(connection)


async def _found(connection: Connection, staff_id: str) -> StaffWithSecret:
    found = await store.staff_by_id(connection, staff_id, lock=True)
    if found is None:
        raise _unknown()
    return found


async def _keep_an_admin(connection: Connection, staff_id: str) -> None:
    """Refuse to take away the last one who can set things right again."""
    await audit.lock_head(connection)
    others = [one for one in await store.all_staff(connection, active_only=True) if one.id != staff_id]
    if not any(Role.admin in one.roles for one in others):
        raise Refused("last_admin", "This is the last administrator; make another person administrator first.")


def _check_new(new: NewStaff) -> None:
    _text("login", new.login, 100)
    _text("name", new.name, 200)
    if not new.roles:
        message = "Choose at least one role."
        raise Invalid("roles_missing", message, fields={"roles": message})
    check_password(new.password, new.login, new.name)


def _changed(old: Staff, change: StaffChange) -> Staff:
    roles = old.roles if change.roles is None else tuple(sorted(set(change.roles)))
    if not roles:
        message = "Choose at least one role."
        raise Invalid("roles_missing", message, fields={"roles": message})
    return replace(
        old,
        name=old.name if change.name is None else _text("name", change.name, 200),
        roles=roles,
        language=change.language or old.language,
        team_id=old.team_id if change.team_id is None else change.team_id or None,
    )


def _text(field: str, value: str, longest: int) -> str:
    """A text of one line; raises Invalid (`text_bad`)."""
    text = value.strip()
    if not text or len(text) > longest or not text.isprintable():
        message = f"Between 1 and {longest} printable characters are needed."
        raise Invalid("text_bad", message, fields={field: message})
    return text


def _unknown() -> NotFound:
    return NotFound("staff_unknown", "There is no such person.")
