"""What the rule table says of a route, a role and a row; and how to ask a route that nobody here knows."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from typing import Any

from agent_desktop.api import Open, Route
from agent_desktop.middleware import SAFE
from kernel.access import GRANTS, Right, Role, Scope
from tests.integration.access.world import COLLEAGUE, STRANGER, World

ROWS = {"own": Scope.own, "team": Scope.team, "foreign": Scope.all}
"""Whose row it is, and the least reach that gets at it."""
ALSO = {"/api/calls/{id}/why": (Right.call_watch,), "/api/agents/{id}/states": (Right.call_watch,)}
"""Rights that reach the row beside that of the route."""
MAKES_ITS_OWN = {
    ("POST", "/api/customers/{id}/tickets"): "the ticket is new, so it is the maker's own (test_own_reach)",
    ("POST", "/api/calls/{id}/pick"): "who waits is nobody's yet: it reaches queues that one serves (test_picking)",
}
"""Routes with an id and a narrow right that reach no row of anybody: with the reason."""
LAST = ("hang-up", "sign-out")


def holders(route: Route) -> list[Role]:
    """The roles that the rule lets in."""
    if not isinstance(route.rule, Right):
        return list(Role)
    return [role for role in Role if route.rule in GRANTS[role]]


def expected(role: Role | None, route: Route) -> str:
    """passes, not_signed_in or right_missing."""
    if route.rule is Open.public:
        return "passes"
    if role is None:
        return "not_signed_in"
    return "passes" if role in holders(route) else "right_missing"


def reaches(role: Role, route: Route, whose: str) -> bool:
    """Whether any right of the role that counts for the route gets at such a row."""
    assert isinstance(route.rule, Right)
    scopes = [GRANTS[role].get(right) for right in (route.rule, *ALSO.get(route.path, ()))]
    return any(scope is not None and scope >= ROWS[whose] for scope in scopes)


def narrow(route: Route) -> bool:
    """Whether the route takes a row that not everybody with its right may have."""
    if not isinstance(route.rule, Right) or not ("{" in route.path or takes_a_row(route)):
        return False
    return any(GRANTS[role][route.rule] < Scope.all for role in holders(route))


def takes_a_row(route: Route) -> bool:
    """A row named in the query."""
    return route.query is not None and "interaction_id" in route.query.model_fields


def owner_of(login: str, whose: str) -> str:
    """The login whose row is own, of the team, or foreign to `login`."""
    return {"own": login, "team": COLLEAGUE, "foreign": STRANGER}[whose]


async def _call(world: World, owner: str) -> str:
    return world.calls[owner]


async def _session(world: World, owner: str) -> str:
    return await world.session_id(owner)


async def _person(world: World, owner: str) -> str:
    return world.ids[owner]


async def _team(world: World, owner: str) -> str:
    return world.teams[owner]


MAKERS: dict[str, Callable[[World, str], Awaitable[str]]] = {
    "calls": _call,
    "recordings": _call,
    "sessions": _session,
    "people": _person,
    "agents": _person,
    "teams": _team,
}
"""By the word after /api/: the id of such a row of somebody."""


def noun(route: Route) -> str:
    return route.path.split("/")[2]


async def path_to(world: World, route: Route, owner: str) -> str:
    """The address of the route for a row of `owner`."""
    if noun(route) not in MAKERS:
        raise AssertionError(f"{route.path}: say in rules.py how somebody gets a row of `{noun(route)}`")
    row = await MAKERS[noun(route)](world, owner)
    path = re.sub(r"{\w+(:[^}]*)?}", row, route.path)
    return f"{path}?interaction_id={row}" if takes_a_row(route) else path


def nowhere(route: Route) -> str:
    """The address of the route for a row that nobody has."""
    path = re.sub(r"{\w+(:[^}]*)?}", "none-1", route.path)
    return f"{path}?interaction_id=none-1" if takes_a_row(route) else path


def least_body(route: Route, world: World) -> dict[str, Any] | None:
    """A body with what the route demands and no more."""
    if route.method in SAFE:
        return None
    if route.body is None:
        return {}
    schema = route.body.model_json_schema()
    known = {"customer_id": world.customer}
    required = schema.get("required", ())
    return {name: known.get(name) or _value(schema["properties"][name], schema) for name in required}


def _value(of: dict[str, Any], schema: dict[str, Any]) -> Any:
    if "$ref" in of:
        of = schema["$defs"][of["$ref"].rpartition("/")[2]]
    if "enum" in of or "const" in of:
        return of["enum"][0] if "enum" in of else of["const"]
    if "anyOf" in of:
        return _value(of["anyOf"][0], schema)
    simple: dict[str, Any] = {"integer": of.get("minimum", 1), "boolean": False, "object": {}, "number": 1.0}
    if of.get("type") == "array":
        return [_value(of["items"], schema)] * max(1, of.get("minItems", 1))
    return simple.get(of.get("type", ""), "x" * max(1, of.get("minLength", 1)))
