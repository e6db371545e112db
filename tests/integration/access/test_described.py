"""Requests made from our own description, right and wrong, against the live platform with demo data: as an agent and as
an administrator, with the session and without. No failure inside, answers as described, nothing without a session."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.integration.access.world import World, world
from tests.support.described import description_holds

pytestmark = [pytest.mark.integration]

ENDS_SESSIONS = ("/api/sign-out", "/api/sessions", "/api/sign-in")


FEW = (("sqlite", "agent", 5), ("sqlite", "admin", 5), ("postgresql", "admin", 1))
MANY = tuple((kind, login) for kind in ("sqlite", "postgresql") for login in ("agent", "supervisor", "admin"))


@pytest.fixture
async def live(database_url: str, tmp_path: Path) -> AsyncIterator[World]:
    async with world(database_url, tmp_path, demo=True) as found:
        yield found


async def the_description_holds(live: World, login: str, examples: int) -> int:
    """Returns how many operations were tried."""

    async def headers() -> dict[str, str]:
        return {**await live.session(login), "Sec-Fetch-Site": "same-origin"}

    _, document = await live.ask(None, "GET", "/api/openapi.json")
    return await description_holds(document, live.url, headers, lambda path: path.startswith(ENDS_SESSIONS), examples)


@pytest.mark.timeout(600)
@pytest.mark.parametrize(("database_url", "login", "examples"), FEW, indirect=["database_url"])
async def test_given_requests_from_the_description_then_the_live_platform_keeps_to_it(
    live: World, login: str, examples: int
) -> None:
    assert await the_description_holds(live, login, examples) >= 20


@pytest.mark.soak
@pytest.mark.timeout(3000)
@pytest.mark.parametrize(("database_url", "login"), MANY, indirect=["database_url"])
async def test_given_very_many_requests_then_the_live_platform_keeps_to_it(live: World, login: str) -> None:
    assert await the_description_holds(live, login, 250) >= 20


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
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
