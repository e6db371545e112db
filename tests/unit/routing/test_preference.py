"""Sticky agent and owner agent: who comes back waits for the one who knows them, for a while and for as long as that
one can come; and delays nobody else."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from cti import events as ev
from kernel.codec import plain
from routing.messages import CallerIdentified, DeclineOffer, SetPresence, SignOutAgent
from routing.queuerows import Queue, Strategy
from routing.returning import CallerPrefers, PreferenceEnded
from routing.rows import Interaction, Match, Presence
from routing.setupmessages import QueueConfigured
from tests.unit.routing.world import World

pytestmark = pytest.mark.unit

STICKY = {"sticky_seconds": 30, "render_ms": 0, "wrap_seconds": 1}
OWNED = {"owner_seconds": 20, "render_ms": 0, "wrap_seconds": 1}
OUR_AGENT = "ana"


def comes_back(world: World, name: str, *, late: float = 0.0, days: float = 1, **known: Any) -> str:
    """A caller whom somebody talked with, or whose customer they are; looked up at once, or later than they wait."""
    ix = f"ix-{name}"
    ids = {"interaction_id": ix, "leg": name}
    world.say(ev.CallerArrived(**ids, channel=f"PJSIP/t-{name}", did="555", language="en", number="+34600111222"))
    if late:
        world.say(ev.CallerWaits(**ids))
        world.wait(late)
    talked = world.at - timedelta(days=days) if "last_agent" in known else None
    world.say(CallerIdentified(interaction_id=ix, match=Match.known, customer_id="cu-1", last_talk_at=talked, **known))
    if not late:
        world.say(ev.CallerWaits(**ids))
    return ix


def two_agents(**queue: Any) -> World:
    """Ben has been idle for longer than Ana."""
    world = World(**queue)
    world.agent("ben")
    world.wait(60)
    world.agent("ana")
    return world


def busy(world: World, agent: str, name: str = "b1") -> str:
    """That agent talks to somebody."""
    others = [one.id for one in world.state.agents if one.id != agent]
    for other in others:
        world.say(SetPresence(actor=other, agent_id=other, presence=Presence.paused, reason="break"))
    ix = world.call(name)
    world.answer(ix)
    for other in others:
        world.say(SetPresence(actor=other, agent_id=other, presence=Presence.ready))
    return ix


def hangs_up(world: World, ix: str) -> None:
    stint = world.stint(ix)
    world.caller_leaves(ix)
    endpoint = world.state.agents[stint.agent_id].endpoint or ""
    world.say(ev.AgentLegEnded(interaction_id=ix, leg=stint.leg, endpoint=endpoint, cause=16))
    world.wait(1.5)


def told(world: World, kind: type[Any]) -> list[Any]:
    return [one for one in world.out.events if isinstance(one, kind)]


def wants(row: Interaction) -> tuple[str | None, str | None]:
    return row.prefer_agent, row.preferred.value if row.preferred else None


def test_given_somebody_talked_with_them_then_that_agent_is_rung_though_another_is_idle_for_longer() -> None:
    world = two_agents(**STICKY)
    ix = comes_back(world, "c1", last_agent="ana")
    assert list(world.offers(ix)) == ["ana"]
    why = {one.agent_id: (one.verdict, one.reason) for one in world.considered(world.offer_to(ix))}
    assert why == {"ana": ("chosen", "preferred_last_agent"), "ben": ("rejected", "caller_waits_for_another_agent")}
    world.answer(ix)
    assert wants(world.ix(ix)) == (None, "last_agent"), "it is seen that they got them"


def test_given_an_owner_then_the_owner_is_rung_and_why_says_so() -> None:
    world = two_agents(**OWNED)
    ix = comes_back(world, "c1", owner="ana")
    (why,) = [one for one in world.considered(world.offer_to(ix)) if one.verdict == "chosen"]
    assert (why.agent_id, why.reason) == ("ana", "preferred_owner")


@pytest.mark.parametrize(("owner_first", "who"), [(False, "ana"), (True, "ben")])
def test_given_both_then_the_queue_says_who_goes_first(owner_first: bool, who: str) -> None:
    world = two_agents(**STICKY, owner_seconds=20, owner_first=owner_first)
    assert list(world.offers(comes_back(world, "c1", last_agent="ana", owner="ben"))) == [who]


def test_given_the_first_of_both_is_not_there_then_it_is_the_other() -> None:
    world = two_agents(**STICKY, owner_seconds=20)
    world.say(SetPresence(actor="ana", agent_id="ana", presence=Presence.paused, reason="break"))
    ix = comes_back(world, "c1", last_agent="ana", owner="ben")
    assert wants(world.ix(ix)) == ("ben", "owner")


@pytest.mark.parametrize(
    ("queue", "days"), [({}, 1), ({**STICKY, "sticky_days": 7}, 8)], ids=["nothing is set", "too long ago"]
)
def test_given_no_wish_or_an_old_talk_then_anybody_is_rung(queue: dict[str, Any], days: float) -> None:
    world = two_agents(**queue)
    ix = comes_back(world, "c1", days=days, last_agent="ana")
    assert list(world.offers(ix)) == ["ben"]
    assert told(world, CallerPrefers) == []


def test_given_the_agent_is_busy_then_the_caller_waits_for_them_and_others_are_served_meanwhile() -> None:
    world = two_agents(**STICKY)
    other = busy(world, "ana")
    ix = comes_back(world, "c1", last_agent="ana")
    assert not world.offers(ix)
    assert list(world.offers(world.call("c2"))) == ["ben"], "a preference delays that caller alone"
    world.wait(10)
    hangs_up(world, other)
    assert list(world.offers(ix)) == ["ana"]


def test_given_the_time_is_over_then_anybody_takes_them_and_before_those_who_came_later() -> None:
    world = two_agents(**STICKY)
    busy(world, "ana")
    ix = comes_back(world, "c1", last_agent="ana")
    taken = world.call("c2")
    assert list(world.offers(taken)) == ["ben"]
    world.answer(taken)
    later = world.call("c3")
    world.wait(29)
    hangs_up(world, taken)
    assert list(world.offers(ix)) == ["ben"], "the place is kept"
    assert not world.offers(later)
    (ended,) = told(world, PreferenceEnded)
    assert (ended.agent_id, ended.why, ended.reason) == ("ana", "last_agent", "waited_long_enough")


GONE = {
    "paused": (SetPresence(actor="ana", agent_id="ana", presence=Presence.paused, reason="lunch"), "agent_paused"),
    "signed out": (SignOutAgent(actor="ana", agent_id="ana"), "agent_out"),
    "without phone": (ev.PhoneChanged(endpoint="cti-phone-02", reachable=False), "agent_phone_lost"),
    "out of the queue": (
        QueueConfigured(queue=plain(Queue("main", "Main", everyone=False, members=("ben",), **STICKY))),
        "agent_not_in_queue",
    ),
}


@pytest.mark.parametrize("how", sorted(GONE.keys() - {"signed out"}))
def test_given_the_agent_goes_while_the_caller_waits_for_them_then_anybody_takes_them_at_once(how: str) -> None:
    message, reason = GONE[how]
    world = two_agents(**STICKY)
    busy(world, "ana")
    ix = comes_back(world, "c1", last_agent="ana")
    world.wait(5)
    assert not world.offers(ix)
    world.say(message)
    assert list(world.offers(ix)) == ["ben"]
    assert [one.reason for one in told(world, PreferenceEnded)] == [reason]
    assert world.core.next_due() is None or f"prefer-{ix}" not in world.core.shelves["deadlines"]


def test_given_the_agent_rests_and_signs_out_then_anybody_takes_the_caller_at_once() -> None:
    world = two_agents(**STICKY, reject_delay=60)
    world.say(SetPresence(actor="ben", agent_id="ben", presence=Presence.paused, reason="break"))
    offer = world.ring(world.call("b1"))
    world.say(DeclineOffer(actor="ana", offer_id=offer.id))
    world.agent_leg_ends("ix-b1", offer)
    world.caller_leaves("ix-b1")
    world.say(SetPresence(actor="ben", agent_id="ben", presence=Presence.ready))
    ix = comes_back(world, "c1", last_agent="ana")
    assert not world.offers(ix)
    world.say(SignOutAgent(actor="ana", agent_id="ana"))
    assert list(world.offers(ix)) == ["ben"]
    assert [one.reason for one in told(world, PreferenceEnded)] == ["agent_out"]


@pytest.mark.parametrize("how", GONE)
def test_given_the_agent_is_not_there_when_the_caller_comes_then_nobody_waits(how: str) -> None:
    world = two_agents(**STICKY)
    world.say(GONE[how][0])
    ix = comes_back(world, "c1", last_agent="ana")
    assert list(world.offers(ix)) == ["ben"]
    assert wants(world.ix(ix)) == (None, None)


def test_given_the_agent_declines_or_misses_then_the_caller_goes_to_the_next() -> None:
    for misses in (False, True):
        world = two_agents(**STICKY, ring_seconds=5)
        ix = comes_back(world, "c1", last_agent="ana")
        offer = world.ring(ix)
        if misses:
            world.wait(5)
            world.agent_leg_ends(ix, offer, cause=19)
        else:
            world.say(DeclineOffer(actor="ana", offer_id=offer.id))
            world.agent_leg_ends(ix, offer)
        assert list(world.offers(ix)) == ["ben"]
        assert wants(world.ix(ix)) == (None, None)


def test_given_the_look_up_comes_later_then_the_time_counts_from_when_they_began_to_wait() -> None:
    world = two_agents(**STICKY)
    busy(world, "ana")
    world.say(SetPresence(actor="ben", agent_id="ben", presence=Presence.paused, reason="break"))
    ix = comes_back(world, "c1", late=10, last_agent="ana")
    row = world.ix(ix)
    assert row.queued_at is not None
    assert row.prefer_until == row.queued_at + timedelta(seconds=30)
    too_late = comes_back(world, "c2", late=31, last_agent="ana")
    assert wants(world.ix(too_late)) == (None, None)


def test_given_a_phone_rings_already_when_the_look_up_comes_then_it_rings_on() -> None:
    world = two_agents(**STICKY)
    ix = comes_back(world, "c1", late=2, last_agent="ana")
    assert list(world.offers(ix)) == ["ben"]


def test_given_a_phone_is_lost_in_the_talk_then_that_goes_before_all_wishes() -> None:
    world = two_agents(**STICKY)
    ix = comes_back(world, "c1", last_agent="ana")
    offer = world.answer(ix)
    world.agent_leg_ends(ix, offer, cause=44)
    world.say(ev.CallerWaits(interaction_id=ix, leg="c1"))
    assert wants(world.ix(ix)) == ("ana", None)
    world.wait(2)
    (chosen,) = [one for one in world.considered(world.offer_to(ix)) if one.verdict == "chosen"]
    assert (chosen.agent_id, chosen.reason) == ("ana", "preferred_phone_lost")


@pytest.mark.parametrize("strategy", list(Strategy))
def test_whatever_the_strategy_the_preferred_agent_alone_is_rung(strategy: Strategy) -> None:
    world = two_agents(**STICKY, strategy=strategy)
    assert list(world.offers(comes_back(world, "c1", last_agent="ana"))) == ["ana"]


def test_after_a_restart_the_caller_waits_for_the_same_agent_until_the_same_time() -> None:
    world = two_agents(**STICKY)
    busy(world, "ana")
    ix = comes_back(world, "c1", last_agent="ana")
    again = World(**STICKY)
    again.core.load({name: list(shelf) for name, shelf in world.core.shelves.items()}, world.core.seq)
    again.at = world.at
    again.wait(29)
    assert not again.offers(ix)
    assert again.ix(ix) == world.ix(ix)
    again.wait(2)
    assert list(again.offers(ix)) == ["ben"]


def test_a_second_look_up_brings_no_second_wish() -> None:
    world = two_agents(**STICKY)
    ix = comes_back(world, "c1", last_agent="ana")
    offer = world.ring(ix)
    world.say(DeclineOffer(actor="ana", offer_id=offer.id))
    row = world.ix(ix)
    world.say(CallerIdentified(interaction_id=ix, match=Match.known, last_agent="ana", last_talk_at=world.at))
    assert replace(world.ix(ix), match=row.match) == row
