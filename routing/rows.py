"""What routing keeps in memory: frozen rows, one table each. Times are aware UTC datetimes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from routing.announcements import UNTOLD, Told


class Preferred(StrEnum):
    """Why a caller would rather have one agent: they talked with them last, or are their customer."""

    last_agent = "last_agent"
    owner = "owner"


class Presence(StrEnum):
    out = "out"
    ready = "ready"
    paused = "paused"


class Duty(StrEnum):
    idle = "idle"
    reserved = "reserved"
    busy = "busy"
    wrapping = "wrapping"


class Reach(StrEnum):
    reachable = "reachable"
    lost = "lost"


class InteractionState(StrEnum):
    arriving = "arriving"
    dialling = "dialling"
    queued = "queued"
    offered = "offered"
    active = "active"
    held = "held"
    after_call = "after_call"
    in_fallback = "in_fallback"
    dismissed = "dismissed"
    closed = "closed"
    abandoned = "abandoned"


class StintState(StrEnum):
    offered = "offered"
    dialling = "dialling"
    joined = "joined"
    held = "held"
    wrapping = "wrapping"
    done = "done"


class OfferState(StrEnum):
    pending = "pending"
    accepted = "accepted"
    declined = "declined"
    timed_out = "timed_out"
    rescinded = "rescinded"
    failed = "failed"


class Standing(StrEnum):
    """An agent's state as a person would say it, made of presence, duty, offer and stint; see routing.standing."""

    out = "out"
    ready = "ready"
    paused = "paused"
    missed = "missed"
    reserved = "reserved"
    ringing = "ringing"
    talking = "talking"
    held = "held"
    wrapping = "wrapping"


class Match(StrEnum):
    """How surely we know the caller: exactly one customer, one of several, none, or no number at all."""

    known = "known"
    maybe = "maybe"
    unknown = "unknown"
    withheld = "withheld"


@dataclass(frozen=True, slots=True)
class Agent:
    """A signed-in person: presence × duty × device. `idle_since` is when the agent last became routable work-wise
    (longest idle goes by it), `not_before` ends the rest after a missed or declined offer. `standing` is the state that
    people see, `since` when it last changed, `why` the code of what changed it and `about` whom or what that names.
    `missed` and `silent` count offers in a row that were not answered, and that a phone which the switch reaches did
    not ring for. `away_after` is None while a desk is open, else the seconds without desk and phone after which the
    agent is out. `number` is theirs for ever, from 0 on: records of choices name agents by it."""

    id: str
    name: str
    presence: Presence
    duty: Duty
    device: Reach
    since: datetime
    idle_since: datetime
    endpoint: str | None = None
    pause_reason: str | None = None
    next_presence: Presence | None = None
    next_reason: str | None = None
    missed: int = 0
    not_before: datetime | None = None
    standing: Standing = Standing.out
    why: str = ""
    about: str | None = None
    away_after: int | None = None
    silent: int = 0
    number: int = 0


def rejection(agent: Agent, at: datetime) -> str | None:
    """Why an agent cannot be offered a caller at `at`; None when they can."""
    if agent.presence is Presence.out:
        return "signed_out"
    if agent.presence is Presence.paused:
        return f"paused_{agent.pause_reason}" if agent.pause_reason else "paused"
    if agent.duty is not Duty.idle:
        return agent.duty.value
    if agent.device is Reach.lost:
        return "phone_lost"
    if agent.not_before is not None and at < agent.not_before:
        return "resting"
    return None


@dataclass(frozen=True, slots=True)
class Dismissal:
    """Why a caller is turned away, and which announcement they hear (None: nothing is said). `step` names the order to
    say it: given again under the same name it is said once."""

    reason: str
    announcement_id: str | None
    step: str


