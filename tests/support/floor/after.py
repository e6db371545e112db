"""What the database must say when a shift is over: what was acknowledged is there, callers were served in order."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import text

from cti.events import CallerInFallback
from kernel.core import Entry
from kernel.db import connect, readonly
from routing.dues import LookUpDue
from routing.messages import CallerIdentified, InteractionEnded, InteractionQueued, OfferEnded, OfferMade, StintJoined
from routing.returning import PlaceResumed
from routing.state import came
from tests.support.floor.people import PROMISE, Acknowledged


async def lost(database_url: str, kept: Iterable[Acknowledged]) -> list[str]:
    """What was acknowledged and is not there."""
    database = connect(database_url)
    try:
        async with readonly(database) as connection:

            async def column(query: str) -> set[tuple[str, ...]]:
                return {tuple(row) for row in await connection.execute(text(query))}

            stints = await column("SELECT interaction_id, disposition_id FROM stints")
            notes = await column("SELECT interaction_id, text FROM notes")
            tickets = {key for (key,) in await column("SELECT id FROM tickets")}
            promises = {key for (key,) in await column("SELECT ref FROM timeline WHERE kind = 'callback'")}
    finally:
        await database.dispose()
    missing: list[str] = []
    for one in kept:
        missing += (f"disposition {pair}" for pair in one.dispositions.items() if pair not in stints)
        promised = (key for key, what in one.dispositions.items() if what == PROMISE)
        missing += (f"callback of {key}" for key in promised if key not in promises)
        missing += (f"note {pair}" for pair in one.notes.items() if pair not in notes)
        missing += (f"ticket {key}" for key in one.tickets - tickets)
    return missing


def out_of_order(entries: Iterable[Entry]) -> list[str]:
    """Offers of a caller while one who came earlier stood free in the queue, known or given up as unknown.
    Who gave up and calls again has the place of then."""
    free: dict[str, tuple[int, ...]] = {}
    place: dict[str, tuple[int, ...]] = {}
    looked_up: set[str] = set()
    found = []
    for entry in entries:
        match entry.message:
            case InteractionQueued(interaction_id=key):
                free[key] = place.setdefault(key, came(key))
            case PlaceResumed(interaction_id=key, was=was):
                place[key] = place.get(was, came(was))
            case CallerIdentified(interaction_id=key) | LookUpDue(interaction_id=key):
                looked_up.add(key)
            case OfferMade(interaction_id=key):
                earlier = [one for one in free if free[one] < place.get(key, ()) and one in looked_up]
                if earlier:
                    found.append(f"{key} before {earlier}")
                free.pop(key, None)
            case (
                OfferEnded(interaction_id=key)
                | CallerInFallback(interaction_id=key)
                | InteractionEnded(interaction_id=key)
                | StintJoined(interaction_id=key)
            ):
                free.pop(key, None)
    return found
