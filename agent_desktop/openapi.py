"""The OpenAPI description, made from the table of routes and the models they declare."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Sequence
from typing import Any

from pydantic import BaseModel, TypeAdapter

from agent_desktop.api import Ask, Open, Route
from agent_desktop.middleware import SAFE
from kernel.access import Right

REF = "#/components/schemas/{model}"
ERROR = {
    "type": "object",
    "required": ["error"],
    "additionalProperties": False,
    "properties": {
        "error": {
            "type": "object",
            "required": ["id", "message", "details"],
            "additionalProperties": False,
            "properties": {
                "id": {"type": "string", "description": "stable; programs and translations key on it"},
                "message": {"type": "string"},
                "details": {"type": "object"},
            },
        }
    },
}


def error_ids(route: Route) -> dict[int, tuple[str, ...]]:
    """The stable ids of every error that the route can answer with, its own first, by status."""
    changes, api = route.method not in SAFE, route.path.startswith("/api/")
    shared: list[tuple[bool, int, str]] = [
        (route.rule is not Open.public, 401, "not_signed_in"),
        (isinstance(route.rule, Right), 403, "right_missing"),
        (changes and route.rule is not Open.public, 403, "csrf_missing"),
        (changes or api, 403, "foreign_origin"),
        ("{" in route.path, 404, "not_found"),
        (changes, 413, "too_large"),
        (changes, 415, "unsupported_media"),
        (changes or route.query is not None, 422, "invalid_input"),
        (changes, 422, "invalid_json"),
        (changes and route.rule is not Open.public, 422, "bad_idempotency_key"),
        (changes and route.rule is not Open.public, 422, "idempotency_key_reused"),
        (True, 422, "bad_host"),
        (True, 500, "incident"),
        (api, 503, "engine_busy"),
        (changes, 503, "outcome_unknown"),
    ]
    found = {status: list(ids) for status, ids in route.errors.items()}
    for applies, status, id in shared:
        if applies:
            found.setdefault(status, []).append(id)
    return {status: tuple(found[status]) for status in sorted(found)}


def describe(routes: Iterable[Route], version: str) -> dict[str, Any]:
    """The OpenAPI 3.1 document of all routes below /api and /health."""
    schemas: dict[str, Any] = {"Error": ERROR}
    paths: dict[str, dict[str, Any]] = {}
    for route in routes:
        if route.path.startswith(("/api/", "/health/")):
            paths.setdefault(route.path, {})[route.method.lower()] = _operation(route, schemas)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Trunkline", "version": version, "license": {"name": "AGPL-3.0-or-later"}},
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": {"session": {"type": "apiKey", "in": "cookie", "name": "trunkline"}},
        },
    }


def described(routes: Sequence[Route], version: str) -> Route:
    """The route that serves the description of `routes`, made when it is first asked for: it takes long."""

    @functools.cache
    def document() -> dict[str, Any]:
        return describe(routes, version)

    async def serve(_ask: Ask) -> dict[str, Any]:
        return document()

    return Route(
        method="GET",
        path="/api/openapi.json",
        resource=serve,
        rule=Open.public,
        summary="This description",
        answer=dict[str, Any],
    )


def _operation(route: Route, schemas: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {
        "summary": route.summary,
        "operationId": _operation_id(route),
        "x-right": route.rule.value,
        "parameters": [*_path_parameters(route), *_query_parameters(route, schemas)],
        "responses": _responses(route, schemas),
    }
    if route.rule is not Open.public:
        found["security"] = [{"session": []}]
    if route.method not in SAFE:
        found["parameters"].append(_parameter("X-CSRF-Token", "header", {"type": "string"}, route.rule != Open.public))
    if route.body is not None:
        schema = _schema(route.body, schemas, "validation")
        found["requestBody"] = {"required": True, "content": {"application/json": {"schema": schema}}}
    return found


def _operation_id(route: Route) -> str:
    words = re.sub(r"[^a-z]+", "_", route.path.lower()).strip("_")
    return f"{route.method.lower()}_{words}"


def _parameter(name: str, place: str, schema: dict[str, Any], required: bool) -> dict[str, Any]:
    return {"name": name, "in": place, "required": required, "schema": schema}


def _path_parameters(route: Route) -> list[dict[str, Any]]:
    names = re.findall(r"{(\w+)", route.path)
    return [_parameter(name, "path", {"type": "string", "minLength": 1}, True) for name in names]


def _query_parameters(route: Route, schemas: dict[str, Any]) -> list[dict[str, Any]]:
    if route.query is None:
        return []
    schema = route.query.model_json_schema(ref_template=REF)
    schemas.update(schema.pop("$defs", {}))
    required = schema.get("required", ())
    return [_parameter(name, "query", one, name in required) for name, one in schema.get("properties", {}).items()]


def _responses(route: Route, schemas: dict[str, Any]) -> dict[str, Any]:
    success: dict[str, Any] = {"description": route.summary}
    if route.answer is not None:
        success["content"] = {"application/json": {"schema": _schema(route.answer, schemas, "serialization")}}
    found = {str(route.status): success}
    if route.path == "/health/ready":
        found["503"] = success
    for status, ids in error_ids(route).items():
        found.setdefault(
            str(status),
            {
                "description": ", ".join(ids),
                "content": {"application/json": {"schema": {"$ref": REF.format(model="Error")}}},
            },
        )
    return found


def _schema(model: Any, schemas: dict[str, Any], mode: Any) -> dict[str, Any]:
    made = (
        model.model_json_schema(ref_template=REF, mode=mode)
        if isinstance(model, type) and issubclass(model, BaseModel)
        else TypeAdapter(model).json_schema(ref_template=REF, mode=mode)
    )
    schemas.update(made.pop("$defs", {}))
    title = made.get("title")
    if title is None or not re.fullmatch(r"\w+", title):
        return dict(made)
    schemas[title] = made
    return {"$ref": REF.format(model=title)}