@dataclass(frozen=True, slots=True)
class Interaction:
    """A caller's whole visit. `place` orders the queue (kept through offers and fallback); `front` callers
    (their agent's phone was lost) go before all. `offer_id` is set while an offer's leg may still live.
    `answered_at` is the first answer, to which the wait is counted; `again_since` is since when a caller who was
    answered waits again. `step` is how many of the queue's steps have widened whom the caller may get. `in_queue_since`
    is when they came to wait in this queue, `tiers` which of its overflow tiers have come for them, `moved_from` and
    `moved_why` the queue that they were in before and why they are no more.
    `outside` is the outside number at which they were served.
    `expected_wait` is for how many seconds they were expected to wait when they began to; None: it was not known.
    `told` is what we told them while they waited.
    `dismissal` is there from when they are turned away, until the end or until somebody has them after all.
    `last_agent` talked with them last, at `last_talk_at`, `owner_agent` is whose customer they are; `preferred` says
    for which of these reasons they wait for `prefer_agent` alone, or got them; None where a phone was lost. `resumed`
    is the call that they gave up, or the first of several, and whose place they have again."""

    id: str
    state: InteractionState
    leg: str
    channel: str
    queue_id: str
    did: str
    language: str
    arrived_at: datetime
    direction: str = "inbound"
    number: str | None = None
    name: str | None = None
    match: Match | None = None
    customer_id: str | None = None
    contact_id: str | None = None
    candidate_ids: tuple[str, ...] = ()
    level: str | None = None
    queued_at: datetime | None = None
    place: datetime | None = None
    front: bool = False
    offer_id: str | None = None
    stint_id: str | None = None
    prefer_agent: str | None = None
    prefer_until: datetime | None = None
    answered_at: datetime | None = None
    ended_at: datetime | None = None
    end_reason: str | None = None
    from_fallback: bool = False
    again_since: datetime | None = None
    recording: bool = False
    recording_problem: str | None = None
    step: int = 0
    in_queue_since: datetime | None = None
    tiers: tuple[int, ...] = ()
    moved_from: str | None = None
    moved_why: str | None = None
    outside: str | None = None
    expected_wait: float | None = None
    told: Told = UNTOLD
    dismissal: Dismissal | None = None
    last_agent: str | None = None
    last_talk_at: datetime | None = None
    owner_agent: str | None = None
    preferred: Preferred | None = None
    resumed: str | None = None


@dataclass(frozen=True, slots=True)
class Considered:
    """One agent in the choice behind an offer: chosen, passed (could, but another went first) or rejected. `score` is
    the figure by which the queue's strategy went; it and the idle time are there only for who could have the caller,
    of many for the first in order."""

    agent_id: str
    name: str
    verdict: str
    reason: str
    idle_seconds: float | None = None
    score: float | None = None


@dataclass(frozen=True, slots=True)
class Offer:
    """One caller offered to one agent. `claim` is the fencing token that the caller's channel must carry when
    the agent's leg picks up. `leg_live` until the leg is known to be gone (or was never asked for). `shared`: others
    may be rung for the same caller at the same time, and the answered leg waits for our word. `answered_by` is who had
    the caller instead. `choice_id` is the record of all agents considered, one for all offers of the same choice: it is
    long and never changes, the offer does a few times a call."""

    id: str
    interaction_id: str
    agent_id: str
    endpoint: str
    state: OfferState
    leg: str
    claim: str
    made_at: datetime
    deadline: datetime
    choice_id: str
    rendered_at: datetime | None = None
    ring_ordered_at: datetime | None = None
    ringing_at: datetime | None = None
    answered_at: datetime | None = None
    ended_at: datetime | None = None
    leg_live: bool = False
    reason: str | None = None
    shared: bool = False
    answered_by: str | None = None

    @property
    def live(self) -> bool:
        """Whether it is open, or its leg may still be answered."""
        return self.ended_at is None or self.leg_live


@dataclass(frozen=True, slots=True)
class Stint:
    """One agent's part in an interaction. Talk is joined to the end of talk, less `held_seconds`. `asked` is what the
    agent asked of the switch that it has not confirmed yet (hold, resume, hang_up), `asked_at` when."""

    id: str
    interaction_id: str
    agent_id: str
    state: StintState
    offered_at: datetime
    leg: str
    channel: str | None = None
    joined_at: datetime | None = None
    held_since: datetime | None = None
    held_seconds: float = 0.0
    talk_ended_at: datetime | None = None
    wrapping_since: datetime | None = None
    wrap_deadline: datetime | None = None
    extended: int = 0
    done_at: datetime | None = None
    disposition_id: str | None = None
    disposition_missing: bool = False
    end_reason: str | None = None
    problem: str | None = None
    asked: str | None = None
    asked_at: datetime | None = None

    def talk_seconds(self, at: datetime) -> float:
        """Seconds of talk up to `at`, time on hold left out."""
        if self.joined_at is None:
            return 0.0
        end = self.talk_ended_at or at
        held = self.held_seconds
        if self.held_since is not None:
            held += (end - self.held_since).total_seconds()
        return max(0.0, (end - self.joined_at).total_seconds() - held)


@dataclass(frozen=True, slots=True)
class Line:
    """The link to one switch: no caller is offered while it is down."""

    id: str
    up: bool
    since: datetime
    detail: str = ""


WAITING = frozenset({InteractionState.queued, InteractionState.offered, InteractionState.in_fallback})
TALKING = frozenset({InteractionState.active, InteractionState.held})
