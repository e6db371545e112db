"""Putting numbers on a do-not-call list, and taking them off."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from crm_core.cardnumbers import masked
from crm_core.donotcall import store
from crm_core.donotcall.models import OWN_LIST, Entry
from crm_core.donotcall.patterns import read_pattern
from crm_core.donotcall.search import read
from crm_core.people import audit
from crm_core.shapes import moment
from crm_core.store import Database
from kernel.clock import Clock
from kernel.db import readonly
from kernel.errors import NotFound
from kernel.ids import new_id


class DoNotCallService:
    def __init__(self, database: Database, region: str, clock: Clock) -> None:
        self._db, self._region, self._clock = database, region, clock

    async def add(self, raw: str, added_by: str, reason: str = "", expires_at: datetime | None = None) -> Entry:
        """In force with the commit: no permit that is granted later goes to the number."""
        pattern = read_pattern(raw, self._region)
        entry = Entry(new_id("dnc"), OWN_LIST, pattern, masked(reason), added_by, self._clock.now(), expires_at)
        async with audit.audited(self._db) as connection:
            await store.add_entry(connection, entry)
            await audit.note(connection, entry.added_at, "do_not_call_added", entry.id, **told(entry))
        return entry

    async def remove(self, entry_id: str) -> None:
        """Whoever takes a number off stands in the audit trail, with how it had come on the list."""
        async with audit.audited(self._db) as connection:
            entry = await store.remove_entry(connection, entry_id)
            if entry is None:
                raise NotFound("no_such_entry", "This entry is not on the list (any more).")
            details = {**told(entry), "added_by": entry.added_by, "added_at": moment(entry.added_at)}
            await audit.note(connection, self._clock.now(), "do_not_call_removed", entry.id, **details)

    async def forbids(self, e164: str) -> Entry | None:
        """The entry that forbids to call a number, if there is one."""
        async with readonly(self._db) as connection:
            return await store.entry_for(connection, e164, self._clock.now())

    async def entries(self, words: str = "", after: str | None = None, limit: int = 100) -> Sequence[Entry]:
        """The newest first, after the entry with that id; of those that `words` mean: see `search.read`."""
        wanted = read(words, self._region) if words.strip() else None
        async with readonly(self._db) as connection:
            return await store.list_entries(connection, wanted, after, limit)

    async def patterns(self, ids: Sequence[str]) -> dict[str, str]:
        """What entries say, by id; those that are on the list no more are left out."""
        async with readonly(self._db) as connection:
            return await store.patterns_of(connection, ids)


def told(entry: Entry) -> dict[str, object]:
    """What the audit trail tells of an entry: a number is its owner's, a range is nobody's."""
    until = moment(entry.expires_at) if entry.expires_at else ""
    return {"list": entry.list, "range": entry.pattern if entry.pattern.endswith("*") else "", "until": until}
