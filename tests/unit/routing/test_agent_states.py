"""What people see of an agent, and why: each change with its code; the pause after misses; who left without signing
out; the state before an outbound call."""

from __future__ import annotations

from typing import Any

import pytest

from cti import events as ev
from kernel.errors import Refused
from routing.agents import change_duty, reserve_for_outbound
from routing.messages import (
    AgentStateChanged,
    DeclineOffer,
    DeskSeen,
    DesksUnknown,
    FinishWrapUp,
    HoldCall,
    SetPresence,
    SignInAgent,
    SignOutAgent,
)
from routing.queuerows import WrapMode
from routing.rows import Agent, Duty, Presence, Standing
from routing.standing import SaveAgentState
from tests.unit.routing.world import World

pytestmark = pytest.mark.unit


def story(world: World, agent: str = "ana") -> list[tuple[str, str]]:
    """The agent's states so far, each with the code of why."""
    changes = [one for one in world.out.events if isinstance(one, AgentStateChanged) and one.agent_id == agent]
    assert [one.was for one in changes[1:]] == [one.standing for one in changes[:-1]], "no change is left out"
    written = [one for one in world.out.writes if isinstance(one, SaveAgentState) and one.agent_id == agent]
    assert [(one.standing, one.why) for one in written] == [(one.standing, one.why) for one in changes]
    assert len({one.id for one in written}) == len(written)
    return [(one.standing.value, one.why) for one in changes]


def ana(world: World) -> Agent:
    return world.state.agents["ana"]


def desk(world: World, is_open: bool, grace: int = 60) -> None:
    world.say(DeskSeen(actor="ana", agent_id="ana", open=is_open, grace=grace))


def phone(world: World, reachable: bool) -> None:
    world.say(ev.PhoneChanged(endpoint="cti-phone-01", reachable=reachable))


def test_a_whole_call_is_a_row_of_states_each_with_its_reason() -> None:
    world = World()
    world.agent("ana")
    ix = world.call("c1")
    offer = world.ring(ix)
    world.say(ev.AgentLegUp(interaction_id=ix, leg=offer.leg, endpoint=offer.endpoint))
    world.join(ix, offer.leg, offer.endpoint)
    world.say(HoldCall(actor="ana", interaction_id=ix))
    world.say(ev.CallerHeld(interaction_id=ix, leg="c1"))
    world.join(ix, offer.leg, offer.endpoint)
    world.caller_leaves(ix)
    world.say(SetPresence(actor="ana", agent_id="ana", presence=Presence.paused, reason="lunch"))
    world.say(FinishWrapUp(actor="ana", interaction_id=ix, disposition_id="sale"))
    assert story(world) == [
        ("paused", "signed_in"),
        ("ready", "chosen"),
        ("reserved", "offered"),
        ("ringing", "ringing"),
        ("talking", "joined"),
        ("held", "held"),
        ("talking", "resumed"),
        ("wrapping", "caller_hung_up"),
        ("paused", "chosen_before"),
    ]


def test_the_timer_of_a_state_begins_with_it_and_another_pause_reason_is_another_state() -> None:
    world = World()
    world.agent("ana")
    world.wait(5)
    world.say(SetPresence(actor="ana", agent_id="ana", presence=Presence.paused, reason="break"))
    began = world.at
    world.wait(5)
    world.say(SetPresence(actor="ana", agent_id="ana", presence=Presence.paused, reason="break"))
    assert ana(world).since == began, "the same state goes on"
    world.say(SetPresence(actor="ana", agent_id="ana", presence=Presence.paused, reason="lunch"))
    assert (ana(world).since, ana(world).about) == (world.at, "lunch")


def miss(world: World, ix: str) -> None:
    world.agent_leg_ends(ix, world.ring(ix), cause=19)


