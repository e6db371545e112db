"""A day of a contact centre on the real engine and a virtual clock: seeded callers and agents, turns of the kernel, no
switch, no waiting. It stands in the lab because it makes traffic; what decides is what decides at work."""

from __future__ import annotations

import heapq
import random
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import partial

from cti import events as ev
from cti.orders import HangUp
from kernel.codec import plain
from kernel.core import Core, Outcome
from kernel.messages import Message
from routing.messages import CallerIdentified, FinishWrapUp, OfferMade, OfferRendered, SetPresence, SignInAgent
from routing.queuerows import Queue
from routing.room import handlers
from routing.rows import Match, Offer, OfferState, Presence
from routing.setupmessages import PhonesConfigured, QueueConfigured
from routing.state import State
from routing.teamwork import Profile

START = datetime(2026, 3, 2, 8, tzinfo=UTC)
BREAK = "break"


@dataclass(frozen=True, slots=True)
class Stream:
    """The callers of one queue. `per_hour` holds their rate hour by hour, the last for all that follow."""

    queue: Queue
    per_hour: tuple[float, ...]

    def rate(self, hours: float) -> float:
        """Callers a second."""
        return self.per_hour[min(int(hours), len(self.per_hour) - 1)] / 3600


@dataclass(frozen=True, slots=True)
class Plan:
    """What people do; all times are means in seconds of exponential distributions. `patience` None: nobody hangs up
    before being served. `answers` is how long a ringing phone takes to be picked up, `breaks` how long an agent is away
    after working for about `break_every`; 0 is at once, or never."""

    agents: tuple[Profile, ...]
    streams: tuple[Stream, ...]
    hours: float
    talk: float = 180.0
    wrap: float = 0.0
    patience: float | None = None
    answers: float = 0.0
    breaks: float = 0.0
    break_every: float = 7200.0


@dataclass(slots=True)
class Fate:
    """One caller: when they came, in seconds from the start, and how long they waited for whom. `agent_id` None: they
    gave up, after so long. `expected` is for how long the engine expected them to wait, when they came."""

    queue_id: str
    came: float
    waited: float = 0.0
    agent_id: str | None = None
    expected: float | None = None


@dataclass(slots=True)
class Day:
    """What became of each caller, in the order in which they came, and how many messages the engine took."""

    fates: list[Fate] = field(default_factory=list)
    messages: int = 0

    def since(self, seconds: float) -> list[Fate]:
        """Without those who came while the day began."""
        return [one for one in self.fates if one.came >= seconds]


