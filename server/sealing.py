"""Keys of the journal: personal fields are sealed under a key per subject, and deleting the key erases them.

The subject is the interaction (else leg or agent) of the nearest dataclass that holds the field. A field without
one is sealed under a key of its day, `none/2025-01-31`: it can be erased by day only.
"""

from __future__ import annotations

import base64
import hashlib
import secrets
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from kernel import db
from kernel.codec import SEALED, Sealed, Sealer, Unsealer
from kernel.writes import beforehand, insert_rows

OF = "of"
NONCE = 12
_LONGEST = 150


def subject_key(subject: str) -> str:
    """The subject as the journal's tables hold it: storable, and no longer than their columns."""
    cleaned = str(db.clean(subject))
    if len(cleaned) <= _LONGEST:
        return cleaned
    return cleaned[:80] + "~" + hashlib.sha256(cleaned.encode()).hexdigest()


class Pending:
    """Collects what is to be sealed while rows are built; `close` then encrypts it all in place."""

    def __init__(self) -> None:
        self.waiting: list[Sealed] = []

    def sealer(self, at: datetime) -> Sealer:
        """A sealer for one journal line written at `at`."""

        def seal(subject: str | None, text: str) -> Sealed:
            holder = subject_key(subject) if subject else f"none/{at.date().isoformat()}"
            sealed = {SEALED: text, OF: holder}
            self.waiting.append(sealed)
            return sealed

        return seal

    @property
    def subjects(self) -> set[str]:
        return {sealed[OF] for sealed in self.waiting}

    def close(self, keys: dict[str, bytes]) -> None:
        for sealed in self.waiting:
            nonce = secrets.token_bytes(NONCE)
            cipher = AESGCM(keys[sealed[OF]]).encrypt(nonce, sealed[SEALED].encode(), sealed[OF].encode())
            sealed[SEALED] = base64.b64encode(nonce + cipher).decode()
        self.waiting.clear()


class KeyRing:
    """Keys by subject, the latest used kept in memory: the bytes, for a cipher made of them takes 2.4 KB and is made
    in two microseconds."""

    def __init__(self, room: int = 4_000) -> None:
        self._room = room
        self._held: dict[str, bytes] = {}

    async def fetch(self, connection: AsyncConnection, subjects: Iterable[str], make: bool = False) -> dict[str, bytes]:
        """The keys of these subjects; with `make`, missing ones are made. Call `keep` after the commit."""
        wanted = set(subjects)
        found = {subject: self._held[subject] for subject in wanted if subject in self._held}
        missing = wanted - found.keys()
        if missing:
            table = db.journal_keys
            rows = await beforehand(connection, select(table).where(table.c.subject.in_(sorted(missing))))
            found.update((row.subject, base64.b64decode(row.key)) for row in rows)
        if make and (new := sorted(wanted - found.keys())):
            keys = {subject: AESGCM.generate_key(256) for subject in new}
            rows_new = [{"subject": one, "key": base64.b64encode(key).decode()} for one, key in keys.items()]
            await insert_rows(connection, db.journal_keys, rows_new)
            found.update(keys)
        return found

    def keep(self, keys: dict[str, bytes]) -> None:
        """Remember keys that are in the database."""
        for subject, key in keys.items():
            self._held.pop(subject, None)
            self._held[subject] = key
        while len(self._held) > self._room:
            self._held.pop(next(iter(self._held)))

    async def destroy(self, connection: AsyncConnection, subjects: Iterable[str]) -> None:
        """Delete the keys: what they sealed can never be read again. Call `forget` after the commit."""
        table = db.journal_keys
        await connection.execute(delete(table).where(table.c.subject.in_([subject_key(one) for one in subjects])))

    def forget(self, subjects: Iterable[str]) -> None:
        for subject in subjects:
            self._held.pop(subject_key(subject), None)


def holders(body: Any) -> Iterator[str]:
    """The subjects whose keys a stored body needs."""
    if isinstance(body, dict):
        if SEALED in body:
            yield body[OF]
        for one in body.values():
            yield from holders(one)
    elif isinstance(body, list):
        for one in body:
            yield from holders(one)


def opener(keys: dict[str, bytes]) -> Unsealer:
    """Reads what was sealed; None when its key is gone or does not fit."""

    def unseal(sealed: Sealed) -> str | None:
        key = keys.get(sealed[OF])
        if key is None:
            return None
        data = base64.b64decode(sealed[SEALED])
        try:
            return AESGCM(key).decrypt(data[:NONCE], data[NONCE:], sealed[OF].encode()).decode()
        except InvalidTag:
            return None

    return unseal
