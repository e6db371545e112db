"""What routing needs from the floors above; `server/` wires it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class DialRequest:
    """A wish to call a public number. `purpose` is one of manual, callback, campaign, transfer, overflow."""

    number: str
    purpose: str
    asked_by: str
    interaction_id: str | None = None


@dataclass(frozen=True, slots=True)
class Permit:
    """One dial, once, to one number. The permit row is committed before the switch is told."""

    id: str
    number: str
    granted_at: datetime


class DialPermit(Protocol):
    """The only door to a public number: no dial without a permit, and one dial per permit."""

    async def ask(self, request: DialRequest) -> Permit:
        """A committed permit; raises Refused (`dial_refused`, with the rule in details) when there is none."""
        ...
