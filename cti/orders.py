"""What we ask of the switch. Each order is sent once, after its commit; its end comes back as OrderDone."""

from __future__ import annotations

from dataclasses import dataclass

from kernel.messages import Order, personal


@dataclass(frozen=True, slots=True, kw_only=True)
class SwitchOrder(Order):
    """Base of all orders to the switch."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RingAgent(SwitchOrder):
    """Set the claim on the caller, then originate the agent's leg `leg` to `endpoint` into cti-pickup.
    `timeout` in seconds. `caller_number` and `caller_name` are shown on the agent's phone. `shared`: it is one of
    several, so the caller gets no claim yet, and the leg waits there, when answered, for a GrantClaim of its own."""

    leg: str
    endpoint: str
    caller_channel: str
    interaction_id: str
    claim: str
    timeout: int
    caller_number: str | None = personal()
    caller_name: str | None = personal()
    shared: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class GrantClaim(SwitchOrder):
    """Of several legs rung for the caller, the one with this claim may have the caller. Void once the switch's own
    queue has the caller."""

    caller_channel: str
    interaction_id: str
    claim: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DropClaim(SwitchOrder):
    """Take the claim off the caller, so that a late agent's leg gets STALE."""

    caller_channel: str
    interaction_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HangUp(SwitchOrder):
    """End a leg with a hang-up cause (16 normal, 26 answered elsewhere)."""

    leg: str
    cause: int = 16
    interaction_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldCaller(SwitchOrder):
    """Caller to cti-held, the agent's leg to cti-idle, in one dual Redirect (CTI_AGENT is set before it)."""

    caller_channel: str
    agent_channel: str
    interaction_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ResumeCaller(SwitchOrder):
    """The idle agent's leg to cti-pickup, onto the held caller; the claim is set again on both."""

    caller_channel: str
    agent_channel: str
    interaction_id: str
    claim: str


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueCaller(SwitchOrder):
    """Caller to cti-hold: back into our waiting loop (from fallback or from cti-after)."""

    caller_channel: str
    interaction_id: str
