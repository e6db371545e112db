"""Picking a caller by hand: who may, whom, and what it leaves as it was."""

from __future__ import annotations

import pytest

from cti import events as ev
from cti.orders import RingAgent
from kernel.errors import Forbidden, LinkDown, NotFound, Refused, TrunklineError
from routing.messages import DeclineOffer, FinishWrapUp, OfferMade, PickCall, SignOutAgent
from routing.queuerows import Strategy
from routing.rows import Duty, InteractionState, Presence, Standing
from routing.setupmessages import ChangeSetUp
from routing.teamwork import Edit
from tests.unit.routing.world import World

pytestmark = pytest.mark.unit


def two_queues(**main: object) -> World:
    """`main` is Ana's and Ben's alone; Cho serves nothing but what comes to `night`."""
    world = World(misses_to_pause=0)
    values = {"everyone": False, "members": ["ana", "ben"], **main}
    world.say(ChangeSetUp(actor="adm", edits=(Edit("queue", "main", values),)))
    return world


def rests(world: World, agent: str) -> None:
    """The agent had a caller, declined, and rests."""
    ix = world.call("d1")
    world.say(DeclineOffer(actor=agent, offer_id=world.offer_to(ix, agent).id))
    world.caller_leaves(ix)


def pick(world: World, agent: str, ix: str, anywhere: bool = False) -> object:
    return world.say(PickCall(actor=agent, interaction_id=ix, anywhere=anywhere))


def refusal(world: World, agent: str, ix: str, anywhere: bool = False) -> TrunklineError:
    with pytest.raises(TrunklineError) as caught:
        pick(world, agent, ix, anywhere)
    return caught.value


def test_the_second_in_line_is_offered_and_the_first_keeps_the_place() -> None:
    world = World()
    world.agent("ana")
    rests(world, "ana")
    first, second = world.call("c1"), world.call("c2")
    place = world.ix(first).place

    reply = pick(world, "ana", second)

    offer = world.offer_to(second)
    assert reply == {"offer_id": offer.id}
    assert (offer.agent_id, offer.shared) == ("ana", False)
    assert world.ix(first).state is InteractionState.queued
    assert world.ix(first).place == place
    assert [event.picked for event in world.out.events if isinstance(event, OfferMade)] == [False, True]
    world.agent("ben")
    assert world.offer_to(first).agent_id == "ben"


def test_the_screen_is_before_the_ring_and_the_claim_is_the_offers() -> None:
    world = World()
    world.agent("ana")
    rests(world, "ana")
    ix = world.call("c1")
    before = len(world.orders(RingAgent))
    pick(world, "ana", ix)
    assert len(world.orders(RingAgent)) == before

    offer = world.answer(ix)

    assert world.orders(RingAgent)[-1].claim == offer.claim
    assert world.ix(ix).state is InteractionState.active


def test_a_picked_offer_that_is_missed_or_declined_leaves_the_caller_where_they_were() -> None:
    world = World()
    world.agent("ana")
    rests(world, "ana")
    first, second, third = (world.call(one) for one in ("c1", "c2", "c3"))
    order, place = world.waiting(), world.ix(second).place
    pick(world, "ana", second)
    world.say(DeclineOffer(actor="ana", offer_id=world.offer_to(second).id))
    assert (world.waiting(), world.ix(second).place) == (order, place)

    pick(world, "ana", second)
    offer = world.ring(second)
    world.agent_leg_ends(second, offer, cause=19)

    assert world.waiting() == order
    assert world.ix(second).place == place
    assert world.state.agents["ana"].missed == 1
    assert {world.ix(one).state for one in (first, second, third)} == {InteractionState.queued}


