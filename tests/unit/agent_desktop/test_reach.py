"""How far a right reaches, as a resource asks it; and the choices of a desk, which stand in one place each."""

from __future__ import annotations

from typing import Any, cast

import pytest

from agent_desktop.api import Ask
from agent_desktop.deskview import Person
from agent_desktop.people import SignedIn
from agent_desktop.projection import Projection
from agent_desktop.resources.calls import WrapUp
from agent_desktop.resources.customers import NoteForm
from crm_core.activities.service import MAX_NOTE
from kernel.access import Actor, Ownership, Right, Role
from routing.agents import PAUSE_REASONS

pytestmark = pytest.mark.unit

MINE, TEAMS, OTHERS = Ownership("usr-1"), Ownership("usr-2", "te-1"), Ownership("usr-3", "te-2")


def ask(*roles: Role) -> Ask:
    person = Person("usr-1", "Ann", "ann", tuple(roles), "en")
    who = SignedIn("se-1", "token", "csrf", person, Actor("usr-1", frozenset(roles), frozenset({"te-1"})))
    return Ask(cast(Any, None), who, None, None)


@pytest.mark.parametrize(
    ("role", "right", "reached"),
    [
        (Role.agent, Right.recording_list, [True, False, False]),
        (Role.supervisor, Right.recording_list, [True, True, False]),
        (Role.admin, Right.recording_list, [True, True, True]),
        (Role.sales, Right.ticket_write, [True, False, False]),
        (Role.agent, Right.call_watch, [False, False, False]),
    ],
)
def test_given_a_right_then_it_reaches_own_rows_those_of_the_team_or_all(
    role: Role, right: Right, reached: list[bool]
) -> None:
    assert [ask(role).reaches(right, [row]) for row in (MINE, TEAMS, OTHERS)] == reached


def test_given_several_owners_then_one_is_enough_and_none_is_not() -> None:
    assert ask(Role.agent).reaches(Right.recording_list, [OTHERS, MINE])
    assert not ask(Role.admin).reaches(Right.recording_list, [])


def test_a_desk_offers_the_reasons_that_routing_takes() -> None:
    desk = Projection().desk(Person("usr-1", "Ann", "ann", ("agent",), "en"))

    assert desk["settings"]["pause_reasons"] == list(PAUSE_REASONS)


def test_a_note_is_as_long_wherever_it_is_written() -> None:
    text = "x" * MAX_NOTE

    assert NoteForm(text=text).text == WrapUp(disposition="solved", note=text).note
    for form in (lambda: NoteForm(text=f"{text}x"), lambda: WrapUp(disposition="solved", note=f"{text}x")):
        with pytest.raises(ValueError, match=f"at most {MAX_NOTE} characters"):
            form()
