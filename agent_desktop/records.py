"""What the desktop reads about calls past and present, beside the live rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from typing_extensions import TypedDict

from kernel.access import Actor, Ownership
from routing.setupmessages import SaveSetUpChange

if TYPE_CHECKING:
    from agent_desktop.traces import CallLine, TraceLine


class ConsideredAgent(TypedDict):
    """One agent in the choice behind an offer. `verdict`: chosen, passed or rejected. `score` is the figure by which
    the queue's strategy went, in its own unit; both figures are there for the first of those who could have the
    caller."""

    agent_id: str
    name: str
    verdict: str
    reason: str
    idle_seconds: float | None
    score: float | None


class OfferWhy(TypedDict):
    id: str
    made_at: str
    state: str
    agents: list[ConsideredAgent]


class Why(TypedDict):
    """Every offer of a caller, oldest first, with each agent considered."""

    offers: list[OfferWhy]


class Recording(TypedDict):
    id: str
    interaction_id: str
    state: str
    started_at: str | None
    ended_at: str | None
    seconds: float | None


class AgentStateLine(TypedDict):
    """One change of an agent's state: what it became, what it was and since when, and the code of why. `about` is a
    pause reason or the id of the colleague whom the code names."""

    at: str
    state: str
    was: str
    was_since: str
    why: str
    about: str | None


@dataclass(frozen=True, slots=True)
class CallAbout:
    """Which call it was. `number` is the far side's, None when it was withheld; `outbound` when we dialled it."""

    at: datetime
    outbound: bool
    number: str | None
    customer_id: str | None


@dataclass(frozen=True, slots=True)
class DialFate:
    """What became of a dial so far. `permit_id` once there is one; `outcome` and its `reason` once it is over."""

    permit_id: str | None
    outcome: str | None
    reason: str | None


class CallRecords(Protocol):
    """Reads calls from the database."""

    async def owners(self, interaction_id: str) -> Sequence[Ownership]:
        """The staff (and their team) who had or have a part in the interaction; empty when nobody or unknown."""
        ...

    async def why(self, interaction_id: str) -> Why: ...

    async def recordings(self, interaction_id: str) -> list[Recording]: ...

    async def dial(self, attempt_id: str) -> DialFate | None: ...

    async def calls(self, ids: Sequence[str]) -> Mapping[str, CallAbout]:
        """By interaction id; ids of none are left out."""
        ...

    async def line(self, interaction_id: str) -> CallLine | None:
        """A call as the list has it; None where there is none."""
        ...

    async def latest(self, before: str | None, limit: int, queue_id: str | None, whose: Actor | None) -> list[CallLine]:
        """The last calls, newest first, those before the call `before`; with `whose`, those of their teams and
        those in which nobody had a part."""
        ...

    async def story(self, interaction_id: str, limit: int) -> list[TraceLine]:
        """What the journal has of a call, oldest first, without any person's data."""
        ...

    async def setup_changes(self, before: str | None, limit: int) -> Sequence[SaveSetUpChange]:
        """Changes of the set-up, newest first, from the one before `before`."""
        ...

    async def setup_change(self, change_id: str) -> SaveSetUpChange | None: ...

    async def agent(self, agent_id: str) -> Ownership | None:
        """The agent and their team; None when there is no such person."""
        ...

    async def agent_states(self, agent_id: str, limit: int) -> list[AgentStateLine]:
        """The last changes of an agent's state, newest first."""
        ...
