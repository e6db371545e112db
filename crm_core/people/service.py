"""What is done with staff: one use case a method, each change in the audit trail."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from crm_core.people import attempts, audit, store
from crm_core.people.attempts import Held
from crm_core.people.forms import changed, check_new, generated_password
from crm_core.people.passwords import check_password
from crm_core.people.rows import (
    By,
    NewStaff,
    Staff,
    StaffChange,
    StaffFilter,
    StaffWithSecret,
    Team,
)
from crm_core.people.sessions import audit_line, end_sessions
from crm_core.people.sign_in import SignIn
from crm_core.people.teams import Teams
from crm_core.store import Connection
from kernel.access import Role
from kernel.db import readonly
from kernel.errors import Invalid, NotFound, Problem, Refused, at_fields
from kernel.ids import new_id

FIELDS = ("name", "email", "roles", "language", "team_id")
SYSTEM = By("system")
"""The command line and demo data, in the audit trail."""


class PeopleService(SignIn):
    """Staff, teams, sign-in and sessions on one database."""

    @property
    def teams(self) -> Teams:
        return Teams(self._db)

    async def create_staff(self, new: NewStaff, by: By, now: datetime) -> Staff:
        """Make a person who can sign in. Raises Invalid, and Refused (`login_taken`, `email_taken`)."""
        check_new(new)
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
            email=(new.email or "").strip() or None,
            must_change=new.must_change,
        )
        async with self._db.begin() as connection:
            await audit.lock_head(connection)
            if await store.staff_by_login(connection, person.login) is not None:
                words = "Somebody has this login already; choose another."
                raise Refused("login_taken", words, **at_fields(login=Problem("login_taken", words)))
            await _fitting(connection, person)
            await store.insert_staff(connection, person, hashed)
            details = {"login": person.login, "roles": list(person.roles), "team": person.team_id or ""}
            await audit.append(connection, audit_line("staff_created", person.id, by, now, **details))
        return person

    async def change_staff(self, staff_id: str, change: StaffChange, by: By, now: datetime) -> Staff:
        """Set a person's name, mail address, roles, language or team. New rights hold at the next request. Raises
        Refused (`person_changed`) when `change` was made looking at another version; its details say what there is."""
        async with self._db.begin() as connection:
            old = (await _found(connection, staff_id)).staff
            if change.version not in (None, old.version):
                words = "Somebody else changed this person meanwhile. Look at what is there now, then save again."
                raise Refused("person_changed", words, version=old.version, current=_editable(old))
            new = changed(old, change)
            if Role.admin in old.roles and Role.admin not in new.roles:
                await _keep_an_admin(connection, staff_id)
            fields = [name for name in FIELDS if getattr(old, name) != getattr(new, name)]
            if not fields:
                return old
            await _fitting(connection, new)
            new = replace(new, version=old.version + 1)
            values = {name: getattr(new, name) for name in (*fields, "version")}
            await store.update_staff(connection, staff_id, words=store.search_words(new), **values)
            details: dict[str, object] = {"changed": fields}
            if "roles" in fields:
                details |= {"roles": list(new.roles), "roles_before": list(old.roles)}
            if "team_id" in fields:
                details |= {"team": new.team_id or ""}
            await audit.append(connection, audit_line("staff_changed", staff_id, by, now, **details))
        return new

    async def deactivate_staff(self, staff_id: str, by: By, now: datetime) -> list[str]:
        """Shut a person out: no sign-in, and all sessions end at once; returns the ids of those that ended."""
        async with self._db.begin() as connection:
            person = (await _found(connection, staff_id)).staff
            if Role.admin in person.roles:
                await _keep_an_admin(connection, staff_id)
            await store.update_staff(connection, staff_id, active=False, version=person.version + 1)
            ended = await end_sessions(connection, staff_id, by, now)
            await audit.append(connection, audit_line("staff_deactivated", staff_id, by, now))
        return ended

    async def activate_staff(self, staff_id: str, by: By, now: datetime) -> None:
        """Let a person sign in again."""
        async with self._db.begin() as connection:
            person = (await _found(connection, staff_id)).staff
            await store.update_staff(connection, staff_id, active=True, version=person.version + 1)
            await audit.append(connection, audit_line("staff_activated", staff_id, by, now))

    async def set_password(
        self, staff_id: str, password: str, by: By, now: datetime, keep_session: str | None = None
    ) -> list[str]:
        """Give a person a new password; all their sessions but `keep_session` end. Raises Invalid (`password_weak`)."""
        person = await self.staff(staff_id)
        check_password(password, person.login, person.name)
        return await self._set_password(staff_id, password, by, now, keep_session, must_change=False)

    async def reset_password(self, staff_id: str, by: By, now: datetime) -> tuple[str, list[str]]:
        """A new password that must be changed at the next sign-in, for an administrator to hand over; and the ids of
        the sessions that ended."""
        await self.staff(staff_id)
        password = generated_password()
        return password, await self._set_password(staff_id, password, by, now, None, must_change=True)

    async def reset_second_step(self, staff_id: str, by: By, now: datetime) -> list[str]:
        """Take away the second step of somebody who lost phone and recovery codes; their sessions end."""
        async with self._db.begin() as connection:
            person = (await _found(connection, staff_id)).staff
            if person.totp_at is None:
                raise Refused("second_step_missing", "There is no second step; set it up first.")
            await self.second.forget(connection, staff_id)
            await store.update_staff(connection, staff_id, version=person.version + 1)
            ended = await end_sessions(connection, staff_id, by, now)
            await audit.append(connection, audit_line("second_step_reset", staff_id, by, now))
        return ended

    async def held(self, staff_id: str, now: datetime) -> Held:
        """Which failed sign-ins count against a person just now."""
        person = await self.staff(staff_id)
        async with readonly(self._db) as connection:
            return await attempts.held(connection, person, self._limits, now)

    async def let_in(self, staff_id: str, by: By, now: datetime) -> None:
        """Nothing that failed counts against a person any more: they may try at once, wherever they are."""
        async with self._db.begin() as connection:
            person = (await _found(connection, staff_id)).staff
            failures = await attempts.let_in(connection, person)
            await audit.append(connection, audit_line("sign_in_unlocked", staff_id, by, now, failures=failures))

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

    async def find_staff(
        self, wanted: StaffFilter, after: str | None = None, limit: int = 50
    ) -> tuple[list[Staff], str | None]:
        """A page of people by name, after the person with id `after`; and the id to go on after, if there are more."""
        async with readonly(self._db) as connection:
            start = await store.staff_by_id(connection, after) if after else None
            place = None if start is None else (start.staff.name, start.staff.id)
            found = await store.find_staff(connection, wanted, place, limit + 1)
        return found[:limit], found[limit - 1].id if len(found) > limit else None

    async def names(self, ids: Sequence[str]) -> dict[str, str]:
        """Names of people and teams by id, as far as they are known."""
        async with readonly(self._db) as connection:
            return await store.names_of(connection, sorted(set(ids)))

    async def logins(self, ids: Sequence[str]) -> dict[str, str]:
        """Logins of people by id, as far as they are known."""
        async with readonly(self._db) as connection:
            return await store.logins_of(connection, sorted(set(ids)))

    async def list_teams(self) -> list[Team]:
        async with readonly(self._db) as connection:
            return await store.all_teams(connection)

    async def _set_password(
        self, staff_id: str, password: str, by: By, now: datetime, keep: str | None, *, must_change: bool
    ) -> list[str]:
        hashed = await self._hasher.hash(password)
        async with self._db.begin() as connection:
            await _found(connection, staff_id)
            await store.update_staff(connection, staff_id, password_hash=hashed, must_change=must_change)
            ended = await end_sessions(connection, staff_id, by, now, keep)
            await audit.append(connection, audit_line("password_set", staff_id, by, now))
        return ended


def _editable(person: Staff) -> dict[str, object]:
    """What a form shows of a person, JSON-ready."""
    values = {name: getattr(person, name) for name in FIELDS}
    return {**values, "roles": [role.value for role in person.roles], "active": person.active}


async def _fitting(connection: Connection, person: Staff) -> None:
    """Refuse a mail address that somebody else has, and a team that is not there."""
    if person.email:
        other = await store.staff_by_email(connection, person.email)
        if other is not None and other.staff.id != person.id:
            words = "Somebody has this mail address already."
            raise Refused("email_taken", words, **at_fields(email=Problem("email_taken", words)))
    if person.team_id and await store.team_by_id(connection, person.team_id) is None:
        words = "There is no such team any more."
        raise Invalid("team_gone", words, **at_fields(team_id=Problem("team_gone", words)))


async def _found(connection: Connection, staff_id: str) -> StaffWithSecret:
    """A person to be changed: nobody else changes people until this transaction ends."""
    await audit.lock_head(connection)
    found = await store.staff_by_id(connection, staff_id, lock=True)
    if found is None:
        raise _unknown()
    return found


async def _keep_an_admin(connection: Connection, staff_id: str) -> None:
    """Refuse to take away the last one who can set things right again."""
    others = [one for one in await store.all_staff(connection, active_only=True) if one.id != staff_id]
    if not any(Role.admin in one.roles for one in others):
        raise Refused("last_admin", "This is the last administrator; make another person administrator first.")


def _unknown() -> NotFound:
    return NotFound("staff_unknown", "There is no such person.")
