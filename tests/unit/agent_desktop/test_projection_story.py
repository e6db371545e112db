"""A whole call through the real routing: after each message the followed desk equals one made from the live rows."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent_desktop.deskview import Person
from agent_desktop.ports import State as Rows
from agent_desktop.projection import Projection
from kernel import codec
from kernel.core import Outcome
from kernel.engine import Published
from kernel.errors import TrunklineError
from kernel.messages import Message
from routing.messages import DeclineOffer, FinishWrapUp, SetPresence
from routing.rows import Match, OfferState, Presence
from server.ports import NOT_SHOWN, plain_batch
from tests.unit.routing.world import World

pytestmark = pytest.mark.unit

PEOPLE = [Person(name, name.title(), name, ("agent",), "en") for name in ("ann", "bob")]


class Shown(World):
    """Routing with screens that follow it."""

    def __init__(self) -> None:
        self.screen = Projection()
        super().__init__()

    def say(self, message: Message) -> object:
        out = Outcome()
        try:
            return self.core.take(message, self.at, out)
        finally:
            self.out.orders += out.orders
            changes = tuple(out.changes.values())
            self.screen.apply(plain_batch(Published(out.last_seq, self.at, changes, tuple(out.events))))
            self.check()

    def check(self) -> None:
        fresh = Projection()
        shelves = {name: shelf for name, shelf in self.core.shelves.items() if name not in NOT_SHOWN}
        fresh.reset(Rows(1, {name: {row.id: codec.plain(row) for row in shelf} for name, shelf in shelves.items()}))
        for person in PEOPLE:
            assert self.screen.desk(person) == fresh.desk(person)

    def desk(self, number: int = 0) -> dict[str, Any]:
        return self.screen.desk(PEOPLE[number])


def test_given_a_call_when_it_runs_its_course_then_the_desk_shows_each_part() -> None:
    world = Shown()
    world.agent("ann")
    ready = world.desk()
    ix = world.call("100.1", "+34600111222")
    offered = world.desk()
    world.answer(ix)
    talking = world.desk()
    offer = world.state.stints[world.ix(ix).stint_id or ""]
    world.caller_leaves(ix)
    world.live_legs.clear()
    wrapping = world.desk()
    disposition = wrapping["settings"]["dispositions"][0]["id"]
    world.say(FinishWrapUp(actor="ann", interaction_id=ix, disposition_id=disposition))
    after = world.desk()

    assert (ready["me"]["routable"], ready["offer"], ready["call"]) == (True, None, None)
    assert offered["offer"]["interaction_id"] == ix
    assert offered["call"]["stint"]["state"] == "offered"
    assert offered["call"]["caller"]["display"] == "600 11 12 22"
    assert offered["call"]["caller"]["zones"] == ["Atlantic/Canary", "Europe/Madrid"]
    assert offered["me"]["duty"] == "reserved"
    assert offered["queues"][0]["waiting"] == 1
    assert talking["offer"] is None
    assert talking["call"]["stint"]["state"] == "joined"
    assert talking["call"]["stint"]["leg"] == offer.leg
    assert talking["queues"][0]["waiting"] == 0
    assert wrapping["call"]["stint"]["state"] == "wrapping"
    assert wrapping["call"]["stint"]["wrap_deadline"] is not None
    assert after["call"] is None
    assert after["me"]["duty"] == "idle"


STEPS = ("call", "call", "answer", "leave", "decline", "wait", "pause", "ready", "wrap", "agent_ends")


@settings(max_examples=60, deadline=timedelta(seconds=5))
@given(st.lists(st.tuples(st.sampled_from(STEPS), st.integers(0, 3)), max_size=25))
def test_given_any_course_of_events_then_every_desk_is_as_fresh(steps: list[tuple[str, int]]) -> None:
    world = Shown()
    world.agent("ann")
    world.agent("bob")
    for number, (step, which) in enumerate(steps):
        try:
            act(world, step, which, number)
        except TrunklineError:
            world.check()
    world.wait(300)


def act(world: Shown, step: str, which: int, number: int) -> None:
    callers = sorted(row.id for row in world.state.interactions)
    ix = callers[which % len(callers)] if callers else ""
    offer = next(iter(world.offers(ix).values()), None) if ix else None
    if step == "call":
        world.call(f"{number}.1", match=Match.unknown if which else Match.known)
    elif step in ("pause", "ready"):
        presence = Presence.paused if step == "pause" else Presence.ready
        name = PEOPLE[which % 2].id
        world.say(SetPresence(actor=name, agent_id=name, presence=presence))
    elif step == "wait":
        world.wait(which * 7)
    elif step == "leave" and ix:
        world.caller_leaves(ix)
    elif offer is not None and step == "answer" and offer.state is OfferState.pending:
        world.answer(ix)
    elif offer is not None and step == "decline":
        world.say(DeclineOffer(actor=offer.agent_id, offer_id=offer.id))
    elif offer is not None and step == "agent_ends":
        world.agent_leg_ends(ix, offer)
    elif step == "wrap" and ix:
        for stint in world.state.stints.where("interaction_id", ix):
            world.say(FinishWrapUp(actor=stint.agent_id, interaction_id=ix, disposition_id="solved"))
