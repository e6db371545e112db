"""Reading recordings."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from kernel.db import from_row
from recordings.rows import Recording
from recordings.tables import recordings


async def list_recordings(
    connection: AsyncConnection, interaction_id: str | None = None, limit: int = 50
) -> list[Recording]:
    """Recordings of one interaction, or the newest ones."""
    query = select(recordings).order_by(recordings.c.started_at.desc(), recordings.c.id.desc()).limit(limit)
    if interaction_id is not None:
        query = query.where(recordings.c.interaction_id == interaction_id)
    return [from_row(Recording, row) for row in await connection.execute(query)]


async def recorded(connection: AsyncConnection, interaction_ids: Sequence[str]) -> set[str]:
    """Which of these interactions have a recording's row."""
    found: set[str] = set()
    for start in range(0, len(interaction_ids), 500):
        some = recordings.c.interaction_id.in_(interaction_ids[start : start + 500])
        found |= set(await connection.scalars(select(recordings.c.interaction_id).where(some)))
    return found
