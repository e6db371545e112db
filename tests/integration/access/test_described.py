"""Requests made from our own description, right and wrong, against the live platform with demo data: as an agent and as
an administrator, with the session and without. No failure inside, answers as described, nothing without a session."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.specs.openapi.checks import ignored_auth, positive_data_acceptance

from tests.integration.access.world import World, world

pytestmark = [pytest.mark.integration, pytest.mark.timeout(600)]

ENDS_SESSIONS = ("/api/sign-out", "/api/sessions", "/api/sign-in")
RULES_BEYOND = [positive_data_acceptance]
"""Which reason goes with which presence, which priority there is: more than a schema says, so some of what fits it is
refused."""


@pytest.fixture
async def live(sqlite_url: str, tmp_path: Path) -> AsyncIterator[World]:
    async with world(sqlite_url, tmp_path, demo=True) as found:
        yield found


def try_operation(operation: Any, headers: dict[str, str], examples: int, excluded: list[Any]) -> None:
    @settings(
        max_examples=examples,
        derandomize=True,
        deadline=None,
        database=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy())
    def run(case: Any) -> None:
        case.call_and_validate(headers=headers, excluded_checks=excluded)

    run()


def as_described(document: dict[str, Any]) -> dict[str, Any]:
    """Without the parts that every request of the test carries rightly: the token's header, the session's cookie."""
    for path in document["paths"].values():
        for operation in path.values():
            operation.pop("security", None)
            operation["parameters"] = [one for one in operation["parameters"] if one["in"] != "header"]
    return document


async def the_description_holds(live: World, login: str, examples: int) -> int:
    """Every operation, so many requests each; returns how many operations were tried."""
    _, document = await live.ask(None, "GET", "/api/openapi.json")
    schema = schemathesis.openapi.from_dict(as_described(document))
    schema.config.update(base_url=live.url)
    tried = 0
    for result in schema.get_all_operations():
        operation = result.ok()
        if not operation.path.startswith(ENDS_SESSIONS):
            headers = {**await live.session(login), "Sec-Fetch-Site": "same-origin"}
            await asyncio.to_thread(try_operation, operation, headers, examples, [*RULES_BEYOND, ignored_auth])
            tried += 1
    return tried


@pytest.mark.parametrize("login", ["agent", "admin"])
async def test_given_requests_from_the_description_then_the_live_platform_keeps_to_it(live: World, login: str) -> None:
    assert await the_description_holds(live, login, 5) >= 20


@pytest.mark.soak
@pytest.mark.parametrize("login", ["agent", "supervisor", "admin"])
async def test_given_very_many_requests_then_the_live_platform_keeps_to_it(live: World, login: str) -> None:
    assert await the_description_holds(live, login, 250) >= 20


async def test_given_the_description_then_what_it_secures_answers_nobody(live: World) -> None:
    _, document = await live.ask(None, "GET", "/api/openapi.json")
    secured = [
        (path, method) for path, operations in document["paths"].items() for method, one in operations.items()
        if "security" in one
    ]  # fmt: skip
    for path, method in secured:
        status, _ = await live.ask(None, method.upper(), path.replace("{", "").replace("}", ""))
        assert status == 401, (method, path)
    assert len(secured) >= 20
