"""What we ask of the switch. Each order is sent once, after its commit; its end comes back as OrderDone."""

from __future__ import annotations

from dataclasses import dataclass

from kernel.messages import Order, personal


@dataclass(frozen=True, slots=True, kw_only=True)
class SwitchOrder(Order):
    """Base of all orders to the switch."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeOrders(SwitchOrder):
    """The snapshot of that number is taken in: whatever is ordered after this was decided in its light. An order that
    was decided before, and is sent only now, could ring a phone or dial a number a second time."""

    snapshot: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LegOrder(SwitchOrder):
    """An order for a new leg, under the id that we give it."""

    leg: str
    interaction_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RingAgent(LegOrder):
    """Set the claim on the caller, then originate the agent's leg `leg` to `endpoint` into cti-pickup.
    `timeout` in seconds. `caller_number` and `caller_name` are shown on the agent's phone. `shared`: it is one of
    several, so the caller gets no claim yet, and the leg waits there, when answered, for a GrantClaim of its own."""

    endpoint: str
    caller_channel: str
    claim: str
    timeout: int
    caller_number: str | None = personal()
    caller_name: str | None = personal()
    shared: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class GrantClaim(SwitchOrder):
    """Of several legs rung for the caller, the one with this claim may have the caller. Void once the switch's own
    queue has the caller; `back`: the caller is out of that queue again, and may be had."""

    caller_channel: str
    interaction_id: str
    claim: str
    back: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RingDialler(LegOrder):
    """Originate the leg of an agent who calls somebody into cti-dial, where it waits for the one that is dialled.
    `timeout` to its answer and `wait` after it in seconds. `number` and `name` of whom they call are shown to them."""

    endpoint: str
    timeout: int
    wait: int
    number: str | None = personal()
    name: str | None = personal()


@dataclass(frozen=True, slots=True, kw_only=True)
class DialOut(LegOrder):
    """Dial a public number, once, under the permit `permit_id`: originate `leg` through `trunk` (a dial string with
    {number} or {digits} in it); answered, it is joined to the agent's leg. `caller_number` is ours, shown to them."""

    permit_id: str
    trunk: str
    agent_channel: str
    timeout: int
    number: str = personal("")
    caller_number: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RingOutside(LegOrder):
    """Dial a public number, once, under the permit `permit_id`, for a caller who waits: set the claim on the caller,
    then originate the number's leg through `trunk` into cti-pickup, where it takes the caller as an agent's leg does.
    `caller_number` is ours, shown to them."""

    permit_id: str
    trunk: str
    number: str
    caller_channel: str
    claim: str
    timeout: int
    caller_number: str = ""


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
class LookAtLeg(SwitchOrder):
    """Does sound still come from a leg? Answered by LegSound; by nothing when it cannot be seen."""

    leg: str
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


@dataclass(frozen=True, slots=True, kw_only=True)
class SayToCaller(SwitchOrder):
    """Say something to a caller who waits in our loop: it looks once a second, and goes back to its music after it. The
    pieces in `sounds` are sounds of the switch by name, `number:7` or `digits:123`, in the language of the channel.
    Nothing is redirected: what finds the caller elsewhere, or open to an offer that hushes it, is never said. `step`
    names it: while the caller stays in the loop one step is said once, however often it is ordered. Its end is told by
    CallerHeard, or by nothing when the caller was taken out of the loop. With `leave` the call ends after it."""

    caller_channel: str
    interaction_id: str
    step: str
    sounds: tuple[str, ...]
    leave: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class HushCaller(SwitchOrder):
    """What was to be said to the caller is not begun any more, and what is being said ends after the piece that
    plays."""

    caller_channel: str
    interaction_id: str
