"""Routing alone, driven by call events and a clock moved by hand."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol, TypeVar

from cti import events as ev
from kernel.codec import plain
from kernel.core import Core, Outcome
from kernel.messages import Message, Order
from routing.matching.why import considered, pack
from routing.matchmaking import place_in_line
from routing.messages import CallerIdentified, SaveChoice, SetPresence, SignInAgent
from routing.outcomes import DEFAULT_DISPOSITIONS
from routing.queuerows import Queue
from routing.room import handlers
from routing.rows import Agent, Considered, Interaction, InteractionState, Match, Offer, Presence, Stint
from routing.setupmessages import DispositionsConfigured, PhonesConfigured, QueueConfigured
from routing.state import State

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
O = TypeVar("O", bound=Order)  # noqa: E741


class Rung(Protocol):
    """An offer, or whatever else has an agent's leg."""

    @property
    def leg(self) -> str: ...

    @property
    def endpoint(self) -> str: ...


class World:
    """A switch that says what the test wants, and routing."""

    def __init__(self, phones: int = 4, **queue: Any) -> None:
        self.at = START
        self.state = State()
        self.live_legs: set[str] = set()
        self.rung_by_switch: set[str] = set()
        self.phone_changed: Callable[[str], None] = lambda endpoint: None
        self.partners: dict[str, str] = {}
        self.idle_legs: set[str] = set()
        self.alone: list[tuple[str, str]] = []
        self.core = Core(self.state.shelves, handlers(self.state, self))
        self.out = Outcome()
        self.say(PhonesConfigured(endpoints=tuple(f"cti-phone-{n:02}" for n in range(1, phones + 1))))
        self.say(QueueConfigured(queue=plain(Queue("main", "Main", **queue))))
        self.say(DispositionsConfigured(dispositions=tuple(plain(one) for one in DEFAULT_DISPOSITIONS)))
        self.say(ev.SwitchBack(switch_version="22"))

    def alive(self, leg: str) -> bool:
        return leg in self.live_legs

    def reachable(self, endpoint: str) -> bool:
        return False

    def partner(self, leg: str) -> str:
        return self.partners.get(leg, "")

    def on_hold(self, leg: str) -> bool:
        return leg in self.idle_legs

    def ours(self) -> list[tuple[str, str]]:
        return [(leg, ix) for leg, ix in self.alone if leg in self.live_legs]

    def in_use(self, endpoint: str) -> bool:
        return endpoint in self.rung_by_switch

    def follow_phones(self, heard: Callable[[str], None]) -> None:
        self.phone_changed = heard

    def switch_rings(self, endpoint: str, rings: bool = True) -> None:
        """The switch's own queue rings that phone, or does no more."""
        (self.rung_by_switch.add if rings else self.rung_by_switch.discard)(endpoint)
        self.phone_changed(endpoint)

    def say(self, message: Message) -> object:
        """One message now; raises its refusal."""
        return self.core.take(message, self.at, self.out)

    def wait(self, seconds: float) -> None:
        """Let time pass, deadlines included."""
        until = self.at + timedelta(seconds=seconds)
        while (due := self.core.next_due()) is not None and due <= until:
            self.at = due
            message = self.core.take_due(self.at)
            assert message is not None
            self.say(message)
        self.at = until

    def agent(self, name: str, presence: Presence = Presence.ready, reachable: bool = True) -> Agent:
        endpoint = self.say(SignInAgent(actor=name, agent_id=name, name=name.title()))
        if reachable:
            self.say(ev.PhoneChanged(endpoint=str(endpoint), reachable=True))
        if presence is Presence.ready:
            self.say(SetPresence(actor=name, agent_id=name, presence=presence))
        return self.state.agents[name]

    def call(self, name: str, number: str = "+34600111222", match: Match = Match.known) -> str:
        """A caller arrives, is looked up and waits; returns the interaction id."""
        ix = f"ix-{name}"
        self.say(
            ev.CallerArrived(
                interaction_id=ix, leg=name, channel=f"PJSIP/trunk-{name}", did="555", language="en", number=number
            )
        )
        customer = f"cu-{name}" if match is Match.known else None
        self.say(CallerIdentified(interaction_id=ix, match=match, customer_id=customer))
        self.say(ev.CallerWaits(interaction_id=ix, leg=name))
        return ix

    def ix(self, ix: str) -> Interaction:
        return self.state.interactions[ix]

    def offers(self, ix: str) -> dict[str, Offer]:
        """The caller's open offers by agent."""
        return {one.agent_id: one for one in self.state.live_offers(ix) if one.ended_at is None}

    def waiting(self) -> list[str]:
        """The legs of those who wait, in the order in which they are served."""
        queued = self.state.interactions.where("state", InteractionState.queued)
        return [
            one.leg for one in sorted(queued, key=lambda one: place_in_line(one, self.state.queue_of(one).priority))
        ]

    def considered(self, offer: Offer) -> tuple[Considered, ...]:
        """Who was considered for the offer, as its commits kept it: once."""
        (found,) = [one for one in self.out.writes if isinstance(one, SaveChoice) and one.id == offer.choice_id]
        roster = {one.number: (one.id, one.name) for one in self.state.agents}
        return considered(pack(found.why), roster)

    def offer_to(self, ix: str, agent: str = "") -> Offer:
        """The caller's offer: the only one, or that to `agent`."""
        offers = self.offers(ix)
        assert offers, f"{ix} is not offered"
        return offers[agent] if agent else next(iter(offers.values()))

    def stint(self, ix: str) -> Stint:
        stint = self.state.current_stint(self.ix(ix))
        assert stint is not None, f"nobody serves {ix}"
        return stint

    def ring(self, ix: str, agent: str = "") -> Offer:
        """The pop is not acknowledged, so the phone rings after the render time."""
        if self.offer_to(ix, agent).ring_ordered_at is None:
            self.wait(0.3)
        offer = self.offer_to(ix, agent)
        self.live_legs.add(offer.leg)
        self.say(ev.AgentLegRinging(interaction_id=ix, leg=offer.leg, endpoint=offer.endpoint))
        return self.offer_to(ix, agent)

    def answer(self, ix: str, agent: str = "") -> Offer:
        """The offered agent's phone answers and both are joined."""
        offer = self.ring(ix, agent)
        self.say(ev.AgentLegUp(interaction_id=ix, leg=offer.leg, endpoint=offer.endpoint))
        self.join(ix, offer.leg, offer.endpoint)
        return offer

    def join(self, ix: str, leg: str, endpoint: str, ours: bool = True) -> None:
        self.say(
            ev.Joined(
                interaction_id=ix,
                caller_leg=self.ix(ix).leg,
                agent_leg=leg,
                agent_channel=f"PJSIP/{endpoint}-1",
                endpoint=endpoint,
                ours=ours,
            )
        )

    def agent_leg_ends(self, ix: str, offer: Rung, cause: int = 16, stale: bool = False, unseen: bool = False) -> None:
        self.live_legs.discard(offer.leg)
        how = {"cause": cause, "stale": stale, "unseen": unseen}
        self.say(ev.AgentLegEnded(interaction_id=ix, leg=offer.leg, endpoint=offer.endpoint, **how))

    def caller_leaves(self, ix: str) -> None:
        self.say(ev.CallerLeft(interaction_id=ix, leg=ix.removeprefix("ix-"), cause=16))

    def orders(self, kind: type[O]) -> list[O]:
        return [order for order in self.out.orders if isinstance(order, kind)]


def talking(**queue: Any) -> tuple[World, str]:
    """Ana and a caller talk."""
    world = World(**queue)
    world.agent("ana")
    ix = world.call("c1")
    world.answer(ix)
    return world, ix
