"""The allowance of a socket."""

from __future__ import annotations

import pytest

from agent_desktop.flood import MESSAGES, SECONDS, Allowance

pytestmark = pytest.mark.unit


def test_given_a_burst_then_so_many_pass_and_no_more() -> None:
    allowance = Allowance()

    assert [allowance.take(5.0) for _ in range(MESSAGES + 1)] == [True] * MESSAGES + [False]


def test_given_an_even_pace_then_it_never_ends() -> None:
    allowance, step = Allowance(), SECONDS / MESSAGES

    assert all(allowance.take(number * step) for number in range(MESSAGES * 10))


def test_given_a_pause_then_no_more_than_a_burst_is_saved_up() -> None:
    allowance = Allowance()
    allowance.take(0.0)

    assert sum(allowance.take(3600.0) for _ in range(MESSAGES * 3)) == MESSAGES
