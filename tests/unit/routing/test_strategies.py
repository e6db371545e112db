"""Each strategy on real turns: who is offered, what it remembers, and that taking a turn back leaves it right."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cti import events as ev
from cti.orders import GrantClaim
from kernel.errors import NotFound
from routing.messages import DeclineOffer, FinishWrapUp, OfferEnded, SetPresence, SignOutAgent
from routing.queuerows import Strategy
from routing.rows import Duty, InteractionState, Presence
from routing.tallies import next_day
from tests.unit.routing.indexes import matchmaker_of, must_hold_what_a_new_one_would
from tests.unit.routing.world import World

pytestmark = pytest.mark.unit

NAMES = ("ana", "ben", "cho")


def staffed(strategy: Strategy, names: tuple[str, ...] = NAMES, **queue: int) -> World:
    world = World(strategy=strategy, **queue)
    for name in names:
        world.agent(name)
        world.wait(1)
    return world


def serve(world: World, name: str, talk: float = 10) -> str:
    """A caller is offered, talks and is wrapped up; returns who had them."""
    ix = world.call(name)
    ((agent, _),) = world.offers(ix).items()
    offer = world.answer(ix)
    world.wait(talk)
    world.caller_leaves(ix)
    world.agent_leg_ends(ix, offer)
    world.say(FinishWrapUp(actor=agent, interaction_id=ix, disposition_id="resolved"))
    return agent


def test_fewest_calls_goes_by_the_calls_of_the_day_and_idle_time_settles_equal_ones() -> None:
    world = staffed(Strategy.fewest_calls)
    assert [serve(world, f"c{n}") for n in range(4)] == ["ana", "ben", "cho", "ana"]
    world.agent("dan")
    assert [serve(world, f"d{n}") for n in range(2)] == ["dan", "ben"], "no call yet; then one call, idle the longest"
    assert {one.id: one.calls for one in world.state.tallies} == {"ana": 2, "ben": 2, "cho": 1, "dan": 1}


def test_least_talk_goes_by_the_seconds_talked_today() -> None:
    world = staffed(Strategy.least_talk, ("ana", "ben"))
    assert [serve(world, "c1", talk=100), serve(world, "c2", talk=30), serve(world, "c3", talk=30)] == [
        "ana",
        "ben",
        "ben",
    ]
    assert serve(world, "c4", talk=90) == "ben", "60 s against 100"
    assert serve(world, "c5") == "ana", "100 s against 150"


@pytest.mark.parametrize("strategy", [Strategy.fewest_calls, Strategy.least_talk])
def test_at_midnight_utc_everybody_begins_at_nought_though_nothing_happens_then(strategy: Strategy) -> None:
    world = staffed(strategy, ("ana", "ben"))
    for name in ("c1", "c2", "c3"):
        last = serve(world, name)
    assert last == "ana"
    world.wait((next_day(world.at) - world.at).total_seconds() - 1)
    assert world.offer_to(world.call("before")).agent_id == "ben"
    world.caller_leaves("ix-before")
    world.wait(2)
    assert world.at.date() > datetime(2026, 3, 2, tzinfo=UTC).date()
    idle = {one.id: one.idle_since for one in world.state.agents}
    assert idle["ben"] < idle["ana"]
    assert world.offer_to(world.call("after")).agent_id == "ben"


def test_round_robin_goes_on_where_it_was_after_a_restart_too() -> None:
    world = staffed(Strategy.round_robin)
    assert [serve(world, f"c{n}") for n in range(2)] == ["ana", "ben"]
    world.agent("bob")
    assert serve(world, "c3") == "bob", "who came meanwhile, in their place"
    kept = list(world.state.rounds)
    again = staffed(Strategy.round_robin)
    again.state.rounds.load(kept)
    assert serve(again, "c4") == "cho"
    assert serve(again, "c5") == "ana", "and from the beginning"


def test_top_down_rings_the_first_who_is_free_and_a_lot_falls_on_all() -> None:
    world = staffed(Strategy.top_down)
    assert [serve(world, f"c{n}") for n in range(3)] == ["ana"] * 3
    drawn = staffed(Strategy.random)
    lots = [serve(drawn, f"c{n}") for n in range(60)]
    assert all(count >= 8 for count in Counter(lots).values()), lots
    again = staffed(Strategy.random)
    assert [serve(again, f"c{n}") for n in range(60)] == lots, "the same journal, the same lots"


def test_one_phone_more_rings_every_few_seconds_until_the_first_answer_has_the_caller() -> None:
    world = staffed(Strategy.ring_progressively, progress_seconds=4)
    ix = world.call("c1")
    first = world.ring(ix, "ana")
    assert world.offers(ix).keys() == {"ana"}
    assert first.shared
    world.wait(3.6)
    assert world.offers(ix).keys() == {"ana"}
    world.wait(0.2)
    assert world.offers(ix).keys() == {"ana", "ben"}
    second = world.ring(ix, "ben")
    world.wait(4)
    assert world.offers(ix).keys() == set(NAMES)

    world.say(ev.AgentLegUp(interaction_id=ix, leg=second.leg, endpoint=second.endpoint))
    world.say(ev.AgentLegUp(interaction_id=ix, leg=first.leg, endpoint=first.endpoint))
    (grant,) = world.orders(GrantClaim)
    assert grant.claim == second.claim
    endings = {one.agent_id: (one.reason, one.by) for one in world.out.events if isinstance(one, OfferEnded)}
    assert endings == dict.fromkeys(("ana", "cho"), ("answered_elsewhere", "ben"))
    assert {one.missed for one in world.state.agents} == {0}


def test_while_phones_ring_one_after_the_other_the_next_caller_is_not_kept_waiting() -> None:
    world = staffed(Strategy.ring_progressively, progress_seconds=4)
    first, second = world.call("c1"), world.call("c2")
    assert (world.offers(first).keys(), world.offers(second).keys()) == ({"ana"}, {"ben"})
    world.wait(4)
    assert (world.offers(first).keys(), world.offers(second).keys()) == ({"ana", "cho"}, {"ben"}), "first come"


def test_who_would_rather_have_one_agent_waits_for_that_one_but_not_when_they_have_gone() -> None:
    world = World()
    world.agent("ana", Presence.paused)
    world.agent("ben", Presence.paused)
    ix = world.call("c1")
    later = world.at + timedelta(minutes=5)
    world.state.put_interaction(world.ix(ix), prefer_agent="ana", prefer_until=later)
    world.say(SetPresence(actor="ben", agent_id="ben", presence=Presence.ready))
    assert world.ix(ix).state is InteractionState.queued
    world.say(SignOutAgent(actor="ana", agent_id="ana"))
    assert world.offer_to(ix).agent_id == "ben"


def test_a_turn_that_is_refused_or_fails_leaves_the_index_right() -> None:
    world = staffed(Strategy.longest_idle)
    ix = world.call("c1")
    kept = matchmaker_of(world.core.handlers)
    with pytest.raises(NotFound):
        world.say(DeclineOffer(actor="ben", offer_id=world.offer_to(ix).id))
    must_hold_what_a_new_one_would(kept, world.state, world, world.at)
    before = {one.id: one.duty for one in world.state.agents}
    fails = world.state.offers.put
    world.state.offers.put = lambda row: fails(row) if row.agent_id != "cho" else 1 / 0  # type: ignore[method-assign]
    world.call("c2")
    with pytest.raises(ZeroDivisionError):
        world.call("c3")
    world.state.offers.put = fails  # type: ignore[method-assign]
    must_hold_what_a_new_one_would(kept, world.state, world, world.at)
    assert before == {"ana": Duty.reserved, "ben": Duty.idle, "cho": Duty.idle}
    assert world.state.agents["cho"].duty is Duty.idle
    world.say(ev.CallerWaits(interaction_id="ix-c3", leg="c3"))
    world.wait(1)
    assert world.offer_to("ix-c3").agent_id == "cho"


@settings(deadline=None, max_examples=40)
@given(st.sampled_from(Strategy), st.lists(st.sampled_from(("call", "ready", "pause", "leave", "wait")), max_size=25))
def test_given_anything_then_an_agent_has_one_caller_and_a_caller_one_offer_or_shared_ones(
    strategy: Strategy, doings: list[str]
) -> None:
    world = staffed(strategy)
    calls: list[str] = []
    for nth, doing in enumerate(doings):
        name = NAMES[nth % len(NAMES)]
        if doing == "call":
            calls.append(world.call(f"c{nth}"))
        elif doing == "leave" and calls:
            world.caller_leaves(calls.pop(0))
        elif doing in ("ready", "pause"):
            presence, reason = (Presence.ready, None) if doing == "ready" else (Presence.paused, "break")
            world.say(SetPresence(actor=name, agent_id=name, presence=presence, reason=reason))
        else:
            world.wait(7)
        live = [one for one in world.state.offers if one.ended_at is None]
        assert len({one.agent_id for one in live}) == len(live)
        for ix in calls:
            own = [one for one in live if one.interaction_id == ix]
            assert len(own) <= 1 or all(one.shared for one in own)
        must_hold_what_a_new_one_would(matchmaker_of(world.core.handlers), world.state, world, world.at)


def test_numbers_are_given_once_and_stay() -> None:
    world = staffed(Strategy.longest_idle)
    world.say(SignOutAgent(actor="ben", agent_id="ben"))
    world.agent("ben")
    world.agent("dan")
    assert {one.id: one.number for one in world.state.agents} == {"ana": 0, "ben": 1, "cho": 2, "dan": 3}
