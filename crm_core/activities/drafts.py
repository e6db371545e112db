"""Words begun and not yet sent: of a call, shared by all who have it in hand; beside calls, one's own by customer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Literal

from typing_extensions import TypedDict

from crm_core.activities import store
from crm_core.authors import Author
from crm_core.cardnumbers import masked
from crm_core.shapes import moment
from crm_core.store import Database
from kernel.clock import Clock
from kernel.db import readonly

KEEP = timedelta(days=7)
MAX_LIST = 50
DraftScope = Literal["call", "customer"]


class Draft(TypedDict):
    """`ref` is the interaction or the customer; `ticket` the form as the browser keeps it; `at` when it was saved."""

    scope: str
    ref: str
    customer_id: str | None
    note: str
    ticket: str
    disposition: str
    staff_id: str
    staff_name: str
    at: str


@dataclass(frozen=True, slots=True)
class Begun:
    """What was typed so far; all empty when there is nothing left to keep."""

    note: str = ""
    ticket: str = ""
    disposition: str = ""
    customer_id: str | None = None

    @property
    def empty(self) -> bool:
        return not (self.note or self.ticket or self.disposition)


class DraftService:
    """One draft for each call, and one for each person and customer."""

    def __init__(self, db: Database, clock: Clock) -> None:
        self._db = db
        self._clock = clock

    async def get(self, scope: DraftScope, ref: str, author: Author) -> Draft | None:
        async with readonly(self._db) as connection:
            row = await store.draft(connection, scope, ref, _owner(scope, author))
        return _shown(row) if row is not None else None

    async def mine(self, author: Author) -> list[Draft]:
        """What this person wrote last and nobody sent, the newest first."""
        since = self._clock.now() - KEEP
        async with readonly(self._db) as connection:
            return [_shown(row) for row in await store.drafts_of(connection, author.id, since, MAX_LIST)]

    async def set(self, scope: DraftScope, ref: str, begun: Begun, author: Author) -> None:
        """Keep what was typed, but for numbers of payment cards, in the place of what was there; nothing typed leaves
        nothing."""
        owner, now = _owner(scope, author), self._clock.now()
        row = {
            "scope": scope,
            "ref": ref,
            "owner": owner,
            "note": masked(begun.note),
            "ticket": masked(begun.ticket),
            "disposition": begun.disposition,
            "staff_id": author.id,
            "staff_name": author.name,
            "updated_at": now,
        }
        async with self._db.begin() as connection:
            if begun.empty:
                await store.drop_draft(connection, scope, ref, owner)
                return
            known = begun.customer_id is not None and await store.is_customer(connection, begun.customer_id)
            row["customer_id"] = begun.customer_id if known else None
            await store.set_draft(connection, row, now - KEEP)


def _owner(scope: DraftScope, author: Author) -> str:
    return "" if scope == "call" else author.id


def _shown(row: Any) -> Draft:
    return {
        "scope": row.scope,
        "ref": row.ref,
        "customer_id": row.customer_id,
        "note": row.note,
        "ticket": row.ticket,
        "disposition": row.disposition,
        "staff_id": row.staff_id,
        "staff_name": row.staff_name,
        "at": moment(row.updated_at),
    }
