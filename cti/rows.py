"""What the CallBook keeps in memory: one row per leg and per phone. No personal data is in them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from cti.facts import Device, Place
from cti.machines import LegState


class LegRole(StrEnum):
    """`agent`: rung by us for a caller. `switch`: rung by the switch itself for a caller (its fallback queue).
    `dialled`: a public number that we called."""

    caller = "caller"
    dialled = "dialled"
    agent = "agent"
    switch = "switch"


@dataclass(frozen=True, slots=True)
class LegRow:
    """One leg of our calls. `id` is the Uniqueid. `place` is where it last reported itself since it left a bridge;
    `bridge` the bridge it is in; `partner` the leg it is joined with; `stale` that its claim was refused
    or that nobody wants it. `said` is what it heard last of what we had said to it, as `step:result`."""

    id: str
    role: LegRole
    interaction_id: str
    state: LegState
    since: datetime
    channel: str = ""
    endpoint: str = ""
    linked: str = ""
    bridge: str = ""
    partner: str = ""
    place: Place | None = None
    stale: bool = False
    ended_at: datetime | None = None
    said: str = ""

    @property
    def live(self) -> bool:
        return self.state is not LegState.ended

    @property
    def outside(self) -> bool:
        """Whether the customer is at its end."""
        return self.role in (LegRole.caller, LegRole.dialled)


@dataclass(frozen=True, slots=True)
class PhoneRow:
    """A phone endpoint of the switch, e.g. cti-phone-01."""

    id: str
    device: Device

    @property
    def reachable(self) -> bool:
        return self.device is not Device.lost
