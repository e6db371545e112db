"""Use cases of notes."""

from __future__ import annotations

import hashlib
from dataclasses import replace

from crm_core.activities import store
from crm_core.authors import Author
from crm_core.cardnumbers import masked
from crm_core.checks import Checks
from crm_core.once.store import made_before
from crm_core.people import audit
from crm_core.shapes import TimelineEntry, moment
from crm_core.store import Database
from crm_core.timeline.store import save_entries
from crm_core.timeline.writes import SaveTimelineEntry
from kernel.clock import Clock
from kernel.errors import NotFound
from kernel.ids import new_id

MAX_NOTE = 20_000


class NoteService:
    """A note and its entry on the timeline are one transaction."""

    def __init__(self, db: Database, clock: Clock) -> None:
        self._db = db
        self._clock = clock

    async def add(
        self, customer_id: str, text: str, author: Author, interaction_id: str | None = None, once: str | None = None
    ) -> TimelineEntry:
        """Keep a note of at most MAX_NOTE characters, without numbers of payment cards; the entry's `ref` is the note's
        id. With `once`, a note that was kept under that key before is given back instead, so that a repeated request
        writes nothing twice."""
        checks = Checks()
        accepted = masked(checks.text("text", text, MAX_NOTE))
        interaction_id = checks.maybe("interaction_id", interaction_id, 150)
        checks.done()
        note_id, now = new_id("no"), self._clock.now()
        key = hashlib.sha256(once.encode("utf-8", "replace")).hexdigest() if once else None
        row = {
            "id": note_id,
            "customer_id": customer_id,
            "text": accepted,
            "staff_id": author.id,
            "staff_name": author.name,
            "interaction_id": interaction_id,
            "created_at": now,
            "once": key,
        }
        entry = SaveTimelineEntry(
            id=f"tl-{note_id}",
            customer_id=customer_id,
            at=now,
            kind="note",
            title="Note",
            body=accepted,
            ref=note_id,
            staff_id=author.id,
            staff_name=author.name,
            details={"interaction_id": interaction_id} if interaction_id else {},
        )
        async with self._db.begin() as connection:
            if not await store.is_customer(connection, customer_id):
                raise NotFound("no_such_customer", "There is no such customer.")
            found = None if key is None else await store.note_written(connection, key)
            if found is None and (before := await made_before(connection, "note", note_id, now)) is not None:
                found = await store.note(connection, before)
            if found is not None:
                return _shown(replace(entry, id=f"tl-{found.id}", ref=found.id, at=found.created_at))
            await store.insert_note(connection, row)
            await save_entries(connection, [entry])
            await audit.note(connection, now, "note_written", note_id, customer=customer_id)
        return _shown(entry)


def _shown(entry: SaveTimelineEntry) -> TimelineEntry:
    return {
        "id": entry.id,
        "at": moment(entry.at),
        "kind": entry.kind,
        "title": entry.title,
        "body": entry.body,
        "status": entry.status,
        "ref": entry.ref,
        "staff_name": entry.staff_name,
        "details": entry.details,
        "zones": [],
    }
