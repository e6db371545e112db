"""docs/permissions.md: which role has which right, and which right each route wants."""

from __future__ import annotations

import ast
from typing import Any, cast

from agent_desktop.api import Open, Route
from agent_desktop.app import route_table
from agent_desktop.crm import Crm
from agent_desktop.parts import DesktopParts
from agent_desktop.settings import WebSettings
from kernel.access import GRANTS, Right, Role, Scope
from kernel.clock import SteadyClock
from server.docs.source import sources
from server.docs.tables import table

NOBODY: Any = cast(Any, None)
"""Stands for a running part: the table of routes is made, none of its routes is called."""
RULES = {Open.public: "everybody", Open.entering: "everybody who signs in", Open.signed_in: "everybody signed in"}


def permissions() -> str:
    """The whole document."""
    wanted = _wanted()
    lines = [
        "# Roles, rights and routes\n",
        "Generated from `kernel/access.py` and the route table of `agent_desktop/` by `make docs`; do not edit.\n",
        "A person has one role or more; the widest reach counts. `own`: one's own rows, `team`: those of one's teams"
        " too, `all`: every row. Where a row is out of reach the answer is 404, without the right it is 403.\n",
        "## Rights by role\n",
        *table(("right", *(role.value for role in Role), "asked for"), (_right(one, wanted) for one in Right)),
        "\n“Not yet”: granted already, but no code asks for it so far.\n",
        "## Routes\n",
        "Every route declares its rule; one without cannot be built (`agent_desktop/api.py`). Changing requests also"
        " need the header `X-CSRF-Token` and our own origin.\n",
        *table(("method", "path", "right", "roles", "what it does"), (_route(one) for one in routes())),
    ]
    return "\n".join([*lines, ""])


def routes() -> tuple[Route, ...]:
    """The platform's table of routes, over no running parts."""
    parts = DesktopParts(
        settings=WebSettings(origins=frozenset({"http://localhost"})),
        clock=SteadyClock(),
        commands=NOBODY,
        stream=NOBODY,
        people=NOBODY,
        audit=NOBODY,
        crm=Crm(NOBODY, NOBODY, NOBODY, NOBODY, NOBODY, NOBODY),
        pops=NOBODY,
        phones=NOBODY,
        records=NOBODY,
    )
    return route_table(parts, NOBODY, NOBODY)


def _right(right: Right, wanted: frozenset[Right]) -> tuple[str, ...]:
    scopes = [GRANTS[role].get(right) for role in Role]
    reach = ["" if scope is None else scope.name for scope in scopes]
    return f"`{right.value}`", *reach, "yes" if right in wanted else "not yet"


def _wanted() -> frozenset[Right]:
    """Rights that some code outside the table of grants names."""
    return frozenset(
        Right[node.attr]
        for source in sources()
        if source.path != "kernel/access.py"
        for node in ast.walk(source.tree)
        if isinstance(node, ast.Attribute) and source.meaning(node.value) is Right
    )


def _route(route: Route) -> tuple[str, ...]:
    rule = route.rule
    if isinstance(rule, Open):
        right, roles = "", RULES[rule]
    else:
        reach = [(role, GRANTS[role].get(rule)) for role in Role]
        right, roles = f"`{rule.value}`", ", ".join(_reach(role, scope) for role, scope in reach if scope is not None)
    return route.method, f"`{route.path}`", right, roles, route.summary


def _reach(role: Role, scope: Scope) -> str:
    return f"{role.value} ({scope.name})"
