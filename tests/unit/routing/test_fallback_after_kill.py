"""The agent's leg ends while the platform is dead, and the switch's own queue takes the customer: what a start makes of
it, for callers and for numbers that were dialled. They are who they were, and nobody is torn out of a talk (P1)."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from cti.facts import Place
from cti.orders import DialOut, HangUp, QueueCaller
from routing.attempts import AttemptState
from routing.dialling import DialNumber
from routing.messages import FinishWrapUp, HangUpCall, HoldCall
from routing.rows import Duty, InteractionState, StintState
from tests.unit.routing.bench import Bench
from tests.unit.routing.little_legs import Leg
from tests.unit.routing.little_office import NUMBERS

pytestmark = pytest.mark.unit

HUNG_UP, LOST = 16, 44
THIRD = "cti-phone-03"


def calls(bench: Bench) -> tuple[Leg, Leg]:
    """Somebody calls and an agent answers."""
    customer = bench.switch.arrive("1700000000.1", "+34600111222")
    bench.wait(1)
    (leg,) = bench.agent_legs()
    bench.switch.answer(leg)
    bench.wait(1)
    return customer, leg


def is_dialled(bench: Bench) -> tuple[Leg, Leg]:
    """Ana dials somebody who answers."""
    customer, leg = rings(bench)
    bench.switch.answer(customer)
    bench.wait(1)
    return customer, leg


def rings(bench: Bench) -> tuple[Leg, Leg]:
    assert bench.take(DialNumber(actor="ana", number=NUMBERS[0]))
    bench.pump()
    (leg,) = bench.agent_legs()
    bench.switch.answer(leg)
    bench.wait(1)
    (customer,) = bench.dialled()
    return customer, leg


def the_queue_has(bench: Bench, customer: Leg, how: str) -> None:
    bench.wait(8)
    assert customer.place is Place.fallback
    if how != "unrung":
        bench.switch.fallback_rings(customer, THIRD)
    if how == "served":
        bench.switch.answer(bench.companions(customer)[0])


def comes_back(bench: Bench, customer: Leg, how: str) -> list[str]:
    """A start; returns the orders that it gave about the customer."""
    before = len(bench.sent)
    bench.start()
    bench.link()
    bench.wait(0.5)
    state = bench.rooms.routing
    interaction = state.interactions[customer.ix]
    assert bench.switch.wrongs == []
    assert customer.id in bench.switch.legs
    assert (interaction.leg, interaction.ended_at) == (customer.id, None)
    talks = [one.leg for one in state.stints if one.state is StintState.joined]
    if how == "served":
        assert interaction.state is InteractionState.active
        assert talks == [customer.peer]
    elif how == "rung":
        assert interaction.state is InteractionState.in_fallback
        assert bench.companions(customer), "the phone rings on"
        assert talks == []
    else:
        assert customer.place is Place.waiting or customer.peer
    orders = (one for one in bench.sent[before:] if isinstance(one, HangUp | QueueCaller | DialOut))
    return [type(one).__name__ for one in orders if getattr(one, "leg", customer.id) == customer.id]


HOW = pytest.mark.parametrize(("how", "orders"), [("unrung", ["QueueCaller"]), ("rung", []), ("served", [])])


@HOW
@pytest.mark.parametrize("cause", [HUNG_UP, LOST])
@pytest.mark.parametrize("talk", [calls, is_dialled])
def test_given_a_customer_on_hold_then_they_are_who_they_were(
    talk: Callable[[Bench], tuple[Leg, Leg]], cause: int, how: str, orders: list[str]
) -> None:
    bench = Bench()
    customer, leg = talk(bench)
    (stint,) = bench.rooms.routing.stints
    assert bench.take(HoldCall(actor=stint.agent_id, interaction_id=customer.ix))
    bench.wait(1)
    bench.kill()
    bench.switch.agent_leg_ends(leg, cause)
    the_queue_has(bench, customer, how)
    assert comes_back(bench, customer, how) == orders
    assert len(bench.switch.dialled) == (talk is is_dialled)


@HOW
@pytest.mark.parametrize("talk", [calls, is_dialled])
def test_given_a_talk_whose_phone_was_lost_then_the_customer_is_who_they_were(
    talk: Callable[[Bench], tuple[Leg, Leg]], how: str, orders: list[str]
) -> None:
    bench = Bench()
    customer, leg = talk(bench)
    bench.kill()
    bench.switch.agent_leg_ends(leg, LOST)
    the_queue_has(bench, customer, how)
    assert comes_back(bench, customer, how) == orders
    assert len(bench.switch.dialled) == (talk is is_dialled)


@HOW
def test_given_a_number_that_answered_and_talked_unheard_then_it_was_reached_and_is_not_dialled_again(
    how: str, orders: list[str]
) -> None:
    """Killed while it rang: nobody told us of the talk, and without it the dial would seem given up."""
    bench = Bench()
    customer, leg = rings(bench)
    bench.kill()
    bench.switch.answer(customer)
    bench.switch.agent_leg_ends(leg, LOST)
    the_queue_has(bench, customer, how)
    assert comes_back(bench, customer, how) == orders
    (attempt,) = bench.rooms.routing.attempts
    assert attempt.state is AttemptState.bridged
    assert len(bench.switch.dialled) == 1


@pytest.mark.parametrize("talk", [calls, is_dialled])
def test_given_the_same_agent_in_wrap_up_whom_the_queue_rang_then_they_can_end_that_talk_and_wrap_up_both(
    talk: Callable[[Bench], tuple[Leg, Leg]],
) -> None:
    bench = Bench()
    customer, leg = talk(bench)
    (stint,) = bench.rooms.routing.stints
    who = {"actor": stint.agent_id, "interaction_id": customer.ix}
    assert bench.take(HoldCall(**who))
    bench.wait(1)
    bench.kill()
    bench.switch.agent_leg_ends(leg, HUNG_UP)
    the_queue_has(bench, customer, "unrung")
    bench.switch.fallback_rings(customer, leg.endpoint)
    bench.switch.answer(bench.companions(customer)[0])
    comes_back(bench, customer, "served")
    assert bench.take(HangUpCall(**who))
    bench.wait(1)
    assert bench.switch.legs == {}
    for _ in range(2):
        assert bench.take(FinishWrapUp(**who, disposition_id="resolved"))
    assert bench.rooms.routing.agents[stint.agent_id].duty is Duty.idle


@pytest.mark.parametrize("talk", [calls, is_dialled])
@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_given_an_agent_in_wrap_up_whom_the_queue_rang_for_another_then_they_are_free_when_both_are_wrapped_up(
    talk: Callable[[Bench], tuple[Leg, Leg]], order: tuple[int, int]
) -> None:
    bench = Bench()
    customer, leg = talk(bench)
    state = bench.rooms.routing
    (stint,) = state.stints
    bench.switch.caller_leaves(customer)
    bench.wait(1)
    bench.kill()
    other = bench.switch.arrive("1700000000.2", "+34600333444")
    the_queue_has(bench, other, "unrung")
    bench.switch.fallback_rings(other, leg.endpoint)
    bench.switch.answer(bench.companions(other)[0])
    comes_back(bench, other, "served")
    state = bench.rooms.routing
    assert (state.agents[stint.agent_id].duty, parts(bench, stint.agent_id)) == (Duty.busy, ["joined", "wrapping"])
    bench.switch.caller_leaves(other)
    bench.wait(1)
    assert (state.agents[stint.agent_id].duty, parts(bench, stint.agent_id)) == (Duty.wrapping, ["wrapping"] * 2)
    wraps = [customer.ix, other.ix]
    for left, nth in zip((Duty.wrapping, Duty.idle), order, strict=True):
        done = FinishWrapUp(actor=stint.agent_id, interaction_id=wraps[nth], disposition_id="resolved")
        assert bench.take(done)
        assert state.agents[stint.agent_id].duty is left


def parts(bench: Bench, agent_id: str) -> list[str]:
    """What the agent has in hand."""
    stints = bench.rooms.routing.stints.where("agent_id", agent_id)
    return sorted(one.state for one in stints if one.state is not StintState.done)


@pytest.mark.parametrize("talk", [calls, is_dialled])
def test_given_a_customer_whom_the_queue_gives_up_then_they_wait_for_us_again(
    talk: Callable[[Bench], tuple[Leg, Leg]],
) -> None:
    bench = Bench()
    customer, leg = talk(bench)
    bench.kill()
    bench.switch.agent_leg_ends(leg, LOST)
    the_queue_has(bench, customer, "rung")
    comes_back(bench, customer, "rung")
    bench.switch.agent_leg_ends(bench.companions(customer)[0], 19)
    bench.wait(1)
    assert bench.rooms.routing.interactions[customer.ix].state in (InteractionState.queued, InteractionState.offered)
    assert bench.switch.wrongs == []
