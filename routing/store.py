"""Reading calls that are over, or still on: whose they are, and why they were offered to whom."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from kernel.db import from_row
from routing.rows import Offer
from routing.tables import offers, stints


async def offers_of(connection: AsyncConnection, interaction_id: str) -> list[Offer]:
    """Every offer of an interaction, oldest first."""
    query = select(offers).where(offers.c.interaction_id == interaction_id).order_by(offers.c.made_at, offers.c.id)
    return [from_row(Offer, row) for row in await connection.execute(query)]


async def agents_of(connection: AsyncConnection, interaction_id: str) -> Sequence[str]:
    """The agents who had or have a part in an interaction."""
    query = select(stints.c.agent_id).where(stints.c.interaction_id == interaction_id).distinct()
    return [row.agent_id for row in await connection.execute(query)]
