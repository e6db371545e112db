"""Engine rows as they cross the event stream, for tests of the desktop."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from kernel import codec
from routing.queuerows import Disposition, Queue
from routing.rows import (
    Agent,
    Duty,
    Interaction,
    InteractionState,
    Line,
    Match,
    Offer,
    OfferState,
    Presence,
    Reach,
    Stint,
    StintState,
)

AT = datetime(2026, 3, 1, 10, 0, tzinfo=UTC)


def agent(id: str, **values: Any) -> dict[str, Any]:
    row = Agent(id, "Ana", Presence.ready, Duty.idle, Reach.reachable, AT, AT, endpoint="cti-phone-01")
    return {**codec.plain(row), **values}


def interaction(id: str, **values: Any) -> dict[str, Any]:
    row = Interaction(
        id, InteractionState.queued, "1.1", "PJSIP/trunk-1", "main", "+34911000000", "es", AT,
        number="+34911234567", name="Caller", match=Match.unknown, queued_at=AT + timedelta(milliseconds=5),
    )  # fmt: skip
    return {**codec.plain(row), **values}


def offer(id: str, interaction_id: str, agent_id: str, **values: Any) -> dict[str, Any]:
    row = Offer(
        id, interaction_id, agent_id, "cti-phone-01", OfferState.pending, "leg-1", "claim", AT,
        AT + timedelta(seconds=20), id,
    )  # fmt: skip
    return {**codec.plain(row), **values}


def stint(id: str, interaction_id: str, agent_id: str, **values: Any) -> dict[str, Any]:
    return {**codec.plain(Stint(id, interaction_id, agent_id, StintState.offered, AT, "leg-1")), **values}


def queue(id: str = "main") -> dict[str, Any]:
    return codec.plain(Queue(id, "Main"))


def disposition(id: str, key: str) -> dict[str, Any]:
    return codec.plain(Disposition(id, id.title(), key, ("completed",)))


def line(up: bool = True) -> dict[str, Any]:
    return codec.plain(Line("main", up, AT))
