"""What the description of the API says of errors, against the source that raises them; and how far rights reach."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

import agent_desktop
from agent_desktop.api import Route
from agent_desktop.i18n import LANGUAGES
from agent_desktop.middleware import HTTP_IDS
from agent_desktop.openapi import error_ids
from kernel.access import GRANTS, Right, Scope
from kernel.errors import TrunklineError
from kernel.machine import Machine
from kernel.messages import Command
from routing.machines import OFFER, STINT
from routing.messages import (
    DeclineOffer,
    ExtendWrapUp,
    FinishWrapUp,
    HangUpCall,
    HoldCall,
    LinkCustomer,
    ResumeCall,
    SetPresence,
    SignInAgent,
    SignOutAgent,
)
from routing.rows import Presence
from server.docs import errors
from server.docs.permissions import routes
from server.docs.states import ALL_MACHINES
from tests.unit.routing.world import World

pytestmark = pytest.mark.unit

ME: Any = {"actor": "ana", "agent_id": "ana"}
CALL: Any = {"actor": "ana", "interaction_id": "ix-x"}


FOR_PROGRAMS = {"unsupported_media", "invalid_json", "bad_host", "bad_cursor"} | {
    "bad_idempotency_key",
    "idempotency_key_reused",
}
"""What our own client never makes the server answer."""
CATALOGUES = Path(agent_desktop.__file__).parent / "web" / "src" / "i18n"


def described() -> Iterator[Route]:
    return (route for route in routes() if route.path.startswith("/api/"))


def route(method: str, path: str) -> Route:
    return next(one for one in routes() if (one.method, one.path) == (method, path))


@cache
def raised() -> frozenset[tuple[int, str]]:
    """Every status and id that some code can answer with."""
    built = {(one.kind.status, one.id) for one in errors.all_built()}
    machines = {(409, f"{one.name}_{verb}_not_now") for one in ALL_MACHINES for _, verb in one.commands}
    web = {(status, id) for status, (id, _) in HTTP_IDS.items()}
    return frozenset(built | machines | web | {(500, "incident")})


@cache
def document() -> str:
    return errors.errors()


@pytest.mark.parametrize("one", list(described()), ids=lambda one: f"{one.method} {one.path}")
def test_given_a_route_then_every_id_it_names_is_raised_with_that_status_and_documented(one: Route) -> None:
    named = {(status, id) for status, ids in error_ids(one).items() for id in ids}

    assert named - raised() == set()
    assert [id for _, id in named if f"| `{id}` |" not in document()] == []
    assert len(named) == sum(len(ids) for ids in error_ids(one).values()), "none is named twice"


@pytest.mark.parametrize(
    ("machine", "verb", "path"),
    [
        (OFFER, "decline", "/api/offers/{id}/decline"),
        (STINT, "hold", "/api/calls/{id}/hold"),
        (STINT, "resume", "/api/calls/{id}/resume"),
        (STINT, "hang_up", "/api/calls/{id}/hang-up"),
        (STINT, "extend", "/api/calls/{id}/wrap-up/extend"),
        (STINT, "finish", "/api/calls/{id}/wrap-up"),
    ],
)
def test_given_a_state_machine_behind_a_route_then_its_refusal_is_named(
    machine: Machine[Any], verb: str, path: str
) -> None:
    assert f"{machine.name}_{verb}_not_now" in error_ids(route("POST", path))[409]


@pytest.mark.parametrize(
    ("method", "path", "command", "id"),
    [
        ("POST", "/api/offers/{id}/decline", DeclineOffer(actor="ana", offer_id="of-x"), "offer_gone"),
        ("POST", "/api/calls/{id}/hold", HoldCall(**CALL), "call_gone"),
        ("POST", "/api/calls/{id}/resume", ResumeCall(**CALL), "call_gone"),
        ("POST", "/api/calls/{id}/hang-up", HangUpCall(**CALL), "call_gone"),
        ("POST", "/api/calls/{id}/wrap-up/extend", ExtendWrapUp(**CALL), "call_gone"),
        ("POST", "/api/calls/{id}/wrap-up", FinishWrapUp(**CALL, disposition_id="solved"), "call_gone"),
        ("PUT", "/api/calls/{id}/customer", LinkCustomer(**CALL, customer_id="cu-1"), "call_gone"),
        ("PUT", "/api/desk/presence", SetPresence(**ME, presence=Presence.ready), "no_desk"),
        ("GET", "/api/desk/phone", SignInAgent(**ME, name="Ana"), "no_phone_free"),
    ],
)
def test_given_a_command_that_routing_refuses_then_the_route_names_how(
    method: str, path: str, command: Command, id: str
) -> None:
    world = World(phones=0)

    with pytest.raises(TrunklineError) as refused:
        world.say(command)

    assert refused.value.id == id
    assert id in error_ids(route(method, path))[refused.value.status]


def test_given_an_agent_then_a_made_up_pause_and_leaving_a_call_are_refused_as_described() -> None:
    world = World()
    world.agent("ana")
    with pytest.raises(TrunklineError) as made_up:
        world.say(SetPresence(**ME, presence=Presence.paused, reason="beer"))
    world.call("one")
    with pytest.raises(TrunklineError) as in_call:
        world.say(SignOutAgent(**ME))

    assert made_up.value.id in error_ids(route("PUT", "/api/desk/presence"))[422]
    assert in_call.value.id in error_ids(route("POST", "/api/sign-out"))[409]


NARROW = {
    ("GET", "/api/calls/{id}/why"): "asks the records whose call it was",
    ("GET", "/api/calls"): "lists no call of teams beyond the reach",
    ("GET", "/api/calls/{id}"): "asks the records whose call it was",
    ("GET", "/api/agents/{id}/states"): "asks the records whose team the agent is in",
    ("POST", "/api/calls/{id}/wrap-up"): "asks the records whose call it was",
    ("GET", "/api/recordings"): "lists nothing beyond the reach",
    ("POST", "/api/customers/{id}/tickets"): "whoever makes a ticket owns it",
    ("GET", "/api/sessions"): "one's own only",
    ("DELETE", "/api/sessions"): "one's own only",
    ("GET", "/api/people"): "lists nobody beyond the reach",
    ("GET", "/api/people/{id}"): "looks whether the person is in reach",
    ("GET", "/api/teams"): "lists no team beyond the reach",
    ("GET", "/api/teams/{id}"): "looks whether the team is in reach",
    ("DELETE", "/api/sessions/{id}"): "one's own only",
    ("GET", "/api/desk/phone"): "acts as the asker",
    ("PUT", "/api/desk/presence"): "acts as the asker",
    ("PUT", "/api/calls/{id}/customer"): "routing looks for the asker's own part in the call",
    ("POST", "/api/calls/{id}/hold"): "routing looks for the asker's own part in the call",
    ("POST", "/api/calls/{id}/resume"): "routing looks for the asker's own part in the call",
    ("POST", "/api/calls/{id}/hang-up"): "routing looks for the asker's own part in the call",
    ("POST", "/api/calls/{id}/wrap-up/extend"): "routing looks for the asker's own part in the call",
    ("GET", "/api/dial/number"): "acts as the asker",
    ("POST", "/api/dial"): "acts as the asker",
    ("POST", "/api/offers/{id}/decline"): "routing looks whether the offer is the asker's",
    (
        "POST",
        "/api/calls/{id}/pick",
    ): "routing looks whether the caller waits where the asker serves, or the reach is all",
}
"""Routes whose right does not reach every row for every role, with what keeps them to the reach."""


def test_given_a_right_that_reaches_not_every_row_then_each_route_with_it_is_kept_to_the_reach() -> None:
    narrow = {
        (one.method, one.path)
        for one in described()
        if isinstance(one.rule, Right)
        and any(grants.get(one.rule, Scope.all) is not Scope.all for grants in GRANTS.values())
    }

    assert narrow == NARROW.keys()


@pytest.mark.parametrize("language", LANGUAGES)
def test_given_an_error_that_a_person_can_meet_then_it_is_said_in_their_language(language: str) -> None:
    said = json.loads((CATALOGUES / f"{language}.json").read_text())
    met = {id for one in described() for ids in error_ids(one).values() for id in ids}

    assert sorted(id for id in met - FOR_PROGRAMS if f"error.{id}" not in said) == []
