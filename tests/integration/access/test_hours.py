"""Hours and calendars by the API, through the real engine on both databases: queues that open and close, callers who
come meanwhile, what is refused and where, the file, a change taken back, and what a start finds."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tests.integration.access.test_setup import done, made, ready, refused
from tests.integration.access.world import World, world
from tests.support.waiting import until

pytestmark = [pytest.mark.integration, pytest.mark.timeout(120)]

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
ALWAYS = {day: ["00:00-24:00"] for day in DAYS}


@pytest.fixture
async def live(database_url: str, tmp_path: Path) -> AsyncIterator[World]:
    async with world(database_url, tmp_path) as found:
        yield found


def here(live: World, zone: str = "Europe/Madrid") -> datetime:
    return live.platform.clock.now().astimezone(ZoneInfo(zone))


def closed_today(live: World) -> dict[str, Any]:
    """A calendar in which today, and tomorrow should midnight come, are holidays."""
    days = [here(live).date() + timedelta(days=nth) for nth in (0, 1)]
    return {"name": "Madrid", "days": [{"date": str(day), "name": "Fiesta"} for day in days]}


async def set_up(live: World, **more: Any) -> Any:
    """The main queue is open in Madrid around the clock."""
    await made(live, "hours", name="Office", zone="Europe/Madrid", weekly=ALWAYS, **more)
    return await main(live, hours_id="office")


async def main(live: World, **changes: Any) -> Any:
    (row,) = [one for one in (await done(live, "GET", "/api/queues"))["queues"] if one["id"] == "main"]
    return await done(live, "PATCH", "/api/queues/main", {"version": row["version"], **changes})


async def hours(live: World) -> Any:
    (row,) = (await done(live, "GET", "/api/hours"))["hours"]
    return row


async def ended(live: World, state: str) -> Any:
    """The caller who is there, once they are in that state."""
    calls = live.platform.rooms.routing.interactions
    await until(lambda: any(one.state == state for one in calls), 15, state)
    return next(one for one in calls if one.state == state)


async def test_given_a_holiday_then_callers_are_turned_away_and_once_it_is_taken_out_they_are_served(
    live: World,
) -> None:
    await made(live, "calendars", **closed_today(live))
    await set_up(live, calendars=["madrid"])
    row = await hours(live)
    assert (row["open"], row["zone"], row["calendars"]) == (False, "Europe/Madrid", ["madrid"])
    assert row["changes_at"] is not None
    await ready(live, "agent")
    live.switch.call_in("+34600000001", "Somebody")
    caller = await ended(live, "dismissed")
    assert caller.dismissal.reason == "closed"
    assert list(live.platform.rooms.routing.offers) == []
    await done(live, "PATCH", "/api/hours/office", {"version": row["version"], "calendars": []})
    assert (await hours(live))["open"] is True
    live.switch.call_in("+34600000002", "Somebody else")
    await until(lambda: len(live.platform.rooms.routing.offers) > 0, 15, "an offer")


async def test_given_hours_taken_from_a_queue_then_it_is_always_open(live: World) -> None:
    await set_up(live)
    await main(live, hours_id=None)
    assert live.platform.rooms.routing.queues["main"].hours_id is None
    await main(live, ring_seconds=33)
    await made(live, "queues", name="Night")
    await main(live, hours_id="office", closed={"to": {"kind": "queue", "queue_id": "night"}})
    row = live.platform.rooms.routing.queues["main"]
    assert (row.hours_id, row.closed.to.queue_id) == ("office", "night")


async def test_given_what_cannot_be_then_the_place_is_named_and_nothing_is_changed(live: World) -> None:
    await made(live, "calendars", **closed_today(live))
    await set_up(live, calendars=["madrid"])
    row = await hours(live)
    (calendar,) = (await done(live, "GET", "/api/calendars"))["calendars"]
    office, madrid = "/api/hours/office", "/api/calendars/madrid"
    bad: list[tuple[str, str, str, Any]] = [
        (office, "hours_overlap", "weekly", {"weekly": {"tue": ["09:00-14:00", "13:00-15:00"]}}),
        (office, "hours_zone_unknown", "zone", {"zone": "Europe/Atlantis"}),
        (office, "hours_segment_bad", "weekly", {"weekly": {"tue": ["9am-5pm"]}}),
        (office, "hours_day_bad", "weekly", {"weekly": {"martes": ["09:00-10:00"]}}),
        (office, "hours_never_open", "weekly", {"weekly": {}}),
        (office, "setup_unknown", "calendars", {"calendars": ["lisbon"]}),
        (madrid, "invalid_input", "days.0.date", {"days": [{"date": "2026-13-01", "name": "x"}]}),
        (madrid, "calendar_day_bad", "days", {"days": [{"date": "1999-01-01", "name": "x"}]}),
        (madrid, "calendar_day_name", "days", {"days": [{"date": "2026-01-01", "name": "  "}]}),
    ]
    for path, id, field, changes in bad:
        version = row["version"] if path == office else calendar["version"]
        status, found, details = await refused(live, "PATCH", path, {"version": version, **changes})
        assert (status, found) == (422, id), changes
        assert field in details["fields"], details
    status, found, details = await refused(live, "DELETE", f"{office}?version={row['version']}")
    assert (status, found, details["used_by"]) == (409, "setup_in_use", ["queue main"])
    status, found, details = await refused(live, "DELETE", f"{madrid}?version={calendar['version']}")
    assert (status, found, details["used_by"]) == (409, "setup_in_use", ["hours office"])
    assert await hours(live) == row
    assert (await done(live, "GET", "/api/calendars"))["calendars"] == [calendar]


async def test_given_a_preview_then_it_says_what_would_be_and_nothing_is_changed(live: World) -> None:
    await made(live, "calendars", **closed_today(live))
    asked = {"zone": "Asia/Kathmandu", "weekly": ALWAYS, "calendars": []}
    assert (await done(live, "POST", "/api/hours/preview", asked))["open"] is True
    found = await done(live, "POST", "/api/hours/preview", {**asked, "zone": "Europe/Madrid", "calendars": ["madrid"]})
    assert (found["open"], [one["name"] for one in found["special"]]) == (False, ["Fiesta", "Fiesta"])
    assert found["here"][:10] == str(here(live).date())
    status, id, _ = await refused(live, "POST", "/api/hours/preview", {**asked, "zone": "Nowhere"})
    assert (status, id) == (422, "hours_zone_unknown")
    assert (await done(live, "GET", "/api/hours"))["hours"] == []


async def test_given_a_number_that_no_permit_would_let_through_then_no_way_out_of_a_queue_leads_there(
    live: World,
) -> None:
    to = {"kind": "outside", "number": "+34803123456"}
    ways = {
        "closed": {"to": to},
        "overflow": [{"when": "waited", "seconds": 30, "to": to}],
        "empty": {"join": ["nobody_ready"], "join_to": to},
    }
    rows = (await done(live, "GET", "/api/queues"))["queues"]
    (row,) = [one for one in rows if one["id"] == "main"]
    for field, value in ways.items():
        body = {"version": row["version"], field: value}
        status, error, details = await refused(live, "PATCH", "/api/queues/main", body)
        assert (status, error, details["field"]) == (422, "overflow_number_wrong", field), details
        assert details["rule"] == "number_premium"
        file = {"queues": {"main": {"name": row["name"], field: value}}}
        status, error, details = await refused(live, "POST", "/api/setup/plan", {"setup": file})
        assert (error, details["field"]) == ("overflow_number_wrong", field)
    assert (await done(live, "GET", "/api/queues"))["queues"] == rows


async def test_given_a_file_then_hours_are_in_it_and_applied_it_makes_them_as_one_change_that_can_be_undone(
    live: World,
) -> None:
    before = await done(live, "GET", "/api/setup")
    assert (before["hours"], before["calendars"]) == ({}, {})
    weekly = {day: ["09:00-14:00", "16:00-19:30"] for day in DAYS[:5]}
    half = {"date": "2026-12-24", "name": "Nochebuena", "yearly": True, "open": ["09:00-13:00"]}
    wanted = {
        "calendars": {"madrid": {"name": "Madrid", "days": [half]}},
        "hours": {"office": {"name": "Office", "zone": "Europe/Madrid", "weekly": weekly, "calendars": ["madrid"]}},
        "queues": {"main": {"hours_id": "office", "name": before["queues"]["main"]["name"]}},
    }
    plan = await done(live, "POST", "/api/setup/plan", {"setup": wanted})
    assert [(one["kind"], one["what"]) for one in plan["edits"]] == [
        ("calendar", "created"),
        ("hours", "created"),
        ("queue", "changed"),
    ]
    applied = await done(live, "POST", "/api/setup/apply", {"setup": wanted, "stamp": plan["stamp"]})
    after = await done(live, "GET", "/api/setup")
    assert (after["hours"], after["calendars"]) == (wanted["hours"], wanted["calendars"])
    again = await done(live, "POST", "/api/setup/plan", {"setup": after})
    assert again["edits"] == []
    await done(live, "POST", f"/api/setup/changes/{applied['change']}/undo")
    assert await done(live, "GET", "/api/setup") == before


async def test_given_hours_then_a_restart_finds_them_and_when_they_turn_next(database_url: str, tmp_path: Path) -> None:
    names = ("hours", "calendars", "openings", "queues")
    async with world(database_url, tmp_path) as live:
        await made(live, "calendars", **closed_today(live))
        await set_up(live, calendars=["madrid"])
        core = live.platform.engine.core
        before = {name: list(core.shelves[name]) for name in names}
        rows, _ = await live.platform.store.load()
        deadlines = {one.id: one for one in rows["deadlines"]}
    assert {name: sorted(rows[name], key=lambda one: one.id) for name in names} == before
    (opening,) = before["openings"]
    assert deadlines["opening-office"].at == opening.changes_at
