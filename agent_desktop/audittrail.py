"""The audit trail as the web application reads it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from crm_core.people.audit import (
    AuditCheck,
    AuditEntry,
    AuditFilter,
    AuditRow,
    append,
    audit_actions,
    check_audit,
    read_audit,
)
from crm_core.store import Database


class AuditTrail(Protocol):
    """Lines newest first, the kinds of acts there are, and whether the chain is whole."""

    async def lines(self, wanted: AuditFilter, before: int | None, limit: int) -> Sequence[AuditRow]: ...

    async def actions(self) -> list[str]: ...

    async def check(self) -> AuditCheck: ...

    async def note(self, entry: AuditEntry) -> None: ...


class SqlAuditTrail:
    """Implements AuditTrail on the platform's database."""

    def __init__(self, database: Database) -> None:
        self._db = database

    async def lines(self, wanted: AuditFilter, before: int | None, limit: int) -> Sequence[AuditRow]:
        return await read_audit(self._db, before=before, limit=limit, wanted=wanted)

    async def actions(self) -> list[str]:
        return await audit_actions(self._db)

    async def check(self) -> AuditCheck:
        return await check_audit(self._db)

    async def note(self, entry: AuditEntry) -> None:
        async with self._db.begin() as connection:
            await append(connection, entry)
