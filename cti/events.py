"""What happened to calls, as routing hears it from the CallBook. Leg and interaction ids as in facts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from kernel.messages import Event, personal


@dataclass(frozen=True, slots=True, kw_only=True)
class CallerArrived(Event):
    """A new caller entered our dialplan, or one is heard of again. `since`: when the caller's channel came to be."""

    interaction_id: str
    leg: str
    channel: str
    did: str
    language: str
    since: datetime | None = None
    number: str | None = personal()
    name: str | None = personal()


@dataclass(frozen=True, slots=True, kw_only=True)
class CallerWaits(Event):
    """The caller is in our waiting loop and may be offered."""

    interaction_id: str
    leg: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CallerHeard(Event):
    """What was to be said to a caller under the name `step` has ended: `done` when all of it was played, `missing` when
    the switch lacks a sound of it. Neither: it was cut short."""

    interaction_id: str
    leg: str
    step: str
    done: bool
    missing: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CallerHeld(Event):
    interaction_id: str
    leg: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CallerInFallback(Event):
    """The switch's own queue has the caller. `ringing` when it already rings one of its phones."""

    interaction_id: str
    leg: str
    ringing: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CallerAfter(Event):
    """The agent's side ended; the caller waits up to 5 s for an order, then the switch hangs up."""

    interaction_id: str
    leg: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CallerLeft(Event):
    """The caller's leg ended. `cause` and `unseen` as in LegEnded."""

    interaction_id: str
    leg: str
    cause: int
    unseen: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class LegOrdered(Event):
    """Told to the CallBook by whoever sends an order for a leg, in the same turn. `dialled`: a public number's."""

    interaction_id: str
    leg: str
    endpoint: str
    dialled: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerDialled(Event):
    """The leg of a number that we dialled came to be, as this channel."""

    interaction_id: str
    leg: str
    channel: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerRinging(Event):
    """The dialled phone rings."""

    interaction_id: str
    leg: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerUp(Event):
    """The dialled phone was answered."""

    interaction_id: str
    leg: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LegUnwanted(Event):
    """Told to the CallBook by whoever orders a leg's end because nobody waits for it any more: should it be answered
    before the order arrives, that is no talk."""

    interaction_id: str
    leg: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StrayLeg(Event):
    """A leg that was given up, or that we know nothing of, came to be after all. `dialled`: a public number's."""

    interaction_id: str
    leg: str
    endpoint: str
    dialled: bool = False
    channel: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentLegRinging(Event):
    interaction_id: str
    leg: str
    endpoint: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentLegUp(Event):
    interaction_id: str
    leg: str
    endpoint: str
    channel: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentLegEnded(Event):
    """`cause` and `unseen` as in LegEnded; `stale` when the pick-up found another claim on the caller, or nobody wanted
    the leg; `ours` as in Joined."""

    interaction_id: str
    leg: str
    endpoint: str
    cause: int
    stale: bool = False
    ours: bool = True
    unseen: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Joined(Event):
    """Caller and agent's leg are in one bridge, both seen entering it. `ours` is False for a leg that the
    switch rang by itself (fallback)."""

    interaction_id: str
    caller_leg: str
    agent_leg: str
    agent_channel: str
    endpoint: str
    ours: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PhoneChanged(Event):
    endpoint: str
    reachable: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SwitchLost(Event):
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CallRepaired(Event):
    """The snapshot after a (re)connect showed that we missed a fact; `repair` is its type. What follows from it is
    told by ordinary events right after."""

    interaction_id: str
    leg: str
    repair: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SwitchBack(Event):
    """The snapshot after a (re)connect was compared and its differences were handled. Offers made before it
    whose leg is not alive have failed."""

    switch_version: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderFailed(Event):
    """The switch refused an order or did not answer it. `interaction_id` is that of the order, if it had one."""

    order_id: str
    message: str
    unknown: bool
    interaction_id: str | None = None
