"""Reads of the journal and the calls what a supervisor is told afterwards. No person's data: only keys of persons."""

from __future__ import annotations

import dataclasses
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import and_, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from agent_desktop.deskview import display_number, moment
from agent_desktop.traces import CallLine, TraceLine
from kernel import codec, db
from kernel.messages import Message
from routing.rows import Interaction
from routing.tables import interactions, stints
from server.sealing import opener, subject_key

KINDS = ("fact", "command", "event")
FACTS = ("CallerIdentified", "CallWhileAway")
"""Facts that say something to people; the switch's own are told by the events made of them."""
NOISE = (
    "LegOrdered",
    "AgentLegUp",
    "AgentLegEnded",
    "Joined",
    "LegUnwanted",
    "StrayLeg",
    "CustomerDialled",
    "CallerWaits",
)
"""Events that say no more than another beside them."""
UNTOLD = frozenset({"interaction_id", "once", "actor", "leg", "channel", "caller_leg", "agent_leg", "agent_channel"})
"""Fields that tell people nothing, or stand elsewhere."""


async def story_of(connection: AsyncConnection, interaction_id: str, limit: int) -> list[TraceLine]:
    """What was asked and decided of a call, oldest first."""
    table = db.journal
    query = select(table).where(table.c.subject == subject_key(interaction_id), table.c.kind.in_(KINDS))
    query = query.where(or_(table.c.kind != "fact", table.c.type.in_(FACTS)), table.c.type.not_in(NOISE))
    rows = await connection.execute(query.order_by(table.c.seq).limit(limit))
    return [_line(row) for row in rows]


def _line(row: Any) -> TraceLine:
    return {
        "seq": row.seq,
        "at": moment(row.at) or "",
        "kind": row.kind,
        "type": row.type,
        "actor": row.body.get("actor") or None,
        "error": row.error,
        "facts": _facts(row.type, row.body),
    }


def _facts(type: str, body: dict[str, Any]) -> dict[str, Any]:
    """Without a key nothing sealed is read; a line that no class fits any more tells its type alone."""
    try:
        message = codec.load(type, body, opener({}))
    except (KeyError, ValueError, TypeError):
        return {}
    plain, sealed = codec.plain(message), _sealed(message)
    return {key: value for key, value in plain.items() if key not in UNTOLD and key not in sealed and _says(value)}


def _sealed(message: Message) -> set[str]:
    return {one.name for one in dataclasses.fields(message) if one.metadata.get("personal")}


def _says(value: object) -> bool:
    return value not in (None, "", False, [], {})


async def lines_of(
    connection: AsyncConnection,
    region: str,
    before: str | None,
    limit: int,
    queue_id: str | None = None,
    agents: Sequence[str] | None = None,
) -> list[CallLine]:
    """The last calls, newest first, those before the call `before`; with `agents` those in which one of them had a
    part, or nobody."""
    at, id = interactions.c.arrived_at, interactions.c.id
    query = select(interactions).order_by(at.desc(), id.desc()).limit(limit)
    if before is not None:
        last = select(at).where(id == before).scalar_subquery()
        query = query.where(or_(at < last, and_(at == last, id < before)))
    if queue_id is not None:
        query = query.where(interactions.c.queue_id == queue_id)
    if agents is not None:
        parts = select(stints.c.id).where(stints.c.interaction_id == id)
        query = query.where(or_(parts.where(stints.c.agent_id.in_(agents)).exists(), ~parts.exists()))
    found = [db.from_row(Interaction, row) for row in await connection.execute(query)]
    return await _told(connection, found, region)


async def line_of(connection: AsyncConnection, interaction_id: str, region: str) -> CallLine | None:
    """One call; None where there is none."""
    found = (await connection.execute(select(interactions).where(interactions.c.id == interaction_id))).first()
    return None if found is None else (await _told(connection, [db.from_row(Interaction, found)], region))[0]


async def _told(connection: AsyncConnection, calls: Iterable[Interaction], region: str) -> list[CallLine]:
    calls = list(calls)
    parts: defaultdict[str, list[str]] = defaultdict(list)
    query = select(stints.c.interaction_id, stints.c.agent_id).order_by(stints.c.offered_at, stints.c.id)
    for row in await connection.execute(query.where(stints.c.interaction_id.in_([one.id for one in calls]))):
        if row.agent_id not in parts[row.interaction_id]:
            parts[row.interaction_id].append(row.agent_id)
    return [_call(one, parts[one.id], region) for one in calls]


def _call(one: Interaction, agents: list[str], region: str) -> CallLine:
    until = one.answered_at or one.ended_at
    waited = None if one.queued_at is None or until is None else (until - one.queued_at).total_seconds()
    return {
        "id": one.id,
        "at": moment(one.arrived_at) or "",
        "direction": one.direction,
        "display": display_number(one.number, region),
        "withheld": not one.number,
        "customer_id": one.customer_id,
        "queue_id": one.queue_id,
        "state": one.state.value,
        "end_reason": one.end_reason,
        "answered_at": moment(one.answered_at),
        "ended_at": moment(one.ended_at),
        "waited": None if waited is None else round(max(0.0, waited), 1),
        "expected": one.expected_wait,
        "agents": agents,
    }
