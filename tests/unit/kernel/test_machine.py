"""A state machine has one door for commands and one for facts."""

from __future__ import annotations

from enum import StrEnum

import pytest

from kernel.errors import IllegalCommand
from kernel.machine import Machine, table

pytestmark = pytest.mark.unit


class Door(StrEnum):
    open = "open"
    shut = "shut"
    gone = "gone"


def machine() -> Machine[Door]:
    return Machine(
        "door",
        Door,
        Door.shut,
        commands=table((Door.shut, "open", Door.open), (Door.open, "shut", Door.shut)),
        facts=table(((Door.open, Door.shut), "burnt", Door.gone)),
    )


def test_a_command_moves_on() -> None:
    assert machine().after(Door.shut, "open") is Door.open
    assert machine().allows(Door.shut, "open")


def test_an_illegal_command_is_refused_by_name() -> None:
    with pytest.raises(IllegalCommand) as refused:
        machine().after(Door.gone, "open")
    assert refused.value.id == "door_open_not_now"
    assert refused.value.status == 409
    assert refused.value.details == {"machine": "door", "state": "gone", "command": "open"}
    assert not machine().allows(Door.gone, "open")


def test_a_fact_is_no_command_and_a_command_no_fact() -> None:
    subject = machine()
    assert not subject.allows(Door.open, "burnt")
    assert subject.observe(Door.shut, "open") is Door.shut


def test_a_late_or_repeated_fact_is_ignored_and_counted() -> None:
    subject = machine()

    once = subject.observe(Door.open, "burnt")
    again = subject.observe(once, "burnt")

    assert once is again is Door.gone
    assert subject.ignored == {("gone", "burnt"): 1}


def test_terminal_states_are_those_that_nothing_leaves() -> None:
    assert machine().terminal == {Door.gone}


def test_two_transitions_for_one_verb_are_an_error() -> None:
    with pytest.raises(ValueError, match="two transitions"):
        table((Door.open, "shut", Door.shut), ((Door.shut, Door.open), "shut", Door.gone))
