"""What people ask of routing, what routing decides, and the deadlines it sets."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from kernel.messages import Command, Due, Event, Fact, Question, Write, personal
from routing.matching.why import Record
from routing.rows import Match, Presence, Standing
from routing.teamwork import Edit, Edited

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


@dataclass(frozen=True, slots=True, kw_only=True)
class SetUpQueue(Command):
    """What ChangeSetUp took the place of, in journals. Change settings of a queue, named as in routing.rows.Queue; the
    others stay. `version` is the one that was looked at: with another one there it is refused; the reply is the version
    now. None (in journals of before there were versions) is taken as it is, and moves none."""

    queue_id: str
    changes: dict[str, Any]
    version: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SetUpDispositions(Command):
    """All dispositions, in order; see routing.rows.Disposition. One that is not among them is not offered any more.
    `version` and reply as in SetUpQueue, of the list as a whole."""

    dispositions: tuple[dict[str, object], ...]
    version: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeSetUp(Command):
    """Change rows of the set-up, all or none of them: see routing.teamwork.Edit for each. The reply has the `change`
    under which it can be undone, and of each row the version now. `undoes` is the change that this one takes back."""

    edits: tuple[Edit, ...]
    undoes: str | None = None


# ── facts from our own side ─────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True, kw_only=True)
class CallerIdentified(Fact):
    """The look-up came back. `failed` when the customer data could not be read."""

    interaction_id: str
    match: Match
    customer_id: str | None = None
    contact_id: str | None = None
    candidate_ids: tuple[str, ...] = ()
    level: str | None = None
    failed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PhonesConfigured(Fact):
    """The pool of phone endpoints that agents lease."""

    endpoints: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueConfigured(Fact):
    """A queue's settings, whole; see routing.rows.Queue."""

    queue: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class DesksUnknown(Fact):
    """The platform began anew: no desk is open until it is seen. `grace` as in DeskSeen."""

    grace: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DispositionsConfigured(Fact):
    """All dispositions, in order; see routing.rows.Disposition."""

    dispositions: tuple[dict[str, object], ...]


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
    """The caller waits in another queue now, at the place that they had."""

    interaction_id: str
    queue_id: str
    was: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferMade(Event):
    interaction_id: str
    offer_id: str
    agent_id: str


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
    and the caller left before anybody was on the line again)."""

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
class SaveSetUpChange(Write):
    """What was changed in the set-up, with what was there before: by it the change can be taken back."""

    id: str
    at: datetime
    actor: str
    edits: tuple[Edited, ...]
    undoes: str | None = None


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


# ── deadlines ───────────────────────────────────────────────────────────────────────────────────────────


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
