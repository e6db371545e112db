"""Every route × every role × whose row it is, made from the route table: what the rule table says is what the live
application does, on both databases. A route whose rows nobody here can make fails."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from agent_desktop.api import Route
from agent_desktop.middleware import SAFE
from kernel.access import Role
from tests.integration.access.rules import (
    LAST,
    MAKES_ITS_OWN,
    expected,
    holders,
    least_body,
    narrow,
    noun,
    nowhere,
    owner_of,
    path_to,
    reaches,
)
from tests.integration.access.world import (
    COLLEAGUE,
    STRANGER,
    Answer,
    World,
    be_offered_a_caller,
    serves,
    take_a_call,
    world,
)

pytestmark = [pytest.mark.integration, pytest.mark.timeout(300)]

EXTRA = {"unexpected": 1}
"""No body has this field: whoever passes the rule is refused for it, and nothing happens."""
OFFERS = "/api/offers/{id}/decline"
OF_CALLS = ("calls", "recordings")


@pytest.fixture
async def live(database_url: str, tmp_path: Path) -> AsyncIterator[World]:
    async with world(database_url, tmp_path) as found:
        yield found


def outcome(answer: Answer) -> str:
    """passes, not_signed_in or right_missing."""
    status, body = answer
    id = body.get("error", {}).get("id", "") if isinstance(body, dict) else ""
    assert status < 500 or id in ("link_down", "phone_unknown"), answer
    return id if id in ("not_signed_in", "right_missing") else "passes"


async def test_given_any_route_and_role_then_the_rule_table_decides(live: World) -> None:
    wrong = []
    for route in live.routes:
        for role in (None, *Role):
            body = None if route.method in SAFE else EXTRA
            answer = await live.ask(role.value if role else None, route.method, nowhere(route), body)
            seen = outcome(answer)
            if seen != expected(role, route):
                wrong.append((route.method, route.path, role, seen))
            if seen == "passes" and route.method not in SAFE and answer[0] != 422:
                wrong.append((route.method, route.path, role, f"took a field that it does not know: {answer}"))
    assert wrong == []


async def test_given_a_narrow_right_then_it_reaches_its_rows_and_no_others(live: World) -> None:
    wrong = await offers_are_their_agents(live)
    routes = sorted((one for one in live.routes if narrow(one)), key=lambda one: one.path.endswith(LAST))
    tried = 0
    for route in routes:
        if route.path == OFFERS or (route.method, route.path) in MAKES_ITS_OWN:
            continue
        for whose in ("foreign", "team", "own"):
            for role in holders(route):
                problem = await one_row(live, route, role, whose)
                wrong += [problem] if problem else []
                tried += 1
    assert wrong == []
    assert tried >= 60
    assert calls_in_hand(live) >= {COLLEAGUE, STRANGER}, "nobody ended a call of another"


async def one_row(live: World, route: Route, role: Role, whose: str) -> str:
    """What is wrong with the answer, if anything."""
    owner = owner_of(role.value, whose)
    if noun(route) in OF_CALLS and not serves(owner):
        return ""  # there is no such row
    path = await path_to(live, route, owner)
    status, body = await live.ask(role.value, route.method, path, least_body(route, live))
    nothing = status == 200 and isinstance(body, dict) and body.get("items") == []
    reached = status not in (401, 403, 404) and not (nothing and "?" in path)
    if reached == reaches(role, route, whose):
        return ""
    return f"{route.method} {route.path} as {role.value} on a row that is {whose}: {status} {body}"


async def offers_are_their_agents(live: World) -> list[str]:
    """Each who serves calls is offered one, which all others try to decline in vain; then they decline it, are offered
    it again and talk."""
    wrong = []
    logins = [one for one in live.ids if serves(one)]
    for login in logins:
        await be_offered_a_caller(live, login)
        offer = await live.offer_of(login)
        for other in [one for one in logins if one != login]:
            status, body = await live.ask(other, "POST", f"/api/offers/{offer}/decline")
            wrong += [f"{other} declined an offer of {login}: {status} {body}"] if status != 404 else []
        status, body = await live.ask(login, "POST", f"/api/offers/{offer}/decline")
        wrong += [f"{login} could not decline: {status} {body}"] if status != 200 else []
        await live.offer_of(login)
        await take_a_call(live, login)
    return wrong


def calls_in_hand(live: World) -> set[str]:
    """The logins whose call is still up."""
    rows = live.platform.rooms.routing.stints
    up = {one.agent_id for one in rows if one.state in ("joined", "held")}
    return {login for login, id in live.ids.items() if id in up}
