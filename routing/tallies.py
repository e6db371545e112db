"""What each agent has done today, for the strategies that share it out: calls taken and time talked."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING

from routing.rows import Stint

if TYPE_CHECKING:
    from routing.state import State


@dataclass(frozen=True, slots=True)
class AgentTally:
    """Calls of queues that an agent (`id`) took on `day`, and the seconds they talked in them. On any other day both
    are nought: nothing has to happen at midnight. A call counts for the day on which it is done with."""

    id: str
    day: date
    calls: int = 0
    talk_seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Round:
    """Whom the round robin of a queue (`id`) came to last."""

    id: str
    agent_id: str


def day_of(at: datetime) -> date:
    """The day begins at midnight UTC: the engine knows of no other zone that all agents share."""
    return at.astimezone(UTC).date()


def next_day(at: datetime) -> datetime:
    return datetime.combine(day_of(at) + timedelta(days=1), time(), UTC)


def count_call(state: State, stint: Stint, at: datetime) -> None:
    """A part in a call is done: it counts for its agent where they talked, in a call that came in."""
    call = state.interactions.get(stint.interaction_id)
    if stint.joined_at is None or call is None or call.direction != "inbound":
        return
    old, today = state.tallies.get(stint.agent_id), day_of(at)
    if old is None or old.day != today:
        old = AgentTally(stint.agent_id, today)
    talk = round(old.talk_seconds + stint.talk_seconds(at), 3)
    state.tallies.put(replace(old, calls=old.calls + 1, talk_seconds=talk))
