"""What is held against which system test: every channel that is left, once."""

import pytest

from tests.support.leftovers import Leftovers

pytestmark = pytest.mark.unit

SHELL = "Surrogate/PJSIP/trunk-00000012!cti-held!s!1!Down!(None)!!!!!3!14!!1795357297.5"
CALLER = "PJSIP/trunk-00000013!cti-hold!s!5!Up!Wait!1!+34600111222!!!3!2!!1795357301.9"
NONE = "0 active channels\n0 active calls\n24 calls processed\n"


def count(number: int) -> str:
    return f"{number} active channel{'s' * (number != 1)}\n1 active call\n24 calls processed\n"


def test_given_no_channel_then_nothing_is_left() -> None:
    assert Leftovers().found("\n", NONE) == []


def test_given_a_channel_then_it_is_told_to_one_test_and_to_no_later_one() -> None:
    left = Leftovers()
    assert left.found(SHELL, count(1)) == [SHELL]
    left.tell(SHELL, count(1), "test_day")

    assert left.found(SHELL, count(1)) == []
    assert left.old(SHELL) == ["Surrogate/PJSIP/trunk-00000012 is still there; it was told to test_day"]


def test_given_an_old_one_then_a_new_one_beside_it_is_told_alone() -> None:
    left = Leftovers()
    left.tell(SHELL, count(1), "test_day")

    assert left.found(f"{SHELL}\n{CALLER}\n", count(2)) == [CALLER]


def test_given_another_channel_of_the_same_name_then_it_is_a_new_one() -> None:
    left = Leftovers()
    left.tell(SHELL, count(1), "test_day")
    again = SHELL.replace("297.5", "444.8")

    assert left.found(again, count(1)) == [again]


def test_given_several_under_one_name_then_those_that_are_not_listed_are_counted_and_told_once() -> None:
    left = Leftovers()
    assert left.found(SHELL, count(4)) == [SHELL, "3 more that Asterisk counts and does not list"]
    left.tell(SHELL, count(4), "test_day")

    assert left.found(SHELL, count(4)) == []
    assert left.found(SHELL, count(5)) == ["1 more that Asterisk counts and does not list"]


def test_given_a_switch_that_does_not_answer_then_that_does_not_pass_for_empty() -> None:
    left = Leftovers()
    dead = "Unable to connect to remote asterisk\n"
    left.tell(dead, dead, "test_switch_dies")

    assert left.found(dead, dead) == ["no count of channels: 'Unable to connect to remote asterisk'"]
