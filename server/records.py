"""What the desktop reads about calls, out of the database."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncEngine

from agent_desktop.deskview import moment
from agent_desktop.records import AgentStateLine, CallAbout, ConsideredAgent, DialFate, OfferWhy, Recording, Why
from agent_desktop.traces import CallLine, TraceLine
from crm_core.people.service import PeopleService
from kernel.access import Actor, Ownership
from kernel.db import glance, readonly
from kernel.errors import NotFound
from recordings.store import list_recordings
from routing.attempts import Attempt
from routing.rows import Considered, Interaction, Offer
from routing.setupmessages import SaveSetUpChange
from routing.store import (
    agents_of,
    attempt_by,
    calls_by,
    considered_for,
    dials_ended,
    last_talk,
    offers_of,
    setup_change,
    setup_changes_before,
    states_of,
)
from server.librarian import Talks
from server.ports import SHOWN_FOR
from server.traces import line_of, lines_of, story_of


async def last_dials(database: AsyncEngine, now: datetime) -> Sequence[Attempt]:
    """Of each agent the dial that ended lately: a kill may have ended it before its agent was told."""
    async with readonly(database) as connection:
        return await dials_ended(connection, now - SHOWN_FOR)


def talks_of(database: AsyncEngine) -> Talks:
    """For the librarian."""

    async def found(customer_id: str | None, number: str | None) -> tuple[str, datetime] | None:
        async with glance(database) as connection:
            return await last_talk(connection, customer_id, number)

    return found


class SqlCallRecords:
    """Implements agent_desktop.records.CallRecords."""

    def __init__(self, database: AsyncEngine, people: PeopleService, region: str = "ES") -> None:
        """`region` is the country whose way of writing numbers people here read."""
        self._db = database
        self._people = people
        self._region = region

    async def owners(self, interaction_id: str) -> Sequence[Ownership]:
        """The staff who had or have a part in the interaction, each with their team."""
        async with readonly(self._db) as connection:
            agents = await agents_of(connection, interaction_id)
        return [await self.agent(agent_id) or Ownership(agent_id, None) for agent_id in agents]

    async def calls(self, ids: Sequence[str]) -> Mapping[str, CallAbout]:
        async with readonly(self._db) as connection:
            found = await calls_by(connection, ids)
        return {call.id: _about(call) for call in found}

    async def agent(self, agent_id: str) -> Ownership | None:
        try:
            person = await self._people.staff(agent_id)
        except NotFound:
            return None
        return Ownership(person.id, person.team_id)

    async def dial(self, attempt_id: str) -> DialFate | None:
        async with readonly(self._db) as connection:
            found = await attempt_by(connection, attempt_id)
        return None if found is None else DialFate(found.permit_id, found.outcome, found.reason)

    async def line(self, interaction_id: str) -> CallLine | None:
        async with readonly(self._db) as connection:
            return await line_of(connection, interaction_id, self._region)

    async def latest(self, before: str | None, limit: int, queue_id: str | None, whose: Actor | None) -> list[CallLine]:
        agents = None if whose is None else await self._watched_by(whose)
        async with readonly(self._db) as connection:
            return await lines_of(connection, self._region, before, limit, queue_id, agents)

    async def _watched_by(self, whose: Actor) -> list[str]:
        people = await self._people.list_staff()
        return [one.id for one in people if one.id == whose.id or one.team_id in whose.team_ids]

    async def story(self, interaction_id: str, limit: int) -> list[TraceLine]:
        async with readonly(self._db) as connection:
            return await story_of(connection, interaction_id, limit)

    async def setup_changes(self, before: str | None, limit: int) -> list[SaveSetUpChange]:
        async with readonly(self._db) as connection:
            return await setup_changes_before(connection, before, limit)

    async def setup_change(self, change_id: str) -> SaveSetUpChange | None:
        async with readonly(self._db) as connection:
            return await setup_change(connection, change_id)

    async def agent_states(self, agent_id: str, limit: int) -> list[AgentStateLine]:
        async with readonly(self._db) as connection:
            found = await states_of(connection, agent_id, limit)
        return [
            {
                "at": moment(one.at) or "",
                "state": one.standing.value,
                "was": one.was.value,
                "was_since": moment(one.was_since) or "",
                "why": one.why,
                "about": one.about,
            }
            for one in found
        ]

    async def why(self, interaction_id: str) -> Why:
        async with readonly(self._db) as connection:
            found = await offers_of(connection, interaction_id)
            considered = await considered_for(connection, interaction_id)
        return {"offers": [_why(offer, considered.get(offer.choice_id, ())) for offer in found]}

    async def recordings(self, interaction_id: str) -> list[Recording]:
        async with readonly(self._db) as connection:
            found = await list_recordings(connection, interaction_id)
        return [
            {
                "id": row.id,
                "interaction_id": row.interaction_id,
                "state": row.state.value,
                "started_at": moment(row.started_at),
                "ended_at": moment(row.ended_at),
                "seconds": row.seconds,
            }
            for row in found
        ]


def _about(call: Interaction) -> CallAbout:
    return CallAbout(call.arrived_at, call.direction == "outbound", call.number, call.customer_id)


def _why(offer: Offer, considered: Sequence[Considered]) -> OfferWhy:
    agents: list[ConsideredAgent] = [
        {
            "agent_id": one.agent_id,
            "name": one.name,
            "verdict": one.verdict,
            "reason": one.reason,
            "idle_seconds": one.idle_seconds,
            "score": one.score,
        }
        for one in considered
    ]
    return {"id": offer.id, "made_at": moment(offer.made_at) or "", "state": offer.state.value, "agents": agents}