def test_after_two_misses_the_agent_is_paused_and_told_why_and_comes_back_by_choosing_ready() -> None:
    world = World(no_answer_delay=4)
    world.agent("ana")
    ix = world.call("c1")
    miss(world, ix)
    assert (ana(world).standing, ana(world).why) == (Standing.ready, "no_answer")
    world.wait(4)
    miss(world, ix)
    assert (ana(world).standing, ana(world).why, ana(world).missed) == (Standing.missed, "missed_too_often", 2)
    world.say(SetPresence(actor="ana", agent_id="ana", presence=Presence.ready))
    assert ana(world).missed == 0
    assert world.offers(ix).keys() == {"ana"}


def test_a_queue_may_pause_nobody_for_misses() -> None:
    world = World(no_answer_delay=1, misses_to_pause=0)
    world.agent("ana")
    ix = world.call("c1")
    for _ in range(5):
        miss(world, ix)
        world.wait(1)
    assert ana(world).presence is Presence.ready


@pytest.mark.parametrize(
    ("queue", "cause", "rest"),
    [({"no_answer_delay": 7}, 19, 7), ({"reject_delay": 3}, 21, 3), ({"busy_delay": 11}, 17, 11)],
)
def test_no_answer_reject_and_busy_rest_the_agent_apart(queue: dict[str, Any], cause: int, rest: int) -> None:
    world = World(**queue)
    world.agent("ana")
    ix = world.call("c1")
    world.agent_leg_ends(ix, world.ring(ix), cause=cause)
    world.wait(rest - 0.1)
    assert world.offers(ix) == {}
    world.wait(0.1)
    assert world.offers(ix).keys() == {"ana"}


def test_a_phone_that_never_said_it_rings_costs_the_agent_no_miss() -> None:
    """Its WebSocket is dead, and the switch does not know it yet."""
    world = World()
    world.agent("ana")
    ix = world.call("c1")
    world.wait(0.3)
    world.agent_leg_ends(ix, world.offer_to(ix), cause=19)
    assert (ana(world).missed, ana(world).why) == (0, "phone_silent")
    assert world.offers(ix) == {}, "it rests"


def test_a_phone_that_goes_while_it_rings_costs_the_agent_no_miss() -> None:
    world = World()
    world.agent("ana")
    ix = world.call("c1")
    offer = world.ring(ix)
    phone(world, False)
    world.agent_leg_ends(ix, offer, cause=19)
    assert ana(world).missed == 0
    world.wait(60)
    assert world.offers(ix) == {}, "an unreachable phone is never offered a call"
    phone(world, True)
    assert world.offers(ix).keys() == {"ana"}


def test_a_ring_of_which_the_switch_never_said_anything_is_no_miss() -> None:
    world = World()
    world.agent("ana")
    world.call("c1")
    world.wait(0.3 + 23)
    assert ana(world).missed == 0


def test_a_ring_that_ran_out_while_the_link_was_down_is_no_miss() -> None:
    world = World(misses_to_pause=1)
    world.agent("ana")
    ix = world.call("one")
    offer = world.ring(ix)
    world.say(ev.SwitchLost(reason="closed"))
    world.wait(40)
    ana = world.state.agents["ana"]
    assert (ana.presence, ana.missed, ana.duty) == (Presence.ready, 0, Duty.idle)
    world.say(ev.AgentLegUp(interaction_id=ix, leg=offer.leg, endpoint=offer.endpoint))
    world.join(ix, offer.leg, offer.endpoint)
    world.say(ev.SwitchBack(switch_version="22"))
    assert world.state.agents["ana"].standing is Standing.talking, "they had answered"


def test_whoever_closed_the_browser_without_signing_out_is_out_after_the_grace() -> None:
    world = World()
    world.agent("ana")
    desk(world, False, grace=60)
    phone(world, False)
    world.wait(59)
    assert ana(world).presence is Presence.ready
    world.wait(1)
    assert (ana(world).standing, ana(world).why, ana(world).endpoint) == (Standing.out, "desk_gone", None)
    assert world.state.phones["cti-phone-01"].agent_id is None


