"""Reading a customer's timeline."""

from __future__ import annotations

from datetime import datetime

from crm_core.shapes import ENTRY_KINDS, TimelineEntry, TimelinePage
from crm_core.store import Database
from crm_core.timeline import cursor as cursors
from crm_core.timeline import store
from kernel.db import glance
from kernel.errors import Invalid

PAGE = 50
MAX_PAGE = 200


class TimelineService:
    """Pages go from new to old and neither skip nor repeat an entry while others are added."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def page(
        self, customer_id: str, cursor: str | None = None, limit: int = PAGE, kind: str | None = None
    ) -> TimelinePage:
        """Entries after `cursor` (of `kind` only, when given). Invalid: bad_cursor, bad_kind, bad_limit."""
        if kind is not None and kind not in ENTRY_KINDS:
            known = ", ".join(ENTRY_KINDS)
            raise Invalid("bad_kind", f"There is no such kind of entry; known are {known}.", fields={"kind": known})
        if not 1 <= limit <= MAX_PAGE:
            words = f"A page has 1 to {MAX_PAGE} entries."
            raise Invalid("bad_limit", words, fields={"limit": words})
        after = cursors.decode(cursor, _scope(customer_id, kind)) if cursor else None
        async with glance(self._db) as connection:
            entries, last = await store.page(connection, customer_id, after, kind, limit)
        return as_page(customer_id, kind, entries, last)

    async def open_items(self, customer_id: str, limit: int = PAGE) -> list[TimelineEntry]:
        """What is still open, of any age and kind, newest first."""
        async with glance(self._db) as connection:
            return await store.open_items(connection, customer_id, limit)


def as_page(
    customer_id: str, kind: str | None, entries: list[TimelineEntry], last: tuple[datetime, str] | None
) -> TimelinePage:
    """The page with the cursor that leads on from it."""
    return {"entries": entries, "next": cursors.encode(*last, _scope(customer_id, kind)) if last else None}


def _scope(customer_id: str, kind: str | None) -> str:
    return f"{customer_id}/{kind or ''}"
