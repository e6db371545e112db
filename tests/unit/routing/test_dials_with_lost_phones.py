"""An agent's phone is lost in a talk with a number that they dialled: the number waits, and the agent has one call."""

from __future__ import annotations

import pytest

from agent_desktop.projection import Projection
from routing.attempts import AttemptState
from routing.dialling import DialNumber
from routing.messages import SetPresence
from routing.rows import Duty, InteractionState, Presence, Reach
from server.ports import plain_batch
from tests.unit.routing.bench import Bench
from tests.unit.routing.little_legs import Leg
from tests.unit.routing.little_office import NUMBERS

pytestmark = pytest.mark.unit

ANAS = "cti-phone-01"


def number_of_a_lost_phone() -> tuple[Bench, Leg]:
    """Ana talked to a number that she dialled; her phone lost its sound and is registered again."""
    bench = Bench()
    bench.pump()
    assert bench.take(DialNumber(actor="ana", number=NUMBERS[0]))
    bench.pump()
    (phone,) = bench.agent_legs()
    bench.switch.answer(phone)
    bench.pump()
    (number,) = bench.dialled()
    bench.switch.answer(number)
    bench.pump()
    assert number.peer == phone.id
    bench.switch.contact_goes(ANAS, silent=True)
    bench.pump()
    return bench, number


def test_given_a_number_whose_agents_phone_was_lost_then_it_waits_first_and_the_agent_is_free() -> None:
    bench, number = number_of_a_lost_phone()
    state = bench.rooms.routing
    waiting = state.interactions[number.ix]
    assert (waiting.state, waiting.front, waiting.prefer_agent) == (InteractionState.queued, True, "ana")
    (attempt,) = state.attempts
    assert attempt.state is AttemptState.bridged, "the number is on the line: nobody may dial it"
    ana = state.agents["ana"]
    assert (ana.duty, ana.device) == (Duty.idle, Reach.reachable)
    assert bench.take(DialNumber(actor="ben", number=NUMBERS[0]))
    bench.pump()
    assert (len(bench.switch.dialled), state.agents["ben"].duty) == (1, Duty.idle), "the office refused"


def test_given_the_agent_dials_another_then_that_is_their_only_call_and_the_first_number_goes_to_a_colleague() -> None:
    bench, number = number_of_a_lost_phone()
    state = bench.rooms.routing
    assert bench.take(DialNumber(actor="ana", number=NUMBERS[1]))
    assert not bench.take(DialNumber(actor="ana", number=NUMBERS[1])), "she calls already"
    bench.wait(22)
    offers = [one for one in state.offers if one.ended_at is None]
    assert offers
    assert "ana" not in {one.agent_id for one in offers}
    (ours,) = [leg for leg in bench.agent_legs() if leg.endpoint == offers[0].endpoint]
    bench.switch.answer(ours)
    bench.pump()
    assert number.peer == ours.id
    assert not bench.switch.wrongs


def test_given_the_phone_is_back_then_the_number_is_offered_to_its_agent_who_cannot_dial_meanwhile() -> None:
    bench, number = number_of_a_lost_phone()
    bench.wait(1.5)
    (offer,) = [one for one in bench.rooms.routing.offers if one.ended_at is None]
    assert (offer.agent_id, offer.interaction_id) == ("ana", number.ix)
    assert not bench.take(DialNumber(actor="ana", number=NUMBERS[1]))
    (phone,) = bench.agent_legs()
    bench.switch.answer(phone)
    bench.pump()
    assert number.peer == phone.id
    assert bench.rooms.routing.agents["ana"].duty is Duty.busy


def test_given_the_first_number_hangs_up_while_the_agent_dials_another_then_their_desk_goes_on_showing_that() -> None:
    bench, number = number_of_a_lost_phone()
    for name in ("ben", "cho"):
        assert bench.take(SetPresence(actor=name, agent_id=name, presence=Presence.paused, reason="break"))
    assert bench.take(DialNumber(actor="ana", number=NUMBERS[1]))
    bench.pump()
    (phone,) = bench.agent_legs()
    bench.switch.answer(phone)
    bench.pump()
    bench.switch.caller_leaves(number)
    bench.pump()
    screen = Projection()
    for published in bench.published:
        screen.apply(plain_batch(published))
    (shown,) = screen.rows("attempts")
    assert (shown["number"], shown["state"]) == (NUMBERS[1], "dialing")
    assert bench.rooms.routing.agents["ana"].duty is Duty.reserved
