"""Announcements by the API and the file, through the real engine on both databases: made, changed, refused while a
queue names them, taken back; those that are always there."""

from __future__ import annotations

from typing import Any

import pytest

from tests.integration.access.test_setup import done, live, made, refused
from tests.integration.access.world import World

pytestmark = [pytest.mark.integration, pytest.mark.timeout(120)]

__all__ = ["live"]
HELLO = {"name": "Hello", "sounds": {"en": ["hello", "number:position"], "es": ["hola"]}}


async def listed(live: World) -> dict[str, Any]:
    return {one["id"]: one for one in (await done(live, "GET", "/api/announcements"))["announcements"]}


async def test_given_an_announcement_then_a_queue_can_name_it_and_it_stays_as_long(live: World) -> None:
    hello = await made(live, "announcements", **HELLO)
    assert (await listed(live))["hello"] == {"id": "hello", **HELLO, "version": hello["version"], "always": False}
    (queue,) = (await done(live, "GET", "/api/queues"))["queues"]
    assert queue["announce"] == {
        "welcome": None, "position": False, "wait": False, "first_seconds": 20, "every_seconds": 60,
    }  # fmt: skip
    announce = {**queue["announce"], "welcome": "hello", "position": True, "every_seconds": 30}
    await done(live, "PATCH", "/api/queues/main", {"version": queue["version"], "announce": announce})

    (queue,) = (await done(live, "GET", "/api/queues"))["queues"]
    assert queue["announce"] == announce
    status, found, details = await refused(live, "DELETE", f"/api/announcements/hello?version={hello['version']}")
    assert (status, found, details["used_by"]) == (409, "setup_in_use", ["queue main"])
    await done(live, "PATCH", "/api/queues/main", {"version": queue["version"], "announce": {}})
    await done(live, "DELETE", f"/api/announcements/hello?version={hello['version']}")
    assert "hello" not in await listed(live)


def named(id: str) -> list[dict[str, Any]]:
    """Each place of a queue that sends callers on, with that announcement."""
    to = {"kind": "hang_up", "announcement_id": id}
    return [
        {"overflow": [{"when": "waited", "seconds": 60, "to": to}]},
        {"empty": {"join": ["nobody_ready"], "join_to": to}},
        {"empty": {"leave": ["all_paused"], "leave_to": to}},
        {"closed": {"to": to}},
    ]


@pytest.mark.parametrize("place", range(4))
async def test_given_a_way_out_of_a_queue_then_its_announcement_is_there_and_stays_as_long(
    live: World, place: int
) -> None:
    hello = await made(live, "announcements", **HELLO)
    (queue,) = (await done(live, "GET", "/api/queues"))["queues"]
    before = {name: queue[name] for name in named("")[place]}
    change = {"version": queue["version"], **named("nowhere")[place]}
    status, found, details = await refused(live, "PATCH", "/api/queues/main", change)
    assert (status, found) == (422, "setup_unknown")
    assert (details["kind"], details["name"], details["place"]) == ("announcement", "nowhere", "queue main")
    assert details["field"] in before

    for id in ("closed", "hello"):
        (queue,) = (await done(live, "GET", "/api/queues"))["queues"]
        await done(live, "PATCH", "/api/queues/main", {"version": queue["version"], **named(id)[place]})
    removal = f"/api/announcements/hello?version={hello['version']}"
    status, found, details = await refused(live, "DELETE", removal)
    assert (status, found, details["used_by"]) == (409, "setup_in_use", ["queue main"])
    (queue,) = (await done(live, "GET", "/api/queues"))["queues"]
    await done(live, "PATCH", "/api/queues/main", {"version": queue["version"], **before})
    await done(live, "DELETE", removal)


async def test_given_something_wrong_then_it_is_refused_and_nothing_changes(live: World) -> None:
    before = await listed(live)
    for body, id in (
        ({"name": "A", "sounds": {}}, "invalid_input"),
        ({"name": "A", "sounds": {"english": ["x"]}}, "invalid_input"),
        ({"name": "A", "sounds": {"en": ["../x"]}}, "setup_value_wrong"),
        ({"name": "A", "sounds": {"en": ["x&y"]}}, "setup_value_wrong"),
        ({"name": "A", "sounds": {"en": ["a" * 80] * 6}}, "setup_value_wrong"),
    ):
        assert (await refused(live, "POST", "/api/announcements", body))[:2] == (422, id), body
    (queue,) = (await done(live, "GET", "/api/queues"))["queues"]
    for announce, id in (
        ({"welcome": "nowhere"}, "setup_unknown"),
        ({"every_seconds": 5}, "invalid_input"),
        ({"first_seconds": -1}, "invalid_input"),
    ):
        body = {"version": queue["version"], "announce": announce}
        assert (await refused(live, "PATCH", "/api/queues/main", body))[:2] == (422, id), announce
    assert await listed(live) == before


async def test_given_one_that_is_always_there_then_it_can_be_changed_and_taken_back(live: World) -> None:
    before = (await listed(live))["position"]
    assert (before["version"], before["always"]) == (0, True)
    changed = {"name": "Place", "sounds": {"en": ["place", "number:position"]}}
    await done(live, "PATCH", "/api/announcements/position", {"version": 0, **changed})
    assert (await refused(live, "PATCH", "/api/announcements/position", {"version": 0, **changed}))[
        1
    ] == "setup_changed"

    now = (await listed(live))["position"]
    assert {name: now[name] for name in ("name", "sounds", "always")} == {**changed, "always": True}
    (change, *_) = (await done(live, "GET", "/api/setup/changes"))["items"]
    assert change["edits"][0]["kind"] == "announcement"
    await done(live, "POST", f"/api/setup/changes/{change['id']}/undo")
    assert (await listed(live))["position"] == before


async def test_given_a_file_then_announcements_are_a_section_of_it(live: World) -> None:
    await made(live, "announcements", **HELLO)
    wanted = await done(live, "GET", "/api/setup")
    assert wanted["announcements"] == {"hello": HELLO}
    wanted["announcements"]["bye"] = {"name": "Bye", "sounds": {"en": ["goodbye"]}}
    del wanted["announcements"]["hello"]
    wanted["queues"]["main"]["announce"]["welcome"] = "bye"
    plan = await done(live, "POST", "/api/setup/plan", {"setup": wanted})
    await done(live, "POST", "/api/setup/apply", {"setup": wanted, "stamp": plan["stamp"]})

    there = await listed(live)
    assert "bye" in there
    assert "hello" not in there
    assert (await done(live, "GET", "/api/setup"))["queues"]["main"]["announce"]["welcome"] == "bye"
