"""Reading calls that are over, or still on: whose they are, and why they were offered to whom; agents' states."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from kernel.db import clean, from_row, to_row
from kernel.writes import insert_rows, upsert
from routing.attempts import Attempt
from routing.matching import why
from routing.messages import SaveChoice, SaveRecordingProblem
from routing.rows import Considered, Interaction, Offer
from routing.setupmessages import SaveSetUpChange
from routing.standing import SaveAgentState
from routing.tables import agent_states, agents, attempts, choices, interactions, offers, setup_changes, stints

TALKS_LOOKED_AT = 5
"""Of the last so many calls that were answered, the latest talk counts: one may have been with nobody whom we know."""


async def offers_of(connection: AsyncConnection, interaction_id: str) -> list[Offer]:
    """Every offer of an interaction, oldest first."""
    query = select(offers).where(offers.c.interaction_id == interaction_id).order_by(offers.c.made_at, offers.c.id)
    return [from_row(Offer, row) for row in await connection.execute(query)]


async def save_choices(connection: AsyncConnection, writes: Sequence[SaveChoice]) -> None:
    """Keep who was considered for a caller; such a record never changes."""
    rows = [{"id": one.id, "interaction_id": one.interaction_id, "agents": why.pack(one.why)} for one in writes]
    await insert_rows(connection, choices, rows)


async def considered_for(connection: AsyncConnection, interaction_id: str) -> dict[str, tuple[Considered, ...]]:
    """Who was considered for an interaction, by the id of the choice."""
    query = select(choices).where(choices.c.interaction_id == interaction_id)
    found = (await connection.execute(query)).all()
    people = await connection.execute(select(agents.c.number, agents.c.id, agents.c.name)) if found else ()
    roster = {row.number: (row.id, row.name) for row in people}
    return {row.id: why.considered(row.agents, roster) for row in found}


async def agents_of(connection: AsyncConnection, interaction_id: str) -> Sequence[str]:
    """The agents who had or have a part in an interaction."""
    query = select(stints.c.agent_id).where(stints.c.interaction_id == interaction_id).distinct()
    return [row.agent_id for row in await connection.execute(query)]


async def save_states(connection: AsyncConnection, writes: Sequence[SaveAgentState]) -> None:
    """Write changes of agents' states down."""
    await upsert(connection, agent_states, [to_row(one) for one in writes])


async def states_of(connection: AsyncConnection, agent_id: str, limit: int) -> list[SaveAgentState]:
    """The last changes of an agent's state, newest first."""
    query = select(agent_states).where(agent_states.c.agent_id == agent_id)
    query = query.order_by(agent_states.c.at.desc(), agent_states.c.id.desc()).limit(limit)
    return [from_row(SaveAgentState, row) for row in await connection.execute(query)]


async def attempt_by(connection: AsyncConnection, attempt_id: str) -> Attempt | None:
    """An attempt as it was last saved, ended ones too."""
    row = (await connection.execute(select(attempts).where(attempts.c.id == attempt_id))).first()
    return None if row is None else from_row(Attempt, row)


async def dials_ended(connection: AsyncConnection, since: datetime) -> list[Attempt]:
    """Of each agent the last attempt of those that ended since then."""
    query = select(attempts).where(attempts.c.ended_at >= since).order_by(attempts.c.asked_at, attempts.c.id)
    found = {row.agent_id: row for row in await connection.execute(query)}
    return [from_row(Attempt, row) for row in found.values()]


async def save_recording_problems(connection: AsyncConnection, writes: Sequence[SaveRecordingProblem]) -> None:
    """Note on calls that are over that their recording lacks sound."""
    for write in writes:
        of_call = update(interactions).where(interactions.c.id == write.interaction_id)
        await connection.execute(of_call.values(recording_problem=write.problem))


async def save_setup_changes(connection: AsyncConnection, writes: Sequence[SaveSetUpChange]) -> None:
    """Keep what was changed in the set-up; such a record never changes."""
    await insert_rows(connection, setup_changes, [to_row(one) for one in writes])


async def setup_changes_before(connection: AsyncConnection, before: str | None, limit: int) -> list[SaveSetUpChange]:
    """Changes of the set-up, newest first: their ids grow with time."""
    query = select(setup_changes).order_by(setup_changes.c.id.desc()).limit(limit)
    if before is not None:
        query = query.where(setup_changes.c.id < before)
    return [from_row(SaveSetUpChange, row) for row in await connection.execute(query)]


async def setup_change(connection: AsyncConnection, id: str) -> SaveSetUpChange | None:
    """One change of the set-up."""
    row = (await connection.execute(select(setup_changes).where(setup_changes.c.id == id))).first()
    return None if row is None else from_row(SaveSetUpChange, row)


async def calls_by(connection: AsyncConnection, ids: Sequence[str]) -> list[Interaction]:
    """Those of these calls that there are."""
    query = select(interactions).where(interactions.c.id.in_(ids))
    return [from_row(Interaction, row) for row in await connection.execute(query)]


async def last_talk(
    connection: AsyncConnection, customer_id: str | None, number: str | None
) -> tuple[str, datetime] | None:
    """Who talked last with a customer, or with a number where that is all that is known, and when."""
    if customer_id is None and not number:
        return None
    whose = interactions.c.customer_id == customer_id if customer_id else interactions.c.number == clean(number)
    calls = select(interactions.c.id).where(whose, interactions.c.answered_at.is_not(None))
    calls = calls.order_by(interactions.c.arrived_at.desc(), interactions.c.id.desc()).limit(TALKS_LOOKED_AT)
    talks = select(stints.c.agent_id, stints.c.joined_at).where(
        stints.c.interaction_id.in_(calls.scalar_subquery()), stints.c.joined_at.is_not(None)
    )
    row = (await connection.execute(talks.order_by(stints.c.joined_at.desc(), stints.c.id.desc()).limit(1))).first()
    return None if row is None else (row.agent_id, row.joined_at)


async def known_interactions(connection: AsyncConnection, ids: Sequence[str]) -> set[str]:
    """Which of these interactions there are."""
    found: set[str] = set()
    for start in range(0, len(ids), 500):
        some = select(interactions.c.id).where(interactions.c.id.in_(ids[start : start + 500]))
        found |= set(await connection.scalars(some))
    return found
