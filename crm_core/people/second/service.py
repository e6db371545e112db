"""Second steps of people: enrolling, judging codes, recovery codes, taking it away again."""

from __future__ import annotations

import io
import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import segno

from crm_core.people import audit, store
from crm_core.people.passwords import Hasher
from crm_core.people.rows import By, Session, SignInPolicy, Staff, StaffWithSecret, Visitor
from crm_core.people.second import codes
from crm_core.people.second.store import (
    recovery_codes_left,
    replace_recovery_codes,
    take_recovery_code,
    take_step,
)
from crm_core.people.sessions import audit_line, end_sessions
from crm_core.people.stages import second_step_required
from crm_core.people.vault import Vault
from crm_core.store import Connection, Database
from kernel.db import readonly
from kernel.errors import Invalid, NotFound, Problem, Refused, TooMany, at_fields

PENDING = "totp"
WRONG_PASSWORDS = 10
WINDOW = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Enrolment:
    """What an authenticator app needs: by hand, as a link, as a QR code (SVG)."""

    secret: str = field(repr=False)
    uri: str = field(repr=False)
    svg: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Enrolled:
    """The recovery codes, shown this once, and the ids of the other sessions, which ended."""

    codes: list[str] = field(repr=False)
    ended: list[str]


@dataclass(frozen=True, slots=True)
class Standing:
    """How safe an account is."""

    enrolled_at: datetime | None
    required: bool
    recovery_left: int
    has_password: bool


