"""The deadlines that routing sets."""

from __future__ import annotations

from dataclasses import dataclass

from kernel.messages import Due


@dataclass(frozen=True, slots=True, kw_only=True)
class RenderDue(Due):
    """The browser did not say that the pop is shown: ring anyway."""

    offer_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferDue(Due):
    offer_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LegGoneDue(Due):
    """The switch never told us that an ended offer's leg is gone: go on without."""

    offer_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WrapUpDue(Due):
    stint_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentAwayDue(Due):
    """The agent has had neither desk nor phone for too long."""

    agent_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LookUpDue(Due):
    """The look-up takes too long: the caller is offered as unknown."""

    interaction_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ControlDue(Due):
    """The switch should have confirmed by now what the agent asked of it."""

    stint_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SoundLostDue(Due):
    """An agent's phone lost its sound a while ago, and not again since."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WidenDue(Due):
    """The next step of a queue has come for a caller who waits in it."""

    interaction_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchDue(Due):
    """Somebody may have become routable (a rest or a preference ended)."""
