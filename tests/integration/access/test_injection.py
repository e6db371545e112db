"""Quotes, comments and sleeps in every text that a request can carry in its query, its path or a sign-in: live, on both
databases. Nothing fails inside, nothing sleeps, nothing more is found than a wrong word finds."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from agent_desktop.api import Route
from agent_desktop.middleware import SAFE
from kernel.access import Right, Role
from tests.integration.access.rules import holders
from tests.integration.access.world import PASSWORD, World, world

pytestmark = [pytest.mark.integration, pytest.mark.timeout(300)]

SLEEP = 4
"""Seconds that a payload would sleep, could it speak to the database."""
PLAIN = ("harmless", "zz-nobody")
QUOTES = (
    "'", '"', "\\", "%_", "' OR '1'='1", "' OR 1=1 --", "x' UNION SELECT NULL --", "1; DROP TABLE staff", "admin'--",
    "/* */ -- ;", "x'/**/OR/**/1=1", "name DESC, (SELECT 1)", "$$",
)  # fmt: skip
SLEEPS = (
    f"' OR pg_sleep({SLEEP}) IS NULL --", f"'; SELECT pg_sleep({SLEEP}) --", f"(SELECT 1 FROM pg_sleep({SLEEP}))",
    "' OR randomblob(900000000) IS NULL --", "(SELECT hex(randomblob(300000000)))",
)  # fmt: skip
NEEDED = {"q": "ana", "interaction_id": "ix-1", "number": "+34600111222", "scope": "customer", "ref": "cu-1"}
"""What a route demands beside the parameter that is tried."""
FINDS = ("/api/customers", "/api/people")


@pytest.fixture
async def live(database_url: str, tmp_path: Path) -> AsyncIterator[World]:
    async with world(database_url, tmp_path) as found:
        yield found


@dataclass(slots=True)
class Tried:
    """`sleeps` and `plain` are the seconds that requests took, by what they carried."""

    wrong: list[str] = field(default_factory=list)
    sleeps: list[float] = field(default_factory=list)
    plain: list[float] = field(default_factory=list)

    def note(self, where: str, payload: str, status: int, seconds: float) -> None:
        if status >= 500:
            self.wrong.append(f"{where}: {status} for {payload!r}")
        if payload in SLEEPS:
            self.sleeps.append(seconds)
            if seconds >= SLEEP:
                self.wrong.append(f"{where}: {seconds:.1f} s for {payload!r}")
        elif payload in PLAIN:
            self.plain.append(seconds)

    @property
    def ratio(self) -> float:
        """How much longer, on the average, what would sleep takes than a plain word."""
        return (sum(self.sleeps) / len(self.sleeps)) / (sum(self.plain) / len(self.plain))


def targets(routes: tuple[Route, ...]) -> Iterator[tuple[Route, str, str]]:
    """(route, where, address with a hole): each parameter of each query, each part of a path, where a row is read or
    deleted."""
    for route in routes:
        if not route.path.startswith("/api/") or route.path == "/api/audit/chain":
            continue
        hole = route.path
        while "{" in hole:
            begin, end = hole.index("{"), hole.index("}")
            hole = f"{hole[:begin]}\0{hole[end + 1 :]}"
        if "\0" in hole and route.method in (*SAFE, "DELETE"):
            yield route, "path", hole
        if route.method in SAFE and route.query is not None:
            fields = route.query.model_fields
            for name in fields:
                others = "".join(
                    f"&{one}={quote(NEEDED[one])}" for one, of in fields.items() if of.is_required() and one != name
                )
                yield route, name, f"{hole.replace(chr(0), 'x')}?{name}=\0{others}"


async def request(live: World, headers: dict[str, str], method: str, address: str) -> tuple[int, Any, float]:
    began = time.perf_counter()
    sent = {"Sec-Fetch-Site": "same-origin", "User-Agent": "matrix", **headers}
    async with live.client.request(method, live.url + address, headers=sent, allow_redirects=False) as answer:
        found = await (answer.json() if answer.content_type == "application/json" else answer.text())
        return answer.status, found, time.perf_counter() - began


async def test_given_sql_in_any_query_and_path_then_it_is_a_word_like_any_other(live: World) -> None:
    tried, count = Tried(), 0
    sessions = {role: await live.session(role.value) for role in Role}
    for route, where, hole in targets(live.routes):
        role = holders(route)[-1] if isinstance(route.rule, Right) else Role.admin
        count += 1
        for payload in (*PLAIN, *QUOTES, *SLEEPS):
            address = hole.replace("\0", quote(payload, safe=""))
            status, found, seconds = await request(live, sessions[role], route.method, address)
            tried.note(f"{route.method} {route.path} {where}", payload, status, seconds)
            empty = where != "q" or route.path not in FINDS or not isinstance(found, dict) or not found.get("items")
            if "1=1" in payload.replace("'", "") and not empty:
                tried.wrong.append(f"{route.path}: finds more for {payload!r}")
    assert tried.wrong == []
    assert count >= 30
    assert tried.ratio < 10, f"{tried.ratio:.1f} times as long, on the average"


async def test_given_sql_at_the_sign_in_then_nobody_comes_in_and_nothing_sleeps(live: World) -> None:
    tried = Tried()
    for number, payload in enumerate((*PLAIN, *QUOTES, *SLEEPS)):
        for body in ({"login": payload, "password": PASSWORD}, {"login": "admin", "password": payload}):
            if number >= 8 and body["login"] == "admin" and payload not in SLEEPS[:1]:
                continue  # ten failures shut a login out for a while
            began = time.perf_counter()
            status, _ = await live.ask(None, "POST", "/api/sign-in", body)
            tried.note("POST /api/sign-in", payload, status, time.perf_counter() - began)
            assert status in (401, 422, 429), (payload, status)
    assert tried.wrong == []
    assert tried.ratio < 10, f"{tried.ratio:.1f} times as long, on the average"
