"""Reading recordings."""

from __future__ import annotations

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