@pytest.mark.parametrize("back", [lambda world: desk(world, True), lambda world: phone(world, True)])
def test_a_desk_or_a_phone_that_comes_back_in_time_changes_nothing(back: Any) -> None:
    world = World()
    world.agent("ana")
    desk(world, False)
    phone(world, False)
    world.wait(59)
    back(world)
    world.wait(600)
    assert ana(world).presence is Presence.ready


def test_whoever_says_ready_without_desk_and_phone_is_out_after_the_grace_too() -> None:
    world = World()
    world.agent("ana")
    world.say(SignOutAgent(actor="ana", agent_id="ana"))
    desk(world, False, grace=60)
    world.say(SetPresence(actor="ana", agent_id="ana", presence=Presence.ready))
    world.wait(60)
    assert ana(world).standing is Standing.out


def test_a_phone_alone_keeps_the_agent_in() -> None:
    """It may stand on the table: a desk phone needs no browser."""
    world = World()
    world.agent("ana")
    desk(world, False)
    world.wait(3600)
    assert ana(world).presence is Presence.ready


def test_nobody_is_taken_out_in_mid_call_but_after_it() -> None:
    world = World(wrap_mode=WrapMode.mandatory, wrap_seconds=0)
    world.agent("ana")
    ix = world.call("c1")
    world.answer(ix)
    desk(world, False)
    phone(world, False)
    world.wait(300)
    assert (ana(world).duty, ana(world).presence) == (Duty.busy, Presence.ready)
    world.caller_leaves(ix)
    world.wait(60)
    assert (ana(world).standing, ana(world).why) == (Standing.out, "desk_gone")


def test_a_wrap_up_without_end_does_not_keep_who_has_gone() -> None:
    world = World(wrap_seconds=0)
    world.agent("ana")
    ix = world.call("c1")
    world.answer(ix)
    world.caller_leaves(ix)
    desk(world, False)
    phone(world, False)
    world.wait(121)
    assert (ana(world).standing, ana(world).duty) == (Standing.out, Duty.idle)


def test_after_a_start_desks_have_the_grace_to_come_back() -> None:
    world = World()
    world.agent("ana")
    phone(world, False)
    world.say(DesksUnknown(grace=60))
    world.wait(30)
    desk(world, True)
    world.wait(300)
    assert ana(world).presence is Presence.ready
    world.say(DesksUnknown(grace=60))
    world.wait(60)
    assert ana(world).presence is Presence.out
    world.say(SignInAgent(actor="ana", agent_id="ana", name="Ana"))
    assert ana(world).standing is Standing.paused


@pytest.mark.parametrize("presence", [Presence.ready, Presence.paused])
def test_after_an_outbound_call_the_agent_is_in_the_state_before(presence: Presence) -> None:
    world = World()
    world.agent("ana")
    waiting = None
    if presence is Presence.paused:
        world.say(SetPresence(actor="ana", agent_id="ana", presence=presence, reason="admin"))
    reserve_for_outbound(world.state, "ana")
    with pytest.raises(Refused) as refusal:
        reserve_for_outbound(world.state, "ana")
    assert refusal.value.id == "agent_busy"
    waiting = world.call("c1")
    assert world.offers(waiting) == {}, "no caller is offered meanwhile"
    for fact in ("joined", "talk_over", "wrap_over"):
        change_duty(world.state, "ana", fact, world.at)
    world.wait(0)
    reason = "admin" if presence is Presence.paused else None
    assert (ana(world).presence, ana(world).pause_reason, ana(world).duty) == (presence, reason, Duty.idle)


def test_without_a_phone_nothing_is_dialled() -> None:
    world = World()
    world.agent("ana")
    phone(world, False)
    with pytest.raises(Refused) as refusal:
        reserve_for_outbound(world.state, "ana")
    assert refusal.value.id == "phone_not_there"


def test_declining_is_said_as_declined() -> None:
    world = World()
    world.agent("ana")
    ix = world.call("c1")
    offer = world.ring(ix)
    world.say(DeclineOffer(actor="ana", offer_id=offer.id))
    world.agent_leg_ends(ix, offer)
    assert story(world)[-1] == ("ready", "declined")
