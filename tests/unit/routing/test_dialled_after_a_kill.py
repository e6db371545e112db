"""An agent's phone that answered while the platform was dead: the number is dialled once, and somebody waits for it."""

from __future__ import annotations

import pytest

from routing.attempts import AttemptState
from routing.dialling import DialNumber
from tests.unit.routing.bench import Bench
from tests.unit.routing.little_office import NUMBERS

pytestmark = pytest.mark.unit


def test_given_an_answer_that_only_the_snapshot_tells_then_the_attempt_lives_while_the_number_rings() -> None:
    bench = Bench()
    assert bench.take(DialNumber(actor="ana", number=NUMBERS[0]))
    bench.pump()
    (phone,) = bench.agent_legs()
    bench.kill()
    bench.switch.answer(phone)
    bench.start()
    bench.link()
    bench.wait(2)
    (number,) = bench.dialled()
    (attempt,) = bench.rooms.routing.attempts
    assert (attempt.state, attempt.customer_leg) == (AttemptState.dialing, number.id)
    bench.switch.answer(number)
    bench.wait(1)
    assert number.peer == phone.id
    assert bench.rooms.routing.attempts[attempt.id].state is AttemptState.bridged
    assert len(bench.switch.dialled) == 1