class SecondSteps:
    """On one database; secrets are sealed by the vault."""

    def __init__(self, database: Database, hasher: Hasher, policy: SignInPolicy, vault: Vault | None) -> None:
        self._db = database
        self._hasher = hasher
        self._policy = policy
        self._held_vault = vault

    @property
    def _vault(self) -> Vault:
        if self._held_vault is None:
            raise RuntimeError("second steps need the install's key")
        return self._held_vault

    async def standing(self, staff_id: str) -> Standing:
        async with readonly(self._db) as connection:
            person = await store.staff_by_id(connection, staff_id)
            left = await recovery_codes_left(connection, staff_id)
        if person is None:
            raise NotFound("staff_unknown", "There is no such person.")
        required = second_step_required(person.staff, self._policy)
        return Standing(person.staff.totp_at, required, left, bool(person.password_hash))

    async def left(self, connection: Connection, staff_id: str) -> int:
        """Recovery codes that were not used yet."""
        return await recovery_codes_left(connection, staff_id)

    async def begin(self, session: Session, person: Staff) -> Enrolment:
        """A new secret, kept sealed with the session until a code confirms it."""
        secret = codes.secret_of(secrets.token_bytes(codes.SECRET_BYTES))
        data = {**session.data, PENDING: self._vault.seal(person.id, secret)}
        async with self._db.begin() as connection:
            await store.update_session(connection, session.id, data=data)
        uri = codes.enrolment_uri(secret, person.login, self._policy.issuer)
        return Enrolment(secret, uri, qr_svg(uri))

    async def confirm(self, connection: Connection, visitor: Visitor, code: str, by: By, now: datetime) -> Enrolled:
        """Keep the secret that was begun, when the code is one of it; all other sessions of the person end."""
        staff_id, sealed = visitor.staff.id, visitor.session.data.get(PENDING)
        secret = self._vault.open(staff_id, sealed) if isinstance(sealed, str) else None
        if secret is None:
            raise Refused("enrolment_not_begun", "Begin again: the QR code was made too long ago.")
        step = codes.fitting_step(secret, code, now, None)
        if step is None:
            words = "This is not the code that the app shows now. Check the phone's clock, and type the newest code."
            raise Invalid("code_unfit", words, **at_fields(code=Problem("code_unfit", words)))
        values = {"totp_secret": sealed, "totp_at": now, "totp_step": step}
        await store.update_staff(connection, staff_id, **values)
        await store.update_session(connection, visitor.session.id, data={})
        await audit.append(connection, audit_line("second_step_set", staff_id, by, now))
        ended = await end_sessions(connection, staff_id, by, now, visitor.session.id)
        return Enrolled(await self._new_codes(connection, staff_id), ended)

    async def enrol(self, visitor: Visitor, code: str, by: By, now: datetime) -> Enrolled:
        """`confirm` for somebody who is signed in."""
        async with audit.audited(self._db) as connection:
            return await self.confirm(connection, visitor, code, by, now)

    async def renew_codes(self, staff_id: str, by: By, now: datetime) -> list[str]:
        """New recovery codes; the old ones are worth nothing."""
        async with audit.audited(self._db) as connection:
            person = await store.staff_by_id(connection, staff_id, lock=True)
            if person is None or person.staff.totp_at is None:
                raise Refused("second_step_missing", "There is no second step; set it up first.")
            await audit.append(connection, audit_line("recovery_codes_made", staff_id, by, now))
            return await self._new_codes(connection, staff_id)

    async def remove(self, staff_id: str, by: By, now: datetime, keep: str) -> list[str]:
        """One's own second step; refused when the role must have one. All sessions but `keep` end; returns which."""
        async with audit.audited(self._db) as connection:
            person = await store.staff_by_id(connection, staff_id, lock=True)
            if person is not None and second_step_required(person.staff, self._policy):
                raise Refused("second_step_required", "Your role must have a second step; it cannot be taken away.")
            await self.forget(connection, staff_id)
            await audit.append(connection, audit_line("second_step_removed", staff_id, by, now))
            return await end_sessions(connection, staff_id, by, now, keep)

    async def forget(self, connection: Connection, staff_id: str) -> None:
        """Take secret and codes away, in the caller's transaction."""
        await store.update_staff(connection, staff_id, totp_secret=None, totp_at=None, totp_step=None)
        await replace_recovery_codes(connection, staff_id, ())

    async def check_own_password(self, staff_id: str, password: str, ip: str, now: datetime) -> None:
        """Whoever changes how they sign in proves again who they are. Raises Invalid (`own_password_wrong`)."""
        async with audit.audited(self._db) as connection:
            key = store.attempt_key("password", staff_id)
            failures = await store.failures_by_key(connection, key, now - WINDOW)
            if failures.count >= WRONG_PASSWORDS:
                wait = max(1, round(((failures.oldest or now) + WINDOW - now).total_seconds()))
                words = "Too many failed sign-ins. Please wait, then try again."
                raise TooMany("too_many_attempts", words, retry_after=wait)
            attempt = await store.insert_attempt(connection, key, ip, now)
            person = await store.staff_by_id(connection, staff_id)
        if person is None or not await self._hasher.verify(person.password_hash or None, password):
            words = "This is not your password."
            raise Invalid("own_password_wrong", words, **at_fields(password=Problem("own_password_wrong", words)))
        async with self._db.begin() as connection:
            await store.mark_attempt_ok(connection, attempt)

    async def take(self, connection: Connection, person: StaffWithSecret, code: str, now: datetime) -> str | None:
        """How a code proves the person (`totp`, `recovery`), used up by that; None when it does not."""
        staff_id = person.staff.id
        if codes.is_recovery_code(code):
            (hashed,) = codes.recovery_hashes(self._vault.hash_key, staff_id, [code])
            return "recovery" if await take_recovery_code(connection, staff_id, hashed, now) else None
        secret = self._vault.open(staff_id, person.totp_secret) if person.totp_secret else None
        step = codes.fitting_step(secret, code, now, person.totp_step) if secret else None
        return "totp" if step is not None and await take_step(connection, staff_id, step) else None

    async def _new_codes(self, connection: Connection, staff_id: str) -> list[str]:
        made = [codes.recovery_code(secrets.token_bytes(codes.RECOVERY_BYTES)) for _ in range(codes.RECOVERY_CODES)]
        hashes = codes.recovery_hashes(self._vault.hash_key, staff_id, made)
        await replace_recovery_codes(connection, staff_id, hashes)
        return made


def qr_svg(text: str) -> str:
    """A QR code as an SVG document."""
    out = io.BytesIO()
    segno.make(text, error="m").save(out, kind="svg", border=2, xmldecl=False, svgns=True, dark="#000", light="#fff")
    return out.getvalue().decode()
