"""An outside number that is called for a caller who waits: its row. It goes through the states of an attempt."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from routing.attempts import AttemptState, Outcome


@dataclass(frozen=True, slots=True)
class OutsideDial:
    """One dial of one number for one caller. `leg` is that of the number, rung for the caller as an agent's would be:
    its id is the claim that the caller carries meanwhile. `reason` is set once it is given up."""

    id: str
    interaction_id: str
    queue_id: str
    number: str
    state: AttemptState
    leg: str
    asked_at: datetime
    permit_id: str | None = None
    dialed_at: datetime | None = None
    ringing_at: datetime | None = None
    answered_at: datetime | None = None
    ended_at: datetime | None = None
    outcome: Outcome | None = None
    reason: str | None = None
