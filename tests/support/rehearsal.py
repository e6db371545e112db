"""A scenario that a real Asterisk was recorded in, played again on the whole platform core: its agents are signed in
and ready, do at its causal places what was done in the recording, and the core's own orders are what makes legs come.

Legs and dialled calls get the ids that the core gave them instead of the recorded ones. What the switch says after
something was done on the platform's side in the recording cannot be heard before it is done here."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, TypeVar

from cti.facts import (
    DeviceChanged,
    LegAsked,
    LegEnded,
    LegPlaced,
    LegSound,
    LegStarted,
    LinkDown,
    LinkUp,
    OrderDone,
)
from cti.facts import Snapshot as Seen
from cti.orders import DialOut, HangUp, LegOrder, LookAtLeg, SwitchOrder
from kernel.codec import plain
from kernel.core import Outcome
from kernel.errors import TrunklineError
from kernel.messages import Event, Fact, Message, Order
from lab.scenarios.script import Step
from lab.scenarios.worlds import ENDPOINTS
from recordings.messages import FindRecording, RecordingMissing
from routing.dialling import AskPermit, DialNumber, PermitGranted, TrunkConfigured
from routing.messages import (
    CallerIdentified,
    DeclineOffer,
    FinishWrapUp,
    HangUpCall,
    HoldCall,
    IdentifyCaller,
    OfferRendered,
    ResumeCall,
    SetPresence,
    SignInAgent,
)
from routing.outcomes import DEFAULT_DISPOSITIONS
from routing.queuerows import Queue, Strategy
from routing.rows import Match, OfferState, Presence, StintState
from routing.setupmessages import DispositionsConfigured, PhonesConfigured, QueueConfigured
from server.platform import make_core
from tests.support.callbook import Desk, snapshot_of
from tests.support.disk import Disk, keep
from tests.support.recording import Beat, Story
from tests.unit.routing.world import START

E = TypeVar("E", bound=Event)


@dataclass(slots=True)
class End:
    """What came of it, without ids: `calls` and `parts` (stints) by the names of the scenario."""

    calls: dict[str, str]
    parts: Counter[tuple[str, str, bool, str, str | None]]
    attempts: list[str]
    agents: dict[str, tuple[str, str]]


@dataclass
class Rehearsal:
    story: Story
    at: datetime = START
    sent: list[Order] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    disk: Disk = field(default_factory=lambda: defaultdict(dict))
    dead: list[Any] = field(default_factory=list)
    skipped: list[Step] = field(default_factory=list)
    passed: set[int] = field(default_factory=set)
    heard_of: set[str] = field(default_factory=set)
    """Calls that a place of a leg or a snapshot named, as the recording names them."""

    def __post_init__(self) -> None:
        self.core, self.rooms = make_core()
        self._names: dict[str, str] = {}
        self._over: set[str] = set()
        self._asked: dict[str, str] = {}
        self._answers: list[Message] = []
        phones = {*ENDPOINTS.values(), *(one.endpoint for one in self.story.facts if isinstance(one, DeviceChanged))}
        strategy = Strategy.ring_all if self.story.shared else Strategy.longest_idle
        self.take(PhonesConfigured(endpoints=tuple(sorted(phones))))
        self.take(QueueConfigured(queue=plain(Queue("main", "Main", strategy=strategy, wrap_seconds=20))))
        self.take(DispositionsConfigured(dispositions=tuple(plain(one) for one in DEFAULT_DISPOSITIONS)))
        self.take(TrunkConfigured(dial="PJSIP/{number}@trunk", caller_number="+34910000000", ring_seconds=20))
        self.take(LinkUp(switch_version="22"))
        self.take(Seen(legs=(), devices=()))
        for agent in ENDPOINTS:
            self.take(SignInAgent(actor=agent, agent_id=agent, name=agent.title()))
            self.take(SetPresence(actor=agent, agent_id=agent, presence=Presence.ready))

    # ── the platform ────────────────────────────────────────────────────────────────────────────────────

    def take(self, message: Message) -> bool:
        """One turn, and what the outside answers to its orders; False when it was refused."""
        done = self._turn(message)
        while self._answers:
            self._turn(self._answers.pop(0))
        return done

    def _turn(self, message: Message) -> bool:
        out, done = Outcome(), True
        try:
            self.core.take(message, self.at, out)
        except TrunklineError:
            done = False
        keep(self.disk, out)
        self.events += out.events
        self.dead += out.dead
        for order in out.orders:
            self.sent.append(order)
            self._answers += self._answer(order)
        return done

    def wait(self, until: datetime) -> None:
        while (due := self.core.next_due()) is not None and due <= until:
            self.at = max(self.at, due)
            message = self.core.take_due(self.at)
            assert message is not None
            self.take(message)
        self.at = max(self.at, until)

    def _answer(self, order: Order) -> list[Message]:
        match order:
            case IdentifyCaller():
                return [CallerIdentified(interaction_id=order.interaction_id, match=Match.known, customer_id="cu-1")]
            case FindRecording():
                ids = {"recording_id": order.recording_id, "interaction_id": order.interaction_id}
                return [RecordingMissing(reason="no_file", **ids)]
            case AskPermit():
                ids = {"attempt_id": order.attempt_id, "interaction_id": order.interaction_id}
                return [PermitGranted(permit_id="pe-1", **ids)]
            case LegOrder():
                return self._leg(order)
            case LookAtLeg():
                return [LegSound(leg=order.leg, heard=True), _done(order)]
            case HangUp():
                gone = order.leg in self._over or not any(order.leg == self._named(leg) for leg in self._recorded())
                ended = [LegEnded(leg=order.leg, cause=order.cause)] if gone else []
                return [*ended, _done(order, "No such channel" if gone else "")]
            case SwitchOrder():
                return [_done(order)]
        return []

    def _leg(self, order: LegOrder) -> list[Message]:
        """The next recorded leg of that phone, or of the number dialled, becomes this one; there may be no more."""
        endpoint, dialled = str(getattr(order, "endpoint", "")), isinstance(order, DialOut)
        told = LegAsked(leg=order.leg, endpoint=endpoint, interaction_id=order.interaction_id, dialled=dialled)
        for step in self._steps_to_come():
            recorded = self.story.roles.get(step.get("as", ""), "")
            fits = step["do"] == "dial" if dialled else ENDPOINTS.get(step.get("phone", "")) == endpoint
            if fits and step["do"] in ("ring", "ring_dialler", "dial") and recorded and recorded not in self._names:
                self._names[recorded] = order.leg
                self._asked[recorded] = order.order_id
                if step["do"] != "ring":
                    self._names[self._interaction_of(recorded)] = order.interaction_id
                return [told]
        return [told, _done(order, "No such endpoint", order.leg), LegEnded(leg=order.leg, cause=20)]

    def _steps_to_come(self) -> list[Step]:
        return [beat.step for beat in self.story.beats if beat.step is not None and beat.number not in self.passed]

    def _recorded(self) -> set[str]:
        return {str(getattr(fact, "leg", "")) for fact in self.story.facts}

    def _interaction_of(self, recorded: str) -> str:
        """`ix-<tag>` of `leg-<tag>-<role>`, as the recorder names them."""
        return f"ix-{recorded.split('-', 2)[1]}"

    def _named(self, name: str) -> str:
        return self._names.get(name, name)

    # ── what is heard ───────────────────────────────────────────────────────────────────────────────────

    def may(self, beat: Beat) -> bool:
        """Whether it can happen now."""
        if not self.story.needs[beat.number] <= self.passed:
            return False
        return beat.step is None or self._senseful(beat.step)

    def hear(self, beat: Beat, lost: bool = False) -> None:
        """A fact of the recording, under the names that things have here."""
        fact = beat.fact
        assert fact is not None
        self.wait(START + timedelta(seconds=beat.after))
        self.passed.add(beat.number)
        recorded = str(getattr(fact, "leg", ""))
        if isinstance(fact, LegEnded):
            self._over.add(self._named(recorded))
        if not lost:
            if isinstance(fact, LegPlaced):
                self.heard_of.add(fact.interaction_id)
            self.take(self._renamed(fact))
        if isinstance(fact, LegStarted | LegEnded) and (order := self._asked.pop(recorded, "")):
            self.take(OrderDone(order_id=order, ok=not lost, unknown=lost, leg=self._named(recorded)))

    def again(self, fact: Fact) -> None:
        self.take(self._renamed(fact))

    def _renamed(self, fact: Any) -> Any:
        fields = ("leg", "linked", "interaction_id")
        changed = {name: self._named(getattr(fact, name)) for name in fields if getattr(fact, name, "")}
        return replace(fact, **changed) if changed else fact

    def heal(self) -> None:
        """The link breaks and is back; the snapshot shows what is true on the switch."""
        truth = Desk()
        for beat in self.story.beats:
            if beat.fact is not None and beat.number in self.passed:
                truth.take(*self._ask_before(beat.fact), beat.fact)
        seen = snapshot_of(truth)
        self.heard_of |= {leg.interaction_id for leg in seen.legs if leg.interaction_id}
        legs = tuple(self._renamed(leg) for leg in seen.legs)
        for recorded, order in self._asked.items():
            self.take(OrderDone(order_id=order, ok=False, unknown=True, leg=self._named(recorded)))
        self._asked.clear()
        for message in (LinkDown(reason="closed"), LinkUp(switch_version="22"), replace(seen, legs=legs)):
            self.take(message)

    def _ask_before(self, fact: Fact) -> list[Fact]:
        """What the link said before the first fact of a leg that was ordered in the recording."""
        if not isinstance(fact, LegStarted) or not fact.leg.startswith("leg-"):
            return []
        ours = (one.step for one in self.story.beats if one.step)
        step = next((one for one in ours if self.story.roles.get(one.get("as", "")) == fact.leg), None)
        if step is None:  # of another's part, such as a number that the recording's hand had rung for a caller
            return []
        caller = self.story.roles.get(step.get("for", ""), "")
        placed = (one for one in self.story.facts if isinstance(one, LegPlaced) and one.leg == caller)
        found = next((one.interaction_id for one in placed), self._interaction_of(fact.leg))
        dialled = step["do"] == "dial"
        return [
            LegAsked(leg=fact.leg, endpoint="" if dialled else fact.endpoint, interaction_id=found, dialled=dialled)
        ]

    # ── what people do ──────────────────────────────────────────────────────────────────────────────────

    def _senseful(self, step: Step) -> bool:
        """Whether the platform's state is that in which somebody did this in the recording."""
        state = self.rooms.routing
        match step["do"]:
            case "ring":
                offers = state.offers.where("agent_id", step["phone"])
                return any(one.ended_at is None for one in offers)
            case "ring_dialler":
                return state.line_up
            case "dial":
                return any(isinstance(one, DialOut) for one in self.sent)
            case "hold":
                return self._part(step["agent"], StintState.joined) is not None
            case "resume":
                return self._part(step["agent"], StintState.held) is not None
        return True

    def act(self, beat: Beat) -> bool:
        """Do it; False when the platform did not let it."""
        assert beat.step is not None
        done = self._act(beat.step)
        self.passed.add(beat.number)
        return done

    def _act(self, step: Step) -> bool:
        match step["do"]:
            case "ring":
                offers = self.rooms.routing.offers.where("agent_id", step["phone"])
                return all(self.take(OfferRendered(actor=one.agent_id, offer_id=one.id)) for one in offers)
            case "ring_dialler":
                return self.take(DialNumber(actor=step["phone"], number=step["number"]))
            case "hold":
                return self._does(HoldCall, step["agent"])
            case "resume":
                return self._does(ResumeCall, step["agent"])
            case "hang_up":
                return self._hang_up(step["of"])
        return True

    def _hang_up(self, role: str) -> bool:
        leg = self._named(self.story.roles.get(role, role))
        for offer in self.rooms.routing.offers.where("leg", leg):
            if offer.state is OfferState.pending:
                return self.take(DeclineOffer(actor=offer.agent_id, offer_id=offer.id))
        stint = self._part(role, StintState.joined, StintState.held, StintState.dialling)
        return stint is None or self._does(HangUpCall, role)

    def _part(self, role: str, *states: StintState) -> Any:
        leg = self._named(self.story.roles.get(role, role))
        return next((one for one in self.rooms.routing.stints.where("leg", leg) if one.state in states), None)

    def _does(self, kind: Callable[..., Message], role: str) -> bool:
        stint = self._part(role, *StintState)
        return stint is not None and self.take(kind(actor=stint.agent_id, interaction_id=stint.interaction_id))

    def skip(self, beat: Beat) -> None:
        """Nobody can do this here, for the platform does not let it come to that."""
        assert beat.step is not None
        self.skipped.append(beat.step)
        self.passed.add(beat.number)

    # ── the whole ───────────────────────────────────────────────────────────────────────────────────────

    def play(self, beats: Iterable[Beat] | None = None) -> End:
        """As it was told."""
        for beat in self.story.beats if beats is None else beats:
            if beat.fact is not None:
                self.hear(beat)
            elif self.may(beat):
                assert self.act(beat), f"refused: {beat.step}"
            else:
                self.skip(beat)
        return self.end()

    def end(self) -> End:
        """Everybody says what came of it, and time passes."""
        for stint in [one for one in self.rooms.routing.stints if one.state is StintState.wrapping]:
            ids = {"interaction_id": stint.interaction_id, "disposition_id": "resolved"}
            assert self.take(FinishWrapUp(actor=stint.agent_id, **ids))
        self.wait(self.at + timedelta(minutes=10))
        return self.outcome()

    def outcome(self) -> End:
        back = {found: recorded for recorded, found in self._names.items()}
        stints = [one for one in self.disk["stints"].values() if one.joined_at is not None]
        return End(
            {back.get(key, key): str(row.state) for key, row in self.disk["interactions"].items()},
            Counter(
                (
                    back.get(one.interaction_id, one.interaction_id),
                    one.agent_id,
                    True,
                    str(one.state),
                    one.disposition_id,
                )
                for one in stints
            ),
            sorted(str(one.outcome) for one in self.disk["attempts"].values()),
            {one.id: (str(one.presence), str(one.duty)) for one in self.rooms.routing.agents},
        )

    def wrongs(self) -> list[str]:
        """Whatever may not be left when all is over."""
        routing = self.rooms.routing
        return [
            *(f"leg {row.id} lives" for row in self.rooms.book.legs if row.live),
            *(f"call {row.id} is {row.state}" for row in routing.interactions if row.ended_at is None),
            *(f"offer {row.id} is {row.state}" for row in routing.offers),
            *(f"stint {row.id} is {row.state}" for row in routing.stints if row.state is not StintState.done),
            *(f"attempt {row.id} is {row.state}" for row in routing.attempts),
            *(f"recording {row.id} is {row.state}" for row in self.rooms.recordings.shelf),
            *(f"{row.id} is {row.duty}" for row in routing.agents if row.duty != "idle"),
            *(f"dead letter: {one}" for one in self.dead),
        ]

    def of(self, kind: type[E]) -> list[E]:
        return [one for one in self.events if isinstance(one, kind)]


def _done(order: SwitchOrder, problem: str = "", leg: str = "") -> OrderDone:
    interaction = str(getattr(order, "interaction_id", "")) or None
    return OrderDone(order_id=order.order_id, ok=not problem, message=problem, interaction_id=interaction, leg=leg)
