"""Queues, skills, groups and what people can do, by the API, through the real engine on both databases: who is offered
which caller, what is refused, what a restart loads, and a change taken back."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tests.integration.access.world import World, world
from tests.support.waiting import until

pytestmark = [pytest.mark.integration, pytest.mark.timeout(120)]


@pytest.fixture
async def live(database_url: str, tmp_path: Path) -> AsyncIterator[World]:
    async with world(database_url, tmp_path) as found:
        yield found


async def made(live: World, noun: str, **body: Any) -> Any:
    status, answer = await live.ask("admin", "POST", f"/api/{noun}", body)
    assert status == 201, answer
    return answer


async def done(live: World, method: str, path: str, body: Any = None) -> Any:
    status, answer = await live.ask("admin", method, path, body)
    assert status == 200, answer
    return answer


async def refused(live: World, method: str, path: str, body: Any = None) -> tuple[int, str, dict[str, Any]]:
    status, answer = await live.ask("admin", method, path, body)
    assert status >= 400, answer
    return status, answer["error"]["id"], answer["error"]["details"]


async def profile(live: World, login: str, *groups: str, **skills: int) -> Any:
    path, body = f"/api/profiles/{live.ids[login]}", {"skills": skills, "groups": list(groups)}
    there = {one["id"]: one["version"] for one in (await done(live, "GET", "/api/profiles"))["profiles"]}
    return await done(live, "PUT", path, {**body, "version": there.get(live.ids[login], 0)})


async def ready(live: World, *logins: str) -> None:
    for login in logins:
        assert (await live.ask(login, "GET", "/api/desk/phone"))[0] == 200
        assert (await live.ask(login, "PUT", "/api/desk/presence", {"presence": "ready"}))[0] == 200


async def offered(live: World) -> str:
    """The login of whom a caller is offered to."""
    rows = live.platform.rooms.routing.offers
    await until(lambda: len(rows) > 0, 15, "an offer")
    (agent,) = {one.agent_id for one in rows}
    return next(login for login, id in live.ids.items() if id == agent)


async def why(live: World, login: str, call: str) -> Any:
    """The offers of a call, as soon as they are committed."""
    answer: Any = {}

    async def there() -> bool:
        nonlocal answer
        status, answer = await live.ask(login, "GET", f"/api/calls/{call}/why")
        return status == 200 and bool(answer["offers"])

    await until(there, 15, "why")
    return answer["offers"]


async def set_up(live: World) -> Any:
    """A queue for the number 901 that only engineers with English may serve."""
    await made(live, "skills", name="English")
    await made(live, "groups", name="First line")
    await profile(live, "engineer", "first_line", english=4)
    asked = {"everyone": False, "groups": ["first_line"], "skills": {"english": 3}, "dids": ["+34 901"]}
    return await made(live, "queues", name="Service", **asked)


async def test_given_a_queue_with_a_number_then_its_caller_is_offered_to_who_serves_it_and_the_rest_is_told_why(
    live: World,
) -> None:
    assert (await set_up(live))["id"] == "service"
    await ready(live, "agent", "engineer")
    live.switch.call_in("+34600000001", "Somebody", did="0034901")
    assert await offered(live) == "engineer"
    (call,) = {one.interaction_id for one in live.platform.rooms.routing.offers}
    (offer,) = await why(live, "engineer", call)
    assert {one["name"]: one["reason"] for one in offer["agents"]} == {
        "Agent": "not_in_queue",
        "Engineer": "longest_idle",
    }
    shown = live.platform.rooms.routing.interactions[call]
    assert (shown.queue_id, shown.did) == ("service", "0034901")


async def test_given_a_queue_removed_with_a_caller_in_it_then_they_are_offered_by_the_main_queue(live: World) -> None:
    found = await set_up(live)
    live.switch.call_in("+34600000001", "Somebody", did="34901")
    calls = live.platform.rooms.routing.interactions
    await until(lambda: any(one.queue_id == "service" and one.queued_at for one in calls), 15, "a caller who waits")
    (before,) = calls
    await done(live, "DELETE", f"/api/queues/service?version={found['version']}")
    (after,) = calls
    assert (after.queue_id, after.place, after.id) == ("main", before.place, before.id)
    await ready(live, "agent")
    assert await offered(live) == "agent"
    assert [one["id"] for one in (await done(live, "GET", "/api/queues"))["queues"]] == ["main"]


async def test_given_the_set_up_then_a_restart_loads_it_as_it_was(database_url: str, tmp_path: Path) -> None:
    names = ("queues", "skills", "agent_groups", "profiles")
    async with world(database_url, tmp_path) as live:
        await set_up(live)
        core = live.platform.engine.core
        before = {name: list(core.shelves[name]) for name in names}
        rows, _ = await live.platform.store.load()
    assert {name: sorted(rows[name], key=lambda one: one.id) for name in names} == before
    assert len(before["queues"]) == 2


async def test_given_what_cannot_be_then_the_field_is_named_and_what_runs_is_untouched(live: World) -> None:
    version = (await set_up(live))["version"]
    before = await done(live, "GET", "/api/queues")
    path = "/api/queues/service"
    bad: list[tuple[str, str, Any]] = [
        ("setup_unknown", "skills", {"skills": {"french": 1}}),
        ("setup_unknown", "groups", {"groups": ["second_line"]}),
        ("person_unknown", "members", {"members": ["nobody"]}),
        ("queue_without_anybody", "members", {"groups": []}),
        ("queue_without_anybody", "members", {"skills": {"english": 5}}),
        ("step_leads_back", "steps", {"steps": [{"after_seconds": 5, "skills": {"english": 4}}]}),
        ("step_repeats", "steps", {"steps": [{"after_seconds": 5, "skills": {"english": 3}}]}),
        ("setup_name_taken", "name", {"name": "main"}),
        ("invalid_input", "skills.english", {"skills": {"english": 6}}),
        ("invalid_input", "dids.0", {"dids": ["five"]}),
        ("invalid_input", "priority", {"priority": 3601}),
        ("invalid_input", "active", {"active": False}),
    ]
    for id, field, body in bad:
        status, found, details = await refused(live, "PATCH", path, {"version": version, **body})
        assert (status, found, list(details["reasons"])) == (422, id, [field]), body
    assert (await refused(live, "PATCH", path, {"version": 1, "name": "x"}))[:2] == (409, "queue_changed")
    assert (await refused(live, "DELETE", "/api/queues/main?version=1"))[:2] == (409, "default_queue_stays")
    assert (await refused(live, "DELETE", f"{path}?version=1"))[:2] == (409, "queue_changed")
    assert (await refused(live, "DELETE", path))[:2] == (422, "invalid_input")
    assert await done(live, "GET", "/api/queues") == before


async def test_given_a_skill_and_a_group_in_use_then_their_removal_says_where(live: World) -> None:
    await set_up(live)
    for noun, id in (("skills", "english"), ("groups", "first_line")):
        (row,) = (await done(live, "GET", f"/api/{noun}"))[noun]
        status, found, details = await refused(live, "DELETE", f"/api/{noun}/{id}?version={row['version']}")
        assert (status, found) == (409, "setup_in_use")
        assert details["used_by"] == [f"profile {live.ids['engineer']}", "queue service"]


async def test_given_a_queue_that_wants_an_outcome_then_the_last_one_there_stays_and_so_does_a_queue_named(
    live: World,
) -> None:
    await set_up(live)
    _, outcomes = await live.ask("admin", "GET", "/api/dispositions")
    kept = [{**one, "queues": ["main"]} for one in outcomes["dispositions"]]
    only = [*kept[1:], {**kept[0], "queues": ["service"]}]
    found = await done(live, "PUT", "/api/dispositions", {**outcomes, "dispositions": only})
    version = (await queue_of(live, "service"))["version"]
    wanted = await done(live, "PATCH", "/api/queues/service", {"version": version, "wrap_mode": "mandatory"})

    status, id, details = await refused(live, "PUT", "/api/dispositions", {**found, "dispositions": kept[1:]})
    assert (status, id, details["queue"]) == (422, "queue_without_outcome", "Service")
    status, id, details = await refused(live, "DELETE", f"/api/queues/service?version={wanted['version']}")
    assert (status, id, details["used_by"]) == (409, "setup_in_use", [f"outcome {kept[0]['id']}"])

    body = {"version": wanted["version"], "wrap_mode": "optional"}
    opened = await done(live, "PATCH", "/api/queues/service", body)
    await done(live, "PUT", "/api/dispositions", {**found, "dispositions": kept})
    body = {"version": opened["version"], "wrap_mode": "mandatory"}
    status, id, details = await refused(live, "PATCH", "/api/queues/service", body)
    assert (status, id, list(details["reasons"])) == (422, "queue_without_outcome", ["wrap_mode"])


async def queue_of(live: World, id: str) -> Any:
    return next(one for one in (await done(live, "GET", "/api/queues"))["queues"] if one["id"] == id)


async def test_given_the_only_one_who_serves_a_queue_then_closing_their_account_is_done_and_shown(live: World) -> None:
    await set_up(live)
    engineer = live.ids["engineer"]
    assert (await done(live, "GET", "/api/queues"))["hardly"] == {"service": [engineer]}

    await done(live, "POST", f"/api/people/{engineer}/close")

    assert (await done(live, "GET", "/api/queues"))["hardly"] == {"service": []}
    live.switch.call_in("+34600000001", "Somebody", did="34901")
    calls = live.platform.rooms.routing.interactions
    await until(lambda: any(one.queue_id == "service" and one.queued_at for one in calls), 15, "a caller who waits")
    await done(live, "POST", f"/api/people/{engineer}/reopen")
    assert (await done(live, "GET", "/api/queues"))["hardly"] == {"service": [engineer]}


async def test_given_the_same_request_twice_then_one_queue_is_made_and_both_are_told_of_it(live: World) -> None:
    headers = {**(await live.session("admin")), "Idempotency-Key": "make-a-queue-1", "Sec-Fetch-Site": "same-origin"}
    answers = []
    for _ in range(2):
        async with live.client.post(
            f"{live.url}/api/queues", json={"name": "Service"}, headers={**headers, "User-Agent": "matrix"}
        ) as answer:
            answers.append((answer.status, await answer.json()))
    assert answers[0] == answers[1]
    assert (answers[0][0], answers[0][1]["id"]) == (201, "service")
    assert len((await done(live, "GET", "/api/queues"))["queues"]) == 2


async def test_given_names_without_latin_letters_or_the_same_again_then_each_has_an_id_of_its_own(live: World) -> None:
    ids = [(await made(live, "skills", name=name))["id"] for name in ("English", "中文", "Русский", "English!")]
    assert ids == ["english", "skill", "skill_2", "english_2"]
    assert (await refused(live, "POST", "/api/skills", {"name": "ENGLISH"}))[:2] == (422, "setup_name_taken")


# ── history ─────────────────────────────────────────────────────────────────────────────────────────────


async def newest(live: World) -> Any:
    return (await done(live, "GET", "/api/setup/changes"))["items"][0]


async def undo(live: World, change: str) -> Any:
    return (await done(live, "POST", f"/api/setup/changes/{change}/undo"))["change"]


async def state_of(live: World) -> dict[str, Any]:
    """All that is set up, but for the versions."""
    found = {noun: (await done(live, "GET", f"/api/{noun}"))[noun] for noun in ("queues", "skills", "groups")}
    found |= {name: (await done(live, "GET", f"/api/{name}"))[name] for name in ("profiles", "dispositions")}
    return {name: [{**row, "version": 0} for row in rows] for name, rows in found.items()}


async def test_given_changes_of_each_kind_then_each_is_taken_back_by_one_request_and_so_is_the_taking_back(
    live: World,
) -> None:
    service = await set_up(live)
    _, outcomes = await live.ask("admin", "GET", "/api/dispositions")
    (group,) = (await done(live, "GET", "/api/groups"))["groups"]
    await made(live, "skills", name="French")
    acts: list[tuple[str, str, Any]] = [
        ("PATCH", "/api/queues/service", {"version": service["version"], "ring_seconds": 44, "priority": 30}),
        ("PUT", "/api/dispositions", {**outcomes, "dispositions": outcomes["dispositions"][1:]}),
        ("PATCH", "/api/groups/first_line", {"name": "Second line", "version": group["version"]}),
        ("POST", "/api/skills", {"name": "Russian"}),
        ("DELETE", "/api/skills/french", None),
        ("PUT", f"/api/profiles/{live.ids['agent']}", {"version": 0, "skills": {"english": 1}, "groups": []}),
        ("POST", "/api/queues", {"name": "Sales"}),
        ("DELETE", "/api/queues/service", None),
    ]
    for method, path, body in acts:
        before = await state_of(live)
        if method == "DELETE":
            noun = path.split("/")[2]
            rows = (await done(live, "GET", f"/api/{noun}"))[noun]
            path += f"?version={next(one['version'] for one in rows if path.endswith(one['id']))}"
        status, answer = await live.ask("admin", method, path, body)
        assert status < 300, answer
        after, change = await state_of(live), await newest(live)
        assert (after != before, change["actor_name"], change["undoes"]) == (True, "Admin", None)
        back = await undo(live, change["id"])
        assert await state_of(live) == before, path
        assert (await newest(live))["undoes"] == change["id"]
        await undo(live, back)
        assert await state_of(live) == after, path
        await undo(live, (await newest(live))["id"])


async def test_given_what_was_changed_again_since_then_it_is_not_taken_back_before_that_is(live: World) -> None:
    first = await done(live, "PATCH", "/api/queues/main", {"version": 1, "ring_seconds": 41})
    earlier = await newest(live)
    assert earlier["edits"] == [
        {"kind": "queue", "id": "main", "name": "Main", "what": "changed", "fields": ["ring_seconds"]}
    ]
    await done(live, "PATCH", "/api/queues/main", {"version": first["version"], "name": "Front"})
    status, id, _ = await refused(live, "POST", f"/api/setup/changes/{earlier['id']}/undo")
    assert (status, id) == (409, "changed_since")
    await undo(live, (await newest(live))["id"])
    await undo(live, earlier["id"])
    (main,) = (await done(live, "GET", "/api/queues"))["queues"]
    assert (main["name"], main["ring_seconds"], main["version"]) == ("Main", 20, 5)
    assert (await refused(live, "POST", "/api/setup/changes/none/undo"))[:2] == (404, "no_such_change")


async def test_given_more_changes_than_a_page_then_the_rest_follows_each_once(live: World) -> None:
    for number in range(5):
        await made(live, "skills", name=f"Skill {number}")
    page = await done(live, "GET", "/api/setup/changes?limit=3")
    rest = await done(live, "GET", f"/api/setup/changes?limit=3&before={page['next']}")
    names = [one["edits"][0]["name"] for one in (*page["items"], *rest["items"])]
    assert (names, rest["next"]) == ([f"Skill {number}" for number in (4, 3, 2, 1, 0)], None)
