"""The platform dies while a dial is still being asked, and the switch's own queue joins that very agent to a caller:
what a start makes of it. The agent has the caller, the dial is over without a call, and the number is free."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from cti.orders import RingDialler
from routing.attempts import AttemptState, Outcome
from routing.dialling import AskPermit, DialNumber
from routing.messages import FinishWrapUp, HangUpCall
from routing.rows import Duty, InteractionState, StintState
from tests.unit.routing.bench import Bench
from tests.unit.routing.little_legs import Leg
from tests.unit.routing.little_office import NUMBERS

pytestmark = pytest.mark.unit

ANAS = "cti-phone-01"


def asks(bench: Bench) -> None:
    """The permit is asked for; nobody has answered."""
    assert bench.take(DialNumber(actor="ana", number=NUMBERS[0]))
    assert any(isinstance(one, AskPermit) for one in bench.lookups)


def is_granted_unheard(bench: Bench) -> None:
    """The office has committed the permit, and its answer is lost with the platform."""
    asks(bench)
    bench.kill(executed=True)
    assert len(bench.office.permits) == 1


def is_permitted(bench: Bench) -> None:
    """The platform knows of the permit; the order to ring the agent's phone is lost with it."""
    asks(bench)
    while bench.lookups:
        bench.look_up()
    bench.hear()
    assert any(isinstance(one, RingDialler) for lane in bench.busy_lanes() for one in bench.lanes[lane])


HOW_FAR = pytest.mark.parametrize(
    ("how_far", "reason"), [(asks, "restarted"), (is_granted_unheard, "restarted"), (is_permitted, "leg_gone")]
)


def the_queue_joins_ana_to_a_caller(bench: Bench) -> tuple[Leg, Leg]:
    """While nobody is there: the caller and the phone that answered."""
    caller = bench.switch.arrive("1700000000.1", "+34600777888")
    bench.wait(8)
    bench.switch.fallback_rings(caller, ANAS)
    (phone,) = bench.companions(caller)
    bench.switch.answer(phone)
    return caller, phone


@HOW_FAR
def test_given_a_dial_not_rung_yet_and_its_agent_joined_by_the_switch_then_they_talk_and_nothing_is_dialled(
    how_far: Callable[[Bench], None], reason: str
) -> None:
    bench = Bench()
    how_far(bench)
    bench.kill()
    caller, phone = the_queue_joins_ana_to_a_caller(bench)

    bench.start()
    bench.link()
    bench.wait(1)

    state = bench.rooms.routing
    (stint,) = [one for one in state.stints if one.state is StintState.joined]
    talk = state.interactions[stint.interaction_id]
    assert (stint.agent_id, stint.leg, talk.leg) == ("ana", phone.id, caller.id)
    assert (talk.state, talk.direction) == (InteractionState.active, "inbound")
    assert (caller.peer, state.agents["ana"].duty) == (phone.id, Duty.busy)
    (dial,) = bench.disk["attempts"].values()
    assert (dial.state, dial.outcome, dial.reason) == (AttemptState.ended, Outcome.failed, reason)
    bench.wait(60)
    assert (bench.switch.dialled, bench.dialled(), bench.switch.wrongs) == ([], [], [])
    assert bench.take(DialNumber(actor="ben", number=NUMBERS[0]))
    bench.pump()
    assert bench.rooms.routing.agents["ben"].duty is Duty.reserved, "the number is free"
    assert bench.rooms.routing.agents["ana"].duty is Duty.busy

    assert bench.take(HangUpCall(actor="ana", interaction_id=stint.interaction_id))
    bench.wait(1)
    assert bench.take(FinishWrapUp(actor="ana", interaction_id=stint.interaction_id, disposition_id="resolved"))
    assert bench.rooms.routing.agents["ana"].duty is Duty.idle
