"""What is decided of callers who come again: whom they wait for alone, and whose place they have."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from kernel.messages import Due, Event


@dataclass(frozen=True, slots=True, kw_only=True)
class CallerPrefers(Event):
    """The caller waits for that agent alone, until then at the latest. `why` as in routing.rows.Preferred."""

    interaction_id: str
    agent_id: str
    why: str
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class PreferenceEnded(Event):
    """The caller waits for anybody, at the place that they had. `reason`: waited_long_enough, agent_out, agent_paused,
    agent_phone_lost, agent_not_in_queue, or that of the agent's offer (declined, no_answer, …)."""

    interaction_id: str
    agent_id: str
    why: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceResumed(Event):
    """The caller gave up a call (`was`) a moment ago and has the place again that they had then."""

    interaction_id: str
    was: str
    place: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class PreferenceDue(Due):
    """The caller has waited long enough for one agent alone."""

    interaction_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceDue(Due):
    """Nobody called again for a place that was given up."""

    interaction_id: str
