"""The table of routes: a rule for each, rights checked, languages chosen."""

from __future__ import annotations

from typing import Any, cast

import pytest

from agent_desktop.api import Ask, Open, Route, check_rule
from agent_desktop.deskview import Person, display_number
from agent_desktop.i18n import LANGUAGES, catalogue, translator, wanted
from agent_desktop.middleware import content_policy
from agent_desktop.people import SignedIn
from agent_desktop.settings import WebSettings
from kernel.access import Actor, Right, Role
from kernel.errors import Forbidden, NotSignedIn

pytestmark = pytest.mark.unit


async def nothing(_ask: Ask) -> None: ...


def signed_in(*roles: Role) -> SignedIn:
    person = Person("usr-1", "Ann", "ann", tuple(roles), "en")
    return SignedIn("se-1", "token", "csrf", person, Actor("usr-1", frozenset(roles)))


@pytest.mark.parametrize("rule", [None, "", "agent", 0, Role.admin])
def test_given_a_route_without_a_rule_then_it_cannot_be_built(rule: object) -> None:
    with pytest.raises(TypeError, match="who may use it"):
        Route(method="GET", path="/api/x", resource=nothing, rule=cast(Any, rule), summary="x")


def test_given_nobody_when_a_right_is_needed_then_not_signed_in() -> None:
    for rule in (Open.signed_in, Right.desk_use):
        with pytest.raises(NotSignedIn):
            check_rule(rule, None)


def test_given_a_role_when_a_right_is_needed_then_only_if_it_gives_it() -> None:
    check_rule(Open.public, None)
    check_rule(Right.desk_use, signed_in(Role.agent))
    with pytest.raises(Forbidden) as refused:
        check_rule(Right.desk_use, signed_in(Role.admin))

    assert refused.value.details["right"] == "desk_use"


@pytest.mark.parametrize("given", [None, "", "cs", "csrf ", 3, ["csrf"], "ñ"])
def test_given_another_token_then_it_does_not_match(given: object) -> None:
    assert not signed_in(Role.agent).csrf_matches(given)
    assert signed_in(Role.agent).csrf_matches("csrf")


def test_secrets_are_not_shown() -> None:
    shown = repr(signed_in(Role.agent))

    assert "token='" not in shown
    assert "'csrf'" not in shown


@pytest.mark.parametrize("origins", [frozenset(), frozenset({"*"}), frozenset({"http://localhost:8080", "*"})])
def test_given_origins_that_name_nobody_or_all_then_refused(origins: frozenset[str]) -> None:
    with pytest.raises(ValueError, match="origins"):
        WebSettings(origins=origins)


def test_given_any_language_then_every_text_is_translated() -> None:
    texts = set(catalogue("en"))

    assert len(texts) >= 7
    for language in LANGUAGES:
        assert set(catalogue(language)) == texts
    assert translator("es")("The desk is for agents") == "El escritorio es para agentes"
    assert translator("es")("Not in the catalogue") == "Not in the catalogue"
    assert translator("../../etc")("The desk is for agents") == "The desk is for agents"


@pytest.mark.parametrize(
    ("header", "language"),
    [("", "en"), ("es", "es"), ("de,ru;q=0.3", "ru"), ("en;q=0.2,zh-CN", "zh"), ("x" * 5000, "en"), ("es;q=9", "en")],
)
def test_the_language_wanted_is_found(header: str, language: str) -> None:
    assert wanted(header) == language


def test_the_policy_lets_nothing_in_but_us_and_the_switch() -> None:
    policy = content_policy("wss://desk.example", "wss://pbx.example/ws")

    assert "connect-src 'self' wss://desk.example wss://pbx.example/ws;" in policy
    assert policy.startswith("default-src 'none';")


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        ("+34911234567", "911 23 45 67"),
        ("0034911234567", "911 23 45 67"),
        ("+442079460000", "+44 20 7946 0000"),
        ("<b>", "<b>"),
        (None, ""),
    ],
)
def test_numbers_are_shown_as_people_here_write_them(number: str | None, shown: str) -> None:
    assert display_number(number, "ES") == shown
