"""Quotes, comments and sleeps in every text that a request can carry in query, path or body, or at a sign-in: live, on
both databases. Nothing fails inside, nothing sleeps, nothing more is found than a wrong word finds."""

from __future__ import annotations

import copy
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
from tests.integration.access.acts import ACTS
from tests.integration.access.rules import MAKERS, holders, least_body, noun, nowhere, path_to
from tests.integration.access.world import PASSWORD, World, be_offered_a_caller, take_a_call, world

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


async def request(
    live: World, headers: dict[str, str], method: str, address: str, body: Any = None
) -> tuple[int, Any, float]:
    sent = {"Sec-Fetch-Site": "same-origin", "User-Agent": "matrix", **headers}
    how = {"headers": sent, "allow_redirects": False, **({} if body is None else {"json": body})}
    await live.can_save()
    began = time.perf_counter()
    async with live.client.request(method, live.url + address, **how) as answer:
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


FEW_SENT = {"postgresql": (SLEEPS[1], PLAIN[0]), "sqlite": (SLEEPS[3], PLAIN[0])}
"""In bodies, where each row that is made costs some time: a quote with a sleep of the database. All in the soak."""
HAS_ITS_OWN = ("/api/sign-in",)
SAFE_TO_KEEP = ("const", "enum")


async def test_given_sql_in_any_text_of_any_body_then_it_is_a_word_like_any_other(live: World) -> None:
    await every_body(live, FEW_SENT[live.platform.database.dialect.name])


@pytest.mark.soak
@pytest.mark.timeout(1200)
async def test_given_all_the_sql_in_any_text_of_any_body_then_it_is_a_word_like_any_other(live: World) -> None:
    await every_body(live, (*PLAIN, *QUOTES, *SLEEPS))


async def every_body(live: World, payloads: tuple[str, ...]) -> None:
    tried, places, kept = Tried(), 0, 0
    await be_offered_a_caller(live, "agent")
    await take_a_call(live, "agent")
    sessions = {role.value: await live.session(role.value) for role in Role}  # passwords change on the way
    for route in live.routes:
        if route.body is None or route.method in SAFE or route.path in HAS_ITS_OWN:
            continue
        for where in texts(route):
            places += 1
            who, path, body = await a_request(live, route)
            for payload in payloads:
                if "version" in body and payload is not payloads[0]:  # what was changed has another
                    who, path, body = await a_request(live, route)
                put(body, where, payload)
                status, _, seconds = await request(live, sessions[who], route.method, path, body)
                tried.note(f"{route.method} {route.path} {'.'.join(where)}", payload, status, seconds)
                kept += status < 300 and payload not in PLAIN
    assert tried.wrong == []
    assert places >= 40
    assert kept >= 12, "what is taken as a text reaches the database"
    assert tried.ratio < 10, f"{tried.ratio:.1f} times as long, on the average"


async def a_request(live: World, route: Route) -> tuple[str, str, dict[str, Any]]:
    """Who sends what where: what changes a row that is there, where we know how; else the least that is demanded."""
    _, act = ACTS.get((route.method, route.path), ("", None))
    if act is not None:
        who, path, body = await act(live)
        return who, path, copy.deepcopy(body)
    role = Role.agent if noun(route) == "calls" else holders(route)[-1]
    known = "{" in route.path and noun(route) in MAKERS
    path = await path_to(live, route, role.value) if known else nowhere(route)
    return role.value, path, least_body(route, live) or {}


def texts(route: Route) -> list[tuple[str, ...]]:
    """The way to each text of the body, also of those that may be left out, and of those in lists."""
    schema = route.body.model_json_schema() if route.body is not None else {}
    return sorted(set(_texts(schema, schema, ())))


def _texts(of: dict[str, Any], schema: dict[str, Any], way: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    if "$ref" in of:
        of = schema["$defs"][of["$ref"].rpartition("/")[2]]
    for one in of.get("anyOf", ()):
        yield from _texts(one, schema, way)
    for name, field_ in of.get("properties", {}).items():
        yield from _texts(field_, schema, (*way, name))
    if of.get("type") == "array":
        yield from _texts(of["items"], schema, (*way, "0"))
    if of.get("type") == "string" and way and not any(one in of for one in SAFE_TO_KEEP):
        yield way


def put(body: Any, way: tuple[str, ...], payload: str) -> None:
    """Write the text in its place, and make the place where there is none."""
    for index, step in enumerate(way):
        last, list_next = index == len(way) - 1, way[index + 1 : index + 2] == ("0",)
        key: Any = int(step) if isinstance(body, list) else step
        if isinstance(body, list) and not body:
            body.append(None)
        if last:
            body[key] = payload
            return
        found = body[key] if isinstance(body, list) else body.get(key)
        if not isinstance(found, dict | list):
            found = body[key] = [] if list_next else {}
        body = found