class Simulation:
    """One day: `run` plays it. The same plan and seed are the same day, whatever the machine."""

    def __init__(self, plan: Plan, seed: int) -> None:
        self._plan = plan
        self._random = random.Random(seed)
        self._at = START
        self._end = START + timedelta(hours=plan.hours)
        self._todo: list[tuple[datetime, int, Callable[[], None]]] = []
        self._count = 0
        self._state = State()
        self._core = Core(self._state.shelves, handlers(self._state, NoSwitch()))
        self._open: dict[str, Fate] = {}
        self.day = Day()

    def run(self) -> Day:
        """Callers come for the hours of the plan; the last of them are seen to their end."""
        self._open_up()
        while self._todo and (self._todo[0][0] <= self._end or self._open):
            at, _, work = heapq.heappop(self._todo)
            self._let_pass(at)
            work()
        return self.day

    # ── time ────────────────────────────────────────────────────────────────────────────────────────────

    def _in(self, seconds: float, work: Callable[[], None]) -> None:
        self._count += 1
        heapq.heappush(self._todo, (self._at + timedelta(seconds=seconds), self._count, work))

    def _draw(self, mean: float) -> float:
        return self._random.expovariate(1 / mean) if mean else 0.0

    def _let_pass(self, until: datetime) -> None:
        """Deadlines of the engine come when they are due."""
        while (due := self._core.next_due()) is not None and due <= until:
            self._at = due
            message = self._core.take_due(due)
            if message is not None:
                self._say(message)
        self._at = until

    def _say(self, message: Message) -> None:
        out = Outcome()
        self.day.messages += 1
        self._core.take(message, self._at, out)
        for event in out.events:
            if isinstance(event, OfferMade):
                offer = self._state.offers[event.offer_id]
                self._in(self._draw(self._plan.answers), partial(self._answer, offer))
        for order in out.orders:
            if isinstance(order, HangUp):
                self._in(0, partial(self._leg_ends, order.leg))

    # ── agents ──────────────────────────────────────────────────────────────────────────────────────────

    def _open_up(self) -> None:
        phones = tuple(f"cti-phone-{number:05}" for number in range(len(self._plan.agents)))
        self._say(PhonesConfigured(endpoints=phones))
        for stream in self._plan.streams:
            self._say(QueueConfigured(queue=plain(replace(stream.queue, wrap_seconds=0))))
        self._state.profiles.load(self._plan.agents)
        self._say(ev.SwitchBack(switch_version="none"))
        for phone in phones:
            self._say(ev.PhoneChanged(endpoint=phone, reachable=True))
        for agent in self._plan.agents:
            self._say(SignInAgent(actor=agent.id, agent_id=agent.id, name=agent.id))
            self._present(agent.id, Presence.ready)
        for stream in self._plan.streams:
            self._next_caller(stream)

    def _present(self, agent_id: str, presence: Presence) -> None:
        ready = presence is Presence.ready
        self._say(SetPresence(actor=agent_id, agent_id=agent_id, presence=presence, reason=None if ready else BREAK))
        if self._plan.breaks:
            after = self._draw(self._plan.break_every if ready else self._plan.breaks)
            self._in(after, partial(self._present, agent_id, Presence.paused if ready else Presence.ready))

    def _answer(self, offer: Offer) -> None:
        """The phone is picked up, unless the offer is over by then."""
        now = self._state.offers.get(offer.id)
        if now is None or now.state is not OfferState.pending:
            return
        ids = {"interaction_id": offer.interaction_id}
        self._say(OfferRendered(actor=offer.agent_id, offer_id=offer.id))
        self._say(ev.AgentLegUp(**ids, leg=offer.leg, endpoint=offer.endpoint))
        if self._state.offers[offer.id].state is not OfferState.accepted:
            return
        caller = self._state.interactions[offer.interaction_id].leg
        talk = {"caller_leg": caller, "agent_leg": offer.leg, "endpoint": offer.endpoint}
        self._say(ev.Joined(**ids, **talk, agent_channel=f"SIM/{offer.leg}", ours=True))
        fate = self._open.pop(offer.interaction_id)
        fate.agent_id, fate.waited = offer.agent_id, (self._at - START).total_seconds() - fate.came
        self._in(self._draw(self._plan.talk), partial(self._hang_up, offer))

    def _hang_up(self, offer: Offer) -> None:
        ix = offer.interaction_id
        self._say(ev.CallerLeft(interaction_id=ix, leg=ix.removeprefix("ix-"), cause=16))
        self._say(ev.AgentLegEnded(interaction_id=ix, leg=offer.leg, endpoint=offer.endpoint, cause=16))
        self._in(self._draw(self._plan.wrap), partial(self._wrapped_up, offer))

    def _wrapped_up(self, offer: Offer) -> None:
        self._say(FinishWrapUp(actor=offer.agent_id, interaction_id=offer.interaction_id, disposition_id=None))

    def _leg_ends(self, leg: str) -> None:
        for offer in self._state.offers.where("leg", leg):
            ix = offer.interaction_id
            self._say(ev.AgentLegEnded(interaction_id=ix, leg=leg, endpoint=offer.endpoint, cause=16))

    # ── callers ─────────────────────────────────────────────────────────────────────────────────────────

    def _next_caller(self, stream: Stream) -> None:
        rate = stream.rate((self._at - START).total_seconds() / 3600)
        if rate:
            self._in(self._draw(1 / rate), partial(self._arrive, stream))
        else:
            self._in(60, partial(self._next_caller, stream))

    def _arrive(self, stream: Stream) -> None:
        if self._at > self._end:
            return
        leg = f"1700000000.{len(self.day.fates)}"
        ix, did = f"ix-{leg}", stream.queue.dids[0] if stream.queue.dids else ""
        fate = Fate(stream.queue.id, (self._at - START).total_seconds())
        self.day.fates.append(fate)
        self._open[ix] = fate
        self._say(ev.CallerArrived(interaction_id=ix, leg=leg, channel=f"SIM/{leg}", did=did, language="en"))
        self._say(CallerIdentified(interaction_id=ix, match=Match.withheld))
        self._say(ev.CallerWaits(interaction_id=ix, leg=leg))
        fate.expected = self._state.interactions[ix].expected_wait
        if self._plan.patience is not None:
            self._in(self._draw(self._plan.patience), partial(self._give_up, ix, leg))
        self._next_caller(stream)

    def _give_up(self, interaction_id: str, leg: str) -> None:
        fate = self._open.pop(interaction_id, None)
        if fate is not None:
            fate.waited = (self._at - START).total_seconds() - fate.came
            self._say(ev.CallerLeft(interaction_id=interaction_id, leg=leg, cause=16))


class NoSwitch:
    """There is no switch, so no phone does anything by itself."""

    def alive(self, leg: str) -> bool:
        return False

    reachable = on_hold = in_use = alive

    def partner(self, leg: str) -> str:
        return ""

    def ours(self) -> list[tuple[str, str]]:
        return []

    def follow_phones(self, heard: Callable[[str], None]) -> None: ...


def people(count: int) -> tuple[Profile, ...]:
    """So many agents who can do nothing in particular."""
    return tuple(Profile(f"agent-{number:05}") for number in range(count))


def simulate(plan: Plan, seed: int) -> Day:
    """Play one day; see Plan."""
    return Simulation(plan, seed).run()
