"""What people ask of routing, and what routing decides. Deadlines are in dues, set-up in setupmessages."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from kernel.messages import Command, Event, Fact, Question, Write, personal
from routing.matching.why import Record
from routing.rows import Match, Presence, Standing

# ── commands ────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True, kw_only=True)
class SignInAgent(Command):
    """Lease a phone to the agent; the reply is the endpoint. Signing in twice gives the same one."""

    agent_id: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SignOutAgent(Command):
    agent_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SetPresence(Command):
    """While the agent is busy it becomes the next presence, taken when the work ends."""

    agent_id: str
    presence: Presence
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferRendered(Command):
    """The browser shows the pop: the phone may ring."""

    offer_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclineOffer(Command):
    offer_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PickCall(Command):
    """An agent takes a caller who waits, whoever's turn it is: they are offered to that agent now. The reply is the id
    of the offer; asked again while it is open, that of the same. `anywhere`: whatever they can do, from any queue."""

    interaction_id: str
    anywhere: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldCall(Command):
    interaction_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ResumeCall(Command):
    interaction_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HangUpCall(Command):
    interaction_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FinishWrapUp(Command):
    """Without a disposition where the queue's wrap-up is optional."""

    interaction_id: str
    disposition_id: str | None = None
    note_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtendWrapUp(Command):
    interaction_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkCustomer(Command):
    """An agent says who the caller is."""

    interaction_id: str
    customer_id: str
    level: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskSeen(Command):
    """The agent's first desk was opened, or the last one closed. `grace`: seconds without desk and phone after which
    the agent is out."""

    agent_id: str
    open: bool
    grace: int


# ── facts from our own side ─────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True, kw_only=True)
class CallerIdentified(Fact):
    """The look-up came back. `failed` when the customer data could not be read. `owner` is the person whose customer it
    is, `last_agent` who talked with them last, at `last_talk_at`."""

    interaction_id: str
    match: Match
    customer_id: str | None = None
    contact_id: str | None = None
    candidate_ids: tuple[str, ...] = ()
    level: str | None = None
    failed: bool = False
    owner: str | None = None
    last_agent: str | None = None
    last_talk_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DesksUnknown(Fact):
    """The platform began anew: no desk is open until it is seen. `grace` as in DeskSeen."""

    grace: int


# ── orders to our own side ──────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentifyCaller(Question):
    """Look the caller up; answered by CallerIdentified."""

    interaction_id: str
    number: str | None = personal()


# ── events ──────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True, kw_only=True)
class InteractionQueued(Event):
    """The caller waits for an agent. ENTERQUEUE in Asterisk's queue log."""

    interaction_id: str
    queue_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CallerMoved(Event):
    """The caller waits in another queue now, at the place that they had. `reason` is a code (see routing.destinations);
    empty in journals of before there was one."""

    interaction_id: str
    queue_id: str
    was: str
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferMade(Event):
    """`picked`: the agent chose the caller, whoever's turn it was."""

    interaction_id: str
    offer_id: str
    agent_id: str
    picked: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferEnded(Event):
    """`state` as in OfferState, `reason` says more (no_answer, phone_busy, answered_elsewhere, caller_left, …); `by` is
    the agent who answered elsewhere."""

    interaction_id: str
    offer_id: str
    agent_id: str
    state: str
    reason: str
    by: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StintJoined(Event):
    """Agent and caller talk. CONNECT in the queue log."""

    interaction_id: str
    stint_id: str
    agent_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StintEnded(Event):
    """The agent is done with the interaction, wrap-up included. Rules key on the disposition's `flags`;
    `disposition_missing` when the queue wanted one and the time ran out."""

    interaction_id: str
    stint_id: str
    agent_id: str
    talk_seconds: float
    disposition_id: str | None
    flags: tuple[str, ...] = ()
    disposition_missing: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class InteractionEnded(Event):
    """`reason`: caller_hung_up, agent_hung_up, abandoned, or gave_up_after_phone_lost (the agent's phone was lost,
    and the caller left before anybody was on the line again), or turned_away_ and why (see routing.dismissal)."""

    interaction_id: str
    state: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordingFailed(Event):
    """Said by the room of recordings: there is less sound than talk. `problem` as in its row."""

    interaction_id: str
    problem: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SaveChoice(Write):
    """Why a caller was offered to whom: every agent considered. Its id is that of the first offer made of it."""

    id: str
    interaction_id: str
    why: Record


@dataclass(frozen=True, slots=True, kw_only=True)
class SaveRecordingProblem(Write):
    """Of a call that is over and no longer in memory."""

    interaction_id: str
    problem: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentPausedForMisses(Event):
    agent_id: str
    missed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentStateChanged(Event):
    """What people see of the agent changed. `why` is a stable code, `about` the pause reason or whom the code names."""

    agent_id: str
    standing: Standing
    was: Standing
    why: str
    about: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentPausedForPhone(Event):
    """The agent's registered phone lost its sound twice in a short time (`phone_failing`), or does not ring
    (`phone_silent`)."""

    agent_id: str
    reason: str = "phone_failing"


@dataclass(frozen=True, slots=True, kw_only=True)
class CallActionFailed(Event):
    """The switch could not do what an agent asked (hold, resume, hang_up), or did not say that it did."""

    interaction_id: str
    agent_id: str
    action: str
    message: str
