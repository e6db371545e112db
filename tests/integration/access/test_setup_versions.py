"""Two administrators at the same queue or the same outcomes, through the real engine on both databases: one is taken,
the other is told what is there now, and nothing is overwritten."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from crm_core.people.audit import read_audit
from tests.integration.access.world import World, world
from tests.support.waiting import until

pytestmark = [pytest.mark.integration, pytest.mark.timeout(120)]


@pytest.fixture
async def live(database_url: str, tmp_path: Path) -> AsyncIterator[World]:
    async with world(database_url, tmp_path) as found:
        yield found


async def outcomes(live: World) -> Any:
    """As the page shows them; those of the start come with the first commit."""
    seen: Any = {}

    async def there() -> bool:
        nonlocal seen
        _, seen = await live.ask("admin", "GET", "/api/dispositions")
        return bool(seen["dispositions"])

    await until(there, 10, "the outcomes")
    return seen


async def acts(live: World, action: str) -> int:
    return len([one for one in await read_audit(live.platform.database, limit=500) if one.action == action])


async def test_given_two_at_one_queue_at_once_then_one_is_taken_and_the_other_told(live: World) -> None:
    forms = ({"version": 1, "ring_seconds": 31}, {"version": 1, "ring_seconds": 32})
    answers = await asyncio.gather(*(live.ask("admin", "PATCH", "/api/queues/main", one) for one in forms))

    (taken, saved), (refused, answer) = sorted(answers, key=lambda one: one[0])
    assert (taken, saved, refused, answer["error"]["id"]) == (200, {"version": 2}, 409, "queue_changed")
    details = answer["error"]["details"]
    assert (details["version"], details["current"]["version"]) == (2, 2)
    assert details["current"]["ring_seconds"] in (31, 32)
    assert await acts(live, "queue_changed") == 1
    again = {"version": details["version"], "ring_seconds": 33}
    assert await live.ask("admin", "PATCH", "/api/queues/main", again) == (200, {"version": 3})


async def test_given_two_at_the_outcomes_then_the_second_is_told_the_list_and_saves_on_it(live: World) -> None:
    seen = await outcomes(live)
    rows: list[Any] = seen["dispositions"]
    renamed = [{**rows[0], "label": "Solved"}, *rows[1:]]
    status, saved = await live.ask("admin", "PUT", "/api/dispositions", {**seen, "dispositions": renamed})
    assert (status, saved) == (200, {"version": seen["version"] + 1})

    status, answer = await live.ask("admin", "PUT", "/api/dispositions", {**seen, "dispositions": rows[:-1]})

    assert (status, answer["error"]["id"]) == (409, "dispositions_changed")
    details = answer["error"]["details"]
    assert (details["version"], details["current"]) == (saved["version"], renamed)
    again = {"version": details["version"], "dispositions": details["current"][:-1]}
    assert (await live.ask("admin", "PUT", "/api/dispositions", again))[0] == 200
    assert await acts(live, "dispositions_changed") == 2


async def test_given_changes_then_what_a_restart_loads_has_their_versions(database_url: str, tmp_path: Path) -> None:
    async with world(database_url, tmp_path) as live:
        seen = await outcomes(live)
        changed = {**seen, "dispositions": seen["dispositions"][1:]}
        assert (await live.ask("admin", "PUT", "/api/dispositions", changed))[0] == 200
        await live.ask("admin", "PATCH", "/api/queues/main", {"version": 1, "ring_seconds": 31})
        rows, _ = await live.platform.store.load()

    assert [(one.version, one.ring_seconds) for one in rows["queues"]] == [(2, 31)]
    assert max(one.version for one in rows["dispositions"]) == seen["version"] + 1


async def test_given_an_outcome_removed_then_its_id_is_refused_and_its_row_stays_for_old_calls(live: World) -> None:
    seen = await outcomes(live)
    first, *rest = seen["dispositions"]
    _, saved = await live.ask("admin", "PUT", "/api/dispositions", {**seen, "dispositions": rest})
    await refused(live, {**saved, "dispositions": [*rest, {**first, "label": "Another"}]}, first["id"])
    await refused(live, {**saved, "dispositions": [*rest, first]}, first["id"])
    assert await acts(live, "dispositions_changed") == 1
    rows, _ = await live.platform.store.load()
    there = [(one.label, one.active) for one in rows["dispositions"] if one.id == first["id"]]
    assert there == [(first["label"], False)], "what a restart loads knows it"
    other = {**first, "id": f"{first['id']}_2"}
    status, _ = await live.ask("admin", "PUT", "/api/dispositions", {**saved, "dispositions": [*rest, other]})
    assert status == 200


async def test_given_ids_that_are_none_or_doubled_then_the_form_is_refused_and_nothing_changes(live: World) -> None:
    seen = await outcomes(live)
    for id in ("", "Sale", "a b", "x" * 61, "sale\n", "ä", None, seen["dispositions"][0]["id"]):
        rows = [*seen["dispositions"], {"id": id, "label": "New"}]
        status, answer = await live.ask("admin", "PUT", "/api/dispositions", {**seen, "dispositions": rows})
        assert (status, answer["error"]["id"]) == (422, "invalid_input"), id
    assert await outcomes(live) == seen


async def refused(live: World, form: Any, id: str) -> None:
    """Because `id` was an outcome's that is removed."""
    before = await outcomes(live)
    status, answer = await live.ask("admin", "PUT", "/api/dispositions", form)
    assert (status, answer["error"]["id"], answer["error"]["details"]["ids"]) == (409, "outcome_id_used", [id])
    assert await outcomes(live) == before
