"""Who may do what to whose row."""

from __future__ import annotations

import itertools

import pytest

from kernel.access import GRANTS, Actor, Decision, Ownership, Right, Role, Scope, may, scope_of

pytestmark = pytest.mark.unit

MINE = Ownership("me", "a")
COLLEAGUES = Ownership("other", "a")
STRANGERS = Ownership("other", "b")
TEAMS = Ownership(None, "a")
NOBODYS = Ownership()


def actor(*roles: Role) -> Actor:
    return Actor("me", frozenset(roles), frozenset({"a"}))


def test_every_role_says_for_every_right_what_it_reaches() -> None:
    for role, right in itertools.product(Role, Right):
        scope = GRANTS[role].get(right)
        reached = [may(actor(role), right, row).ok for row in (MINE, COLLEAGUES, STRANGERS)]
        assert reached == [scope is not None, scope in (Scope.team, Scope.all), scope is Scope.all], (role, right)
        assert may(actor(role), right).ok is (scope is not None)


def test_nobody_without_a_role_may_anything() -> None:
    assert not any(may(actor(), right, MINE).ok for right in Right)


@pytest.mark.parametrize("right", [Right.user_manage, Right.session_manage, Right.setup_write, Right.audit_read])
def test_only_administrators_manage(right: Right) -> None:
    assert [role for role in Role if may(actor(role), right).ok] == [Role.admin]


@pytest.mark.parametrize("right", [Right.desk_use, Right.call_own])
def test_administrators_serve_no_calls(right: Right) -> None:
    assert [role for role in Role if may(actor(role), right).ok] == [role for role in Role if role is not Role.admin]


@pytest.mark.parametrize(
    ("role", "row", "expected"),
    [
        (Role.agent, MINE, Decision(True, "granted", Scope.own)),
        (Role.agent, COLLEAGUES, Decision(False, "not_own", Scope.own)),
        (Role.agent, NOBODYS, Decision(False, "not_own", Scope.own)),
        (Role.supervisor, COLLEAGUES, Decision(True, "granted", Scope.team)),
        (Role.supervisor, TEAMS, Decision(True, "granted", Scope.team)),
        (Role.supervisor, STRANGERS, Decision(False, "not_in_team", Scope.team)),
        (Role.supervisor, NOBODYS, Decision(False, "not_in_team", Scope.team)),
        (Role.admin, NOBODYS, Decision(True, "granted", Scope.all)),
    ],
)
def test_the_decision_gives_its_reason(role: Role, row: Ownership, expected: Decision) -> None:
    assert may(actor(role), Right.recording_list, row) == expected


def test_a_missing_right_says_so() -> None:
    assert may(actor(Role.agent), Right.user_manage, MINE) == Decision(False, "no_right", None)


def test_several_roles_give_the_widest_reach() -> None:
    assert scope_of(actor(Role.agent, Role.supervisor), Right.recording_list) is Scope.team
    assert scope_of(actor(Role.agent, Role.supervisor, Role.admin), Right.recording_list) is Scope.all
    assert may(actor(Role.agent, Role.admin), Right.desk_use).ok


def test_a_row_without_an_owner_is_never_taken_for_ones_own() -> None:
    nameless = Actor("", frozenset({Role.agent}))
    assert not may(nameless, Right.recording_list, Ownership(None, None)).ok