def test_two_who_pick_the_same_caller_one_has_them_and_the_other_is_told_who() -> None:
    world = World(misses_to_pause=0)
    for name in ("ana", "ben"):
        world.agent(name)
        rests(world, name)
    ix = world.call("c1")
    pick(world, "ana", ix)

    told = refusal(world, "ben", ix)

    assert (told.id, told.details["by"]) == ("pick_ringing", "Ana")
    assert [one.agent_id for one in world.state.live_offers(ix)] == ["ana"]
    world.answer(ix)
    told = refusal(world, "ben", ix)
    assert (told.id, told.details["by"]) == ("pick_answered", "Ana")


def test_asked_again_it_is_the_same_offer() -> None:
    world = World()
    world.agent("ana")
    rests(world, "ana")
    ix = world.call("c1")

    assert pick(world, "ana", ix) == pick(world, "ana", ix)
    assert len(world.state.live_offers(ix)) == 1


def test_a_caller_who_is_gone_or_never_was_is_not_picked() -> None:
    world = World()
    world.agent("ana")
    rests(world, "ana")
    ix = world.call("c1")
    world.caller_leaves(ix)

    for gone in (ix, "ix-none"):
        error = refusal(world, "ana", gone)
        assert isinstance(error, NotFound)
        assert error.id == "call_gone"


def test_who_is_out_busy_or_without_a_phone_does_not_pick() -> None:
    world = World(misses_to_pause=0)
    world.agent("ana")
    rests(world, "ana")
    mine = world.call("c0")
    pick(world, "ana", mine)
    ix = world.call("c1")
    assert refusal(world, "ana", ix).details["reason"] == "reserved"
    world.answer(mine)
    busy = refusal(world, "ana", ix)
    assert (busy.id, busy.details["reason"]) == ("pick_not_free", "busy")
    world.agent("cho", reachable=False)
    assert refusal(world, "cho", ix).id == "pick_no_phone"
    world.say(SignOutAgent(actor="cho", agent_id="cho"))
    assert isinstance(refusal(world, "cho", ix), Refused)
    assert isinstance(refusal(world, "nobody", ix), Refused)
    assert world.ix(ix).state is InteractionState.queued


def test_who_is_paused_picks_and_is_paused_after_the_call() -> None:
    world = World()
    world.agent("ben", Presence.paused)
    first, second = world.call("c1"), world.call("c2")

    pick(world, "ben", second)
    offer = world.answer(second)
    assert world.ix(second).state is InteractionState.active
    world.agent_leg_ends(second, offer)
    world.say(FinishWrapUp(actor="ben", interaction_id=second))

    ben = world.state.agents["ben"]
    assert (ben.presence, ben.duty, ben.standing) == (Presence.paused, Duty.idle, Standing.paused)
    assert world.ix(first).state is InteractionState.queued


def test_a_phone_that_the_switchs_own_queue_rings_is_in_use() -> None:
    world = World()
    ana = world.agent("ana")
    world.switch_rings(ana.endpoint or "")
    ix = world.call("c1")
    assert refusal(world, "ana", ix).id == "pick_phone_in_use"
    world.switch_rings(ana.endpoint or "", rings=False)
    world.say(ev.PhoneChanged(endpoint=ana.endpoint or "", reachable=True))
    assert world.offer_to(ix).agent_id == "ana"


def test_while_the_link_is_down_nobody_is_picked() -> None:
    world = World()
    world.agent("ana")
    rests(world, "ana")
    ix = world.call("c1")
    world.say(ev.SwitchLost(reason="closed"))
    assert isinstance(refusal(world, "ana", ix), LinkDown)


def test_a_caller_in_the_switchs_own_queue_is_that_queues() -> None:
    world = World()
    world.agent("ana")
    rests(world, "ana")
    ix = world.call("c1")
    world.say(ev.CallerInFallback(interaction_id=ix, leg="c1", ringing=False))
    assert refusal(world, "ana", ix).id == "pick_in_fallback"


def test_whoever_does_not_serve_the_queue_may_not_but_a_right_that_reaches_all_may() -> None:
    world = two_queues()
    world.agent("cho")
    ix = world.call("c1")

    error = refusal(world, "cho", ix)

    assert isinstance(error, Forbidden)
    assert (error.id, error.details["reason"]) == ("pick_not_served", "not_in_queue")
    pick(world, "cho", ix, anywhere=True)
    assert world.offer_to(ix).agent_id == "cho"


