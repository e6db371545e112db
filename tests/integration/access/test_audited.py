"""Who did what, from where: every changing route of the table leaves its line in the audit trail, on both databases, or
stands in a short list with the reason."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from agent_desktop.middleware import SAFE
from crm_core.people.audit import AuditRow, check_audit, read_audit
from tests.integration.access.acts import ACTS, SILENT
from tests.integration.access.world import World, be_offered_a_caller, take_a_call, world

pytestmark = [pytest.mark.integration, pytest.mark.timeout(300)]


@pytest.fixture
async def live(database_url: str, tmp_path: Path) -> AsyncIterator[World]:
    async with world(database_url, tmp_path) as found:
        yield found


async def lines(live: World) -> list[AuditRow]:
    return await read_audit(live.platform.database, limit=500)


async def test_given_the_table_of_routes_then_each_that_changes_leaves_its_line_or_says_why_not(live: World) -> None:
    changing = {(one.method, one.path) for one in live.routes if one.method not in SAFE}
    assert changing == {key for key in (*ACTS, *SILENT) if key[0] not in SAFE}
    assert not ACTS.keys() & SILENT.keys()

    await be_offered_a_caller(live, "agent")
    await take_a_call(live, "agent")
    wrong = []
    for (method, path), (act, make) in ACTS.items():
        who, address, body = await make(live)
        seen = {one.seq for one in await lines(live)}
        status, answer = await live.ask(who, method, address, body)
        new = [one for one in await lines(live) if one.seq not in seen and one.action == act]
        actors = {one.actor for one in new}
        if status >= 400 and who is not None:
            wrong.append(f"{method} {path}: {status} {answer}")
        if not new or {one.ip for one in new} != {"127.0.0.1"} or (who and actors != {live.ids[who]}):
            wrong.append(f"{method} {path}: {[(one.action, one.actor, one.ip) for one in new]}")
    assert wrong == []
    assert (await check_audit(live.platform.database)).broken is None


async def test_given_a_setting_changed_then_the_line_says_what_it_was_and_is(live: World) -> None:
    await live.ask("admin", "PATCH", "/api/queues/main", {"version": 1, "ring_seconds": 41, "render_ms": 10})
    line = (await lines(live))[0]
    assert (line.action, line.subject, line.details) == (
        "queue_changed",
        "main",
        {"changed": ["ring_seconds: 20 -> 41"]},
    )

    _, found = await live.ask("admin", "GET", "/api/dispositions")
    before = found["dispositions"]
    renamed = [{**before[0], "label": "Solved"}, *before[2:]]
    await live.ask("admin", "PUT", "/api/dispositions", {"version": found["version"], "dispositions": renamed})
    line = (await lines(live))[0]
    assert line.action == "dispositions_changed"
    assert line.details["removed"] == [before[1]["id"]]
    assert f"{before[0]['id']}.label: {before[0]['label']} -> Solved" in line.details["changed"]


async def test_given_a_change_that_is_refused_then_there_is_no_line(live: World) -> None:
    status, _ = await live.ask("admin", "PATCH", "/api/queues/none", {"version": 1, "ring_seconds": 41})
    assert status == 404
    assert [one for one in await lines(live) if one.action == "queue_changed"] == []


async def test_given_a_number_taken_off_the_list_then_the_trail_tells_how_it_had_come_there_and_not_which(
    live: World,
) -> None:
    _, entry = await live.ask("agent", "POST", "/api/do-not-call", {"number": "+34600999888", "reason": "asked"})
    await live.ask("supervisor", "DELETE", f"/api/do-not-call/{entry['id']}")
    removed = (await lines(live))[0]
    assert (removed.action, removed.actor, removed.subject) == (
        "do_not_call_removed", live.ids["supervisor"], entry["id"],
    )  # fmt: skip
    assert removed.details["added_by"] == live.ids["agent"]
    assert "600999888" not in str(await lines(live))


async def test_given_recordings_listed_then_the_line_is_there_and_a_list_of_nothing_leaves_none(live: World) -> None:
    await be_offered_a_caller(live, "agent")
    await take_a_call(live, "agent")
    call = live.calls["agent"]
    _, found = await live.ask("stranger", "GET", f"/api/recordings?interaction_id={call}")
    assert found == {"items": []}
    _, found = await live.ask("agent", "GET", f"/api/recordings?interaction_id={call}")
    listed = [one for one in await lines(live) if one.action == "recordings_listed"]
    assert len(found["items"]) >= 1
    assert [(one.actor, one.subject) for one in listed] == [(live.ids["agent"], call)]
