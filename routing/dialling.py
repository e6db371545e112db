"""What is asked, answered and decided about calls that go out: the messages of `routing.outbound`."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from kernel.messages import Command, Due, Event, Fact, Order, Write, personal


@dataclass(frozen=True, slots=True, kw_only=True)
class DialNumber(Command):
    """An agent wants to call a number (E.164, read and checked at the edge). `confirmed` are the warnings that the
    agent saw and confirmed, `costly` whether they may call numbers that cost more. The reply is the attempt's id."""

    number: str = personal("")
    customer_id: str | None = None
    contact_id: str | None = None
    confirmed: tuple[str, ...] = ()
    costly: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class TrunkConfigured(Fact):
    """The way out as the settings have it; see routing.attempts.Trunk."""

    dial: str
    caller_number: str = ""
    ring_seconds: int = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class AskPermit(Order):
    """Ask for a permit; answered by PermitGranted or PermitRefused."""

    attempt_id: str
    interaction_id: str
    agent_id: str
    purpose: str
    number: str = personal("")
    confirmed: tuple[str, ...] = ()
    costly: bool = False
    customer_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PermitGranted(Fact):
    """The permit row is committed."""

    attempt_id: str
    interaction_id: str
    permit_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """Why there is no permit: `error` is the stable id of the rule, `status` that of HTTP, `details` without personal
    data."""

    attempt_id: str
    interaction_id: str
    error: str
    message: str
    status: int = 409
    details: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class PermitRefused(Refusal, Fact):
    """There is no permit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DialPermitted(Event):
    attempt_id: str
    interaction_id: str
    permit_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DialRefused(Refusal, Event):
    """Told to whoever asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DialEnded(Event):
    """`outcome` as in routing.attempts.Outcome."""

    attempt_id: str
    interaction_id: str
    outcome: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PermitDue(Due):
    """No permit came: the attempt is over."""

    attempt_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DialDue(Due):
    """The switch should have said by now what became of the dial."""

    attempt_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseNumber(Write):
    """The attempt is over: its number may be dialled again."""

    attempt_id: str
