"""What routing needs from the floors above; `server/` wires it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class DialRequest:
    """A wish to call a public number, once, for an attempt that is committed. `purpose` is one of manual, callback,
    campaign, transfer, overflow; `confirmed` are the warnings that a person saw and confirmed; `costly` whether they
    may call numbers that cost more; `customer_id` whom they mean to reach."""

    attempt_id: str
    interaction_id: str
    number: str
    purpose: str
    asked_by: str
    confirmed: tuple[str, ...] = ()
    costly: bool = False
    customer_id: str | None = None


@dataclass(frozen=True, slots=True)
class Permit:
    """One dial, once, to one number. The permit row is committed before the switch is told."""

    id: str
    attempt_id: str
    number: str
    granted_at: datetime


class DialPermit(Protocol):
    """The only door to a public number: no dial without a permit, and one dial per permit."""

    async def ask(self, request: DialRequest) -> Permit:
        """A committed permit; raises a TrunklineError whose id names the rule when there is none."""
        ...