def test_who_lacks_a_skill_may_not_and_who_is_to_help_out_at_a_later_step_may_now() -> None:
    world = two_queues()
    edits = (
        Edit("skill", "french", {"name": "French"}),
        Edit("profile", "ana", {"skills": {"french": 3}}),
        Edit("profile", "ben", {"skills": {"french": 1}}),
        Edit("queue", "main", {"skills": {"french": 3}, "steps": [{"after_seconds": 60, "skills": {"french": 1}}]}),
    )
    world.say(ChangeSetUp(actor="adm", edits=edits))
    world.agent("ben")
    world.agent("cho")
    world.say(ChangeSetUp(actor="adm", edits=(Edit("queue", "main", {"members": ["ana", "ben", "cho"]}),)))
    ix = world.call("c1")

    assert refusal(world, "cho", ix).details["reason"] == "lacks_skill_french"
    assert world.ix(ix).state is InteractionState.queued, "Ben is no help before the step"
    pick(world, "ben", ix)
    assert world.offer_to(ix).agent_id == "ben"


def test_a_caller_who_waits_for_another_agent_alone_can_be_picked() -> None:
    world = World(lost_phone_seconds=20)
    world.agent("ana")
    ix = world.call("c1")
    offer = world.answer(ix)
    world.agent_leg_ends(ix, offer, cause=44)
    world.say(ev.CallerWaits(interaction_id=ix, leg="c1"))
    ben = world.agent("ben")
    assert world.ix(ix).prefer_agent == "ana"
    assert not world.offers(ix)

    pick(world, ben.id, ix)

    assert world.offer_to(ix).agent_id == "ben"


@pytest.mark.parametrize("strategy", list(Strategy))
def test_nobody_else_is_rung_beside_a_picked_offer_and_nobodys_turn_is_used_up(strategy: Strategy) -> None:
    world = two_queues(strategy=strategy.value)
    world.agent("cho")
    ix = world.call("c1")
    rounds = list(world.state.rounds)
    pick(world, "cho", ix, anywhere=True)
    world.agent("ana")
    world.agent("ben")
    world.wait(10)

    assert set(world.offers(ix)) == {"cho"}
    assert list(world.state.rounds) == rounds


def test_the_record_says_who_picked_and_of_everybody_else_what_is_true() -> None:
    world = World(phones=8, lost_phone_seconds=20)
    world.agent("ana")
    world.agent("ben", Presence.paused)
    world.agent("dan", reachable=False)
    ix = world.call("c1")
    offer = world.answer(ix)
    world.agent_leg_ends(ix, offer, cause=44)
    world.say(ev.CallerWaits(interaction_id=ix, leg="c1"))
    for name in ("eva", "fay", "gus"):
        world.agent(name)
    edits = (
        Edit("skill", "french", {"name": "French"}),
        Edit("profile", "eva", {"skills": {"french": 5}}),
        Edit("profile", "fay", {"skills": {"french": 5}}),
        Edit("queue", "main", {"skills": {"french": 5}}),
    )
    world.say(ChangeSetUp(actor="adm", edits=edits))

    pick(world, "gus", ix, anywhere=True)

    considered = {one.agent_id: one for one in world.considered(world.offer_to(ix))}
    assert {key: (one.verdict, one.reason) for key, one in considered.items()} == {
        "gus": ("chosen", "picked"),
        "eva": ("passed", "picked_by_another"),
        "fay": ("passed", "picked_by_another"),
        "ana": ("rejected", "resting"),
        "ben": ("rejected", "paused_start"),
        "dan": ("rejected", "phone_lost"),
    }
    assert (considered["gus"].score, considered["eva"].score) == (None, considered["eva"].idle_seconds)
