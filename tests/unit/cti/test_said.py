"""What was to be said to a caller: how its end is told, by the switch or by a snapshot, once."""

import pytest

from cti.ami.parse import Malformed, parse
from cti.events import CallerHeard
from cti.facts import Heard, LegSaid
from kernel.messages import Event
from tests.support.callbook import CALLER_WAITS, Desk, seen
from tests.unit.cti.test_reconcile import snapshot

pytestmark = pytest.mark.unit

ENDED = b"Event: UserEvent\r\nChannel: PJSIP/trunk-1\r\nUniqueid: c1\r\nUserEvent: CtiSaid\r\nIx: ix-c1\r\n"


def waiting() -> Desk:
    desk = Desk()
    desk.take(*CALLER_WAITS)
    return desk


def said(step: str = "an-1", result: Heard = Heard.played, leg: str = "c1") -> LegSaid:
    return LegSaid(leg=leg, interaction_id="ix-c1", step=step, result=result)


def heard(events: list[Event]) -> list[tuple[str, bool, bool]]:
    return [(one.step, one.done, one.missing) for one in events if isinstance(one, CallerHeard)]


def test_given_the_kits_word_then_it_is_a_fact() -> None:
    assert parse(ENDED + b"Step: an-1\r\nResult: cut") == said(result=Heard.cut)


@pytest.mark.parametrize("rest", [b"Step: an-1", b"Result: played", b"Step: an-1\r\nResult: else"])
def test_given_half_a_word_then_it_is_refused(rest: bytes) -> None:
    with pytest.raises(Malformed):
        parse(ENDED + rest)


@pytest.mark.parametrize(
    ("result", "done", "missing"),
    [(Heard.played, True, False), (Heard.missing, False, True), (Heard.cut, False, False)],
)
def test_given_the_end_of_something_said_then_it_is_told_once(result: Heard, done: bool, missing: bool) -> None:
    desk = waiting()
    assert heard(desk.take(said(result=result))) == [("an-1", done, missing)]
    assert heard(desk.take(said(result=result))) == []


def test_given_a_caller_who_left_or_is_not_known_then_nothing_is_told() -> None:
    assert heard(waiting().take(said(leg="c9"))) == []


def test_given_an_end_that_nobody_heard_of_then_the_snapshot_tells_it_once() -> None:
    desk = waiting()
    assert heard(desk.take(snapshot(seen("c1", said="an-1:missing")))) == [("an-1", False, True)]
    assert heard(desk.take(snapshot(seen("c1", said="an-1:missing")))) == []
    assert heard(desk.take(snapshot(seen("c1", said="an-2:played")))) == [("an-2", True, False)]


@pytest.mark.parametrize("value", ["", "an-1", "an-1:", ":played", "an-1:else"])
def test_given_a_variable_that_is_nothing_of_ours_then_the_snapshot_tells_nothing(value: str) -> None:
    assert heard(waiting().take(snapshot(seen("c1", said=value)))) == []
