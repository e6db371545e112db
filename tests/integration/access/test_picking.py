"""Who may have a caller who waits offered to them: by role, by the queues that they serve, and what they are told."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from kernel.access import GRANTS, Right, Role
from tests.integration.access.world import COLLEAGUE, World, world
from tests.support.waiting import until

pytestmark = [pytest.mark.integration, pytest.mark.timeout(200)]


@pytest.fixture
async def live(database_url: str, tmp_path: Path) -> AsyncIterator[World]:
    async with world(database_url, tmp_path) as found:
        yield found


async def kept_to(live: World, *logins: str) -> str:
    """A caller in the main queue, which nobody but these serves from now on; nobody is offered them."""
    _, found = await live.ask("admin", "GET", "/api/queues")
    (queue,) = [one for one in found["queues"] if one["id"] == "main"]
    who = {"everyone": False, "members": [live.ids[login] for login in logins]}
    status, answer = await live.ask("admin", "PATCH", "/api/queues/main", {"version": queue["version"], **who})
    assert status == 200, answer
    live.switch.call_in("+34600000001", "waits")
    rows = live.platform.rooms.routing.interactions
    await until(lambda: any(one.state == "queued" and one.match for one in rows), 15, "a caller who waits")
    return next(one.id for one in rows if one.state == "queued")


async def ready(live: World, login: str) -> None:
    for method, path, body in (
        ("GET", "/api/desk/phone", None),
        ("PUT", "/api/desk/presence", {"presence": "ready"}),
    ):
        status, answer = await live.ask(login, method, path, body)
        assert status == 200, answer


async def pick(live: World, login: str, call: str) -> tuple[int, str]:
    status, answer = await live.ask(login, "POST", f"/api/calls/{call}/pick")
    return status, answer["error"]["id"] if "error" in answer else "offered"


async def test_given_a_queue_of_others_then_only_a_right_that_reaches_all_gets_the_caller(live: World) -> None:
    call = await kept_to(live, COLLEAGUE)
    told = {}
    for role in [role for role in Role if role is not Role.supervisor]:
        if Right.desk_use in GRANTS[role]:
            await ready(live, role.value)
        told[role.value] = await pick(live, role.value, call)
    await ready(live, "supervisor")
    told["supervisor"] = await pick(live, "supervisor", call)
    again = await pick(live, "supervisor", call)

    none, foreign = (403, "right_missing"), (403, "pick_not_served")
    assert told == {
        "agent": foreign, "engineer": foreign, "sales": foreign, "telemarketer": none, "admin": none,
        "supervisor": (200, "offered"),
    }  # fmt: skip
    assert again == (200, "offered")


async def test_given_two_who_pick_then_the_second_is_told_who_has_them(live: World) -> None:
    call = await kept_to(live, COLLEAGUE)
    await ready(live, "supervisor")
    await pick(live, "supervisor", call)

    _, found = await live.ask("admin", "GET", "/api/queues")
    (queue,) = [one for one in found["queues"] if one["id"] == "main"]
    await live.ask("admin", "PATCH", "/api/queues/main", {"version": queue["version"], "everyone": True})
    await ready(live, "agent")
    status, answer = await live.ask("agent", "POST", f"/api/calls/{call}/pick")

    assert (status, answer["error"]["id"], answer["error"]["details"]) == (409, "pick_ringing", {"by": "Supervisor"})
    _, why = await live.ask("supervisor", "GET", f"/api/calls/{call}/why")
    reasons = {one["name"]: (one["verdict"], one["reason"]) for one in why["offers"][0]["agents"]}
    assert reasons["Supervisor"] == ("chosen", "picked")
