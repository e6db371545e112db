"""Mass assignment: no body or query of any route takes a field that it does not name, at whatever depth."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from pydantic import BaseModel, ValidationError

from agent_desktop.api import Route
from agent_desktop.middleware import SAFE
from server.docs.permissions import routes

pytestmark = pytest.mark.unit

TEMPTING = ("id", "owner_id", "staff_id", "team_id", "roles", "is_admin", "active", "created_at", "version",
            "password_hash", "csrf_token", "__proto__", "constructor")  # fmt: skip

# An identity provider may send along what it likes (RFC 6749 §4.1.2: unknown parameters are ignored).
FROM_ELSEWHERE = {"GET /sign-in/provider/back"}


def models() -> list[tuple[str, type[BaseModel]]]:
    """What each route takes from our own client, by its address."""
    taken = [(f"{one.method} {one.path}", model) for one in routes() for model in (one.body, one.query) if model]
    return [(name, model) for name, model in taken if name not in FROM_ELSEWHERE]


def objects(schema: Any) -> Iterator[dict[str, Any]]:
    """Every object in a JSON schema."""
    if isinstance(schema, dict):
        if schema.get("type") == "object":
            yield schema
        for part in schema.values():
            yield from objects(part)
    elif isinstance(schema, list):
        for part in schema:
            yield from objects(part)


def test_given_any_body_or_query_then_every_object_in_it_is_closed() -> None:
    open_ones = [
        (name, one.get("title")) for name, model in models() for one in objects(model.model_json_schema())
        if one.get("additionalProperties") is not False
    ]  # fmt: skip

    assert open_ones == []
    assert len(models()) >= 10


def test_given_a_tempting_field_then_it_is_refused_unless_the_route_names_it() -> None:
    taken = []
    for name, model in models():
        for tempting in TEMPTING:
            if tempting in model.model_fields:
                continue
            try:
                model.model_validate({tempting: "x"})
            except ValidationError as error:
                if any(one["type"] == "extra_forbidden" and one["loc"] == (tempting,) for one in error.errors()):
                    continue
            taken.append((name, tempting))

    assert taken == []


def test_given_a_route_that_changes_something_then_it_takes_a_checked_body_or_none() -> None:
    def plain(route: Route) -> bool:
        return route.body is None or issubclass(route.body, BaseModel)

    assert all(plain(one) for one in routes() if one.method not in SAFE)
