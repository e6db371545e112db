"""The pool of phones and who leases them: sign-in, sign-out, presence chosen in a call."""

from __future__ import annotations

import pytest

from cti import events as ev
from kernel.errors import Refused
from routing.messages import FinishWrapUp, SetPresence, SignInAgent, SignOutAgent
from routing.rows import Duty, Presence
from tests.unit.routing.world import World, talking

pytestmark = pytest.mark.unit


def test_a_presence_chosen_while_busy_is_taken_afterwards() -> None:
    world, ix = talking()
    world.say(SetPresence(actor="ana", agent_id="ana", presence=Presence.paused, reason="lunch"))
    assert world.state.agents["ana"].presence is Presence.ready
    world.call("c2")
    world.caller_leaves(ix)
    world.say(FinishWrapUp(actor="ana", interaction_id=ix, disposition_id="resolved"))
    agent = world.state.agents["ana"]
    assert (agent.presence, agent.pause_reason, agent.duty) == (Presence.paused, "lunch", Duty.idle)


def test_signing_out_in_a_call_is_refused_and_in_wrap_up_waits_for_its_end() -> None:
    world, ix = talking()
    with pytest.raises(Refused) as refusal:
        world.say(SignOutAgent(actor="ana", agent_id="ana"))
    assert refusal.value.id == "call_in_hand"
    world.caller_leaves(ix)
    world.say(SignOutAgent(actor="ana", agent_id="ana"))
    assert world.state.agents["ana"].endpoint == "cti-phone-01"
    world.wait(60)
    assert world.state.agents["ana"].presence is Presence.out
    assert world.state.phones["cti-phone-01"].agent_id is None


def test_the_pool_of_phones_can_be_exhausted_and_signing_in_again_keeps_the_phone() -> None:
    world = World(phones=1)
    world.agent("ana")
    assert world.say(SignInAgent(actor="ana", agent_id="ana", name="Ana")) == "cti-phone-01"
    with pytest.raises(Refused) as refusal:
        world.say(SignInAgent(actor="ben", agent_id="ben", name="Ben"))
    assert refusal.value.id == "no_phone_free"


def test_a_phone_left_behind_without_signing_out_goes_to_the_next_agent() -> None:
    world = World(phones=1)
    world.agent("ana")
    world.say(ev.PhoneChanged(endpoint="cti-phone-01", reachable=False))
    assert world.say(SignInAgent(actor="ben", agent_id="ben", name="Ben")) == "cti-phone-01"
    assert world.state.agents["ana"].endpoint is None


def test_going_off_keeps_the_phone_until_signing_out() -> None:
    world = World()
    world.agent("ana")
    world.say(SetPresence(actor="ana", agent_id="ana", presence=Presence.out))
    assert world.state.agents["ana"].endpoint == "cti-phone-01"
    world.say(SetPresence(actor="ana", agent_id="ana", presence=Presence.ready))
    assert world.offer_to(world.call("c1")).agent_id == "ana"
