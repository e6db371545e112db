"""The set-up as a file: what is exported and applied again changes nothing; a plan says what would change and changes
nothing; applied, it is there as a whole or not at all. By the command line, against the live platform."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from crm_core.people.audit import read_audit
from crm_core.people.store import sessions_of
from kernel.db import readonly
from tests.integration.access.world import PASSWORD, World, world

pytestmark = [pytest.mark.integration, pytest.mark.timeout(180)]
PROGRAM = str(Path(sys.executable).parent / "trunkline")


@pytest.fixture
async def live(database_url: str, tmp_path: Path) -> AsyncIterator[World]:
    async with world(database_url, tmp_path) as found:
        yield found


async def config(live: World, *words: str, login: str = "admin", answer: str = "", url: str = "") -> tuple[int, str]:
    """Exit code, and all that was said."""
    said = {"TRUNKLINE_LOGIN": login, "TRUNKLINE_PASSWORD": PASSWORD, "COLUMNS": "200"}
    process = await asyncio.create_subprocess_exec(
        PROGRAM, "config", *words, "--url", url or live.url, env={**os.environ, **said},
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    out, _ = await process.communicate(answer.encode())
    return process.returncode or 0, out.decode()


def write(path: Path, document: Any) -> str:
    path.write_text(yaml.safe_dump(document, allow_unicode=True), encoding="utf-8")
    return str(path)


async def document(live: World) -> Any:
    status, found = await live.ask("admin", "GET", "/api/setup")
    assert status == 200, found
    return found


WANTED: dict[str, Any] = {
    "skills": {"english": {"name": "English"}, "tv": {"name": "Televisions"}},
    "groups": {"first": {"name": "First line"}},
    "people": {"engineer": {"skills": {"english": 4}, "groups": ["first"]}},
    "queues": {
        "main": {"name": "Main"},
        "service": {
            "name": "Service",
            "everyone": False,
            "groups": ["first"],
            "members": ["colleague"],
            "skills": {"english": 3},
            "steps": [{"after_seconds": 30, "skills": {}}],
            "dids": ["+34 901"],
        },
    },
}


async def test_given_a_file_then_its_plan_shows_what_would_change_and_its_application_does_that_at_once(
    live: World, tmp_path: Path
) -> None:
    before = await document(live)
    file = write(tmp_path / "setup.yaml", WANTED)
    code, said = await config(live, "plan", file)
    assert (code, await document(live)) == (0, before)
    shown = [line for line in said.splitlines() if "would be" in line]
    assert shown == [
        "+ skill English would be made",
        "+ skill Televisions would be made",
        "+ group First line would be made",
        "+ profile engineer would be made",
        "+ queue Service would be made",
    ]
    code, said = await config(live, "apply", file, answer="n\n")
    assert (code, await document(live)) == (0, before), "not done unless one says so"
    code, said = await config(live, "apply", file, "--yes")
    assert (code, "+ queue Service made" in said) == (0, True), said
    after = await document(live)
    assert after["queues"]["service"]["members"] == ["colleague"]
    assert (after["people"], after["outcomes"]) == (WANTED["people"], before["outcomes"])
    lines = await read_audit(live.platform.database, limit=500)
    assert {one.actor for one in lines if one.action == "queue_created"} == {live.ids["admin"]}

    code, said = await config(live, "apply", file)
    assert (code, said.strip()) == (0, "The set-up is as the file says; there is nothing to change.")


async def test_given_an_export_then_applied_it_changes_nothing_and_it_undoes_what_came_later(
    live: World, tmp_path: Path
) -> None:
    first = write(tmp_path / "wanted.yaml", WANTED)
    assert (await config(live, "apply", first, "--yes"))[0] == 0
    file = tmp_path / "export.yaml"
    assert (await config(live, "export", str(file)))[0] == 0
    before = await document(live)
    assert yaml.safe_load(file.read_text(encoding="utf-8")) == before
    assert "nothing to change" in (await config(live, "apply", str(file)))[1]

    status, made = await live.ask("admin", "POST", "/api/queues", {"name": "Later"})
    assert status == 201, made
    changes = {"version": made["version"], "priority": 9}
    await live.ask("admin", "PATCH", f"/api/queues/{made['id']}", changes)
    _, rows = await live.ask("admin", "GET", "/api/queues")
    main = next(one for one in rows["queues"] if one["id"] == "main")
    body = {"version": main["version"], "name": "Front", "ring_seconds": 31}
    assert (await live.ask("admin", "PATCH", "/api/queues/main", body))[0] == 200
    code, said = await config(live, "apply", str(file), "--yes")
    assert (code, "- queue Later removed" in said, "    ring_seconds: 31 -> 20" in said) == (0, True, True), said
    assert await document(live) == before

    _, found = await live.ask("admin", "GET", "/api/setup/changes")
    status, _ = await live.ask("admin", "POST", f"/api/setup/changes/{found['items'][0]['id']}/undo")
    assert (status, (await document(live))["queues"]["later"]["priority"]) == (200, 9)


NIGHT = {"kind": "queue", "queue_id": "night"}
GOODBYE = {"kind": "hang_up", "announcement_id": "sorry"}
ALL_OF_IT: dict[str, Any] = {
    **WANTED,
    "announcements": {"sorry": {"name": "Sorry", "sounds": {"en": ["sorry", "goodbye"], "es": ["vm-goodbye"]}}},
    "calendars": {"es": {"name": "ES", "days": [{"date": "2026-12-25", "name": "Navidad", "yearly": True}]}},
    "hours": {"day": {"name": "Day", "zone": "Europe/Madrid", "weekly": {"mon": ["09:00-14:00"]}, "calendars": ["es"]}},
    "queues": {
        **WANTED["queues"],
        "night": {"name": "Night"},
        "service": {
            **WANTED["queues"]["service"],
            "groups": [],
            "overflow": [
                {"when": "waited", "seconds": 30, "groups": ["first"]},
                {"when": "service_level", "seconds": 20, "percent": 80, "to": {"kind": "hang_up"}},
                {"when": "expected_wait", "seconds": 600, "to": NIGHT},
            ],
            "empty": {"join": ["none_signed_in"], "join_to": GOODBYE, "leave": ["all_paused"], "leave_to": NIGHT},
            "announce": {"welcome": "sorry", "position": True, "wait": True, "first_seconds": 9, "every_seconds": 45},
            "hours_id": "day",
            "closed": {"to": NIGHT},
        },
    },
}


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_given_all_that_can_be_set_up_then_its_export_changes_nothing_and_brings_all_of_it_back(
    live: World, tmp_path: Path
) -> None:
    code, said = await config(live, "apply", write(tmp_path / "all.yaml", ALL_OF_IT), "--yes")
    assert code == 0, said
    there = await document(live)
    service = there["queues"]["service"]
    assert [tier["when"] for tier in service["overflow"]] == ["waited", "service_level", "expected_wait"]
    assert (service["closed"]["to"]["queue_id"], service["announce"]["welcome"]) == ("night", "sorry")
    file = tmp_path / "export.yaml"
    assert (await config(live, "export", str(file)))[0] == 0
    assert "nothing to change" in (await config(live, "plan", str(file)))[1]

    nothing = {name: {} for name in ("skills", "groups", "people", "announcements", "calendars", "hours")}
    bare = {**nothing, "queues": {"main": {"name": "Main"}}}
    code, said = await config(live, "apply", write(tmp_path / "bare.yaml", bare), "--yes")
    assert (code, (await document(live))["hours"]) == (0, {}), said
    code, said = await config(live, "apply", str(file), "--yes")
    assert (code, await document(live)) == (0, there), said
    _, found = await live.ask("admin", "GET", "/api/setup/changes")
    status, _ = await live.ask("admin", "POST", f"/api/setup/changes/{found['items'][0]['id']}/undo")
    after = await document(live)
    assert (status, after["hours"], list(after["queues"])) == (200, {}, ["main"])


BAD: list[tuple[dict[str, Any], str]] = [
    ({"queues": {**WANTED["queues"], "service": {"name": "S", "skills": {"french": 1}}}}, "no skill french"),
    ({"queues": {"service": {"name": "Service"}}}, "cannot be removed"),
    ({"queues": {**WANTED["queues"], "service": {"name": "S", "ring_second": 9}}}, "queues.service.ring_second"),
    ({"queues": {**WANTED["queues"], "x": {"name": "X", "dids": ["0034901"]}}}, "leads to the queue"),
    ({"people": {"nobody": {"skills": {}}}}, "people: nobody signs in as nobody"),
    ({"people": {"engineer": {"skills": {"english": 7}}}}, "people.engineer.skills.english"),
    ({"people": {}}, "nobody could serve"),
    ({"hour": {}}, "hour"),
    (
        {"hours": {"day": {"name": "Day", "zone": "UTC", "weekly": {"tue": ["09:00-14:00", "13:00-15:00"]}}}},
        "hours day: tue: 09:00-14:00 and 13:00-15:00 overlap",
    ),
    ({"hours": {"day": {"name": "Day", "zone": "Mars/Olympus", "weekly": {}}}}, "no time zone Mars/Olympus"),
    ({"calendars": {"es": {"name": "ES", "days": [{"date": "2026-02-30", "name": "x"}]}}}, "calendars.es.days.0.date"),
]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_given_a_file_that_cannot_be_then_its_place_is_named_and_nothing_of_it_holds(
    live: World, tmp_path: Path
) -> None:
    before = await document(live)
    members_less = {**WANTED["queues"]["service"], "members": [], "steps": []}
    for changed, words in BAD:
        wanted = {**WANTED, "queues": {**WANTED["queues"], "service": members_less}, **changed}
        code, said = await config(live, "apply", write(tmp_path / "setup.yaml", wanted), "--yes")
        assert (code, words in said, "Nothing was changed" in said) == (1, True, True), said
        assert "Traceback" not in said
        assert await document(live) == before


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_given_a_wrong_file_person_or_address_then_it_is_said_and_the_session_ends(
    live: World, tmp_path: Path
) -> None:
    bad = tmp_path / "bad.yaml"
    bad.write_text("a: [", encoding="utf-8")
    assert "is no YAML" in (await config(live, "plan", str(bad)))[1]
    for day in ("2026-13-45", "2026-12-24 09:00:00"):
        bad.write_text(f"calendars: {{madrid: {{name: Madrid, days: [{{date: {day}, name: No}}]}}}}", encoding="utf-8")
        assert "has a date that is none" in (await config(live, "plan", str(bad)))[1]
    good = write(tmp_path / "good.yaml", WANTED)
    code, said = await config(live, "plan", good, login="agent")
    assert (code, "does not include the set-up" in said) == (1, True), said
    code, said = await config(live, "plan", good, login="supervisor")
    assert (code, "does not include this" in said) == (1, True), said
    code, said = await config(live, "plan", good, login="nobody")
    assert (code, "Traceback" in said) == (1, False), said
    code, said = await config(live, "plan", good, url="http://127.0.0.1:1")
    assert (code, "does not answer" in said) == (1, True), said
    async with readonly(live.platform.database) as connection:
        sessions = await sessions_of(connection, live.ids["supervisor"], live.platform.clock.now())
    assert [one for one in sessions if one.user_agent == "trunkline config"] == []


async def test_given_the_set_up_changed_since_the_plan_then_it_is_not_applied(live: World) -> None:
    wanted = {"skills": {"english": {"name": "English"}}}
    _, plan = await live.ask("admin", "POST", "/api/setup/plan", {"setup": wanted})
    assert (await live.ask("admin", "POST", "/api/skills", {"name": "Russian"}))[0] == 201
    status, answer = await live.ask("admin", "POST", "/api/setup/apply", {"setup": wanted, "stamp": plan["stamp"]})
    assert (status, answer["error"]["id"]) == (409, "plan_old")
    assert list((await document(live))["skills"]) == ["russian"]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_given_hours_as_a_person_writes_them_then_they_are_taken(live: World, tmp_path: Path) -> None:
    file = tmp_path / "setup.yaml"
    file.write_text(
        """
calendars:
  madrid:
    name: Madrid
    days:
      - {date: 2026-12-25, name: Navidad, yearly: true}
      - {date: 2026-12-24, name: Nochebuena, open: [09:00-13:00]}
hours:
  office:
    name: Office
    zone: Europe/Madrid
    calendars: [madrid]
    weekly:
      mon: [09:00-14:00, 16:00-19:30]
      sat: [10:00-24:00]
""",
        encoding="utf-8",
    )
    code, said = await config(live, "apply", str(file), "--yes")
    assert (code, "+ hours Office made" in said, "+ calendar Madrid made" in said) == (0, True, True), said
    found = await document(live)
    assert found["hours"]["office"]["weekly"]["mon"] == ["09:00-14:00", "16:00-19:30"]
    assert [day["date"] for day in found["calendars"]["madrid"]["days"]] == ["2026-12-25", "2026-12-24"]
    file.write_text(file.read_text(encoding="utf-8").replace("2026-12-24", "2026-12-23"), encoding="utf-8")
    code, said = await config(live, "plan", str(file))
    assert (code, "days:" in said, "2026-12-23" in said) == (0, True, True), said
