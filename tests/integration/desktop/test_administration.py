"""People, teams and the audit over HTTP, as administrators and supervisors use them."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import text

from crm_core.people.rows import By
from kernel.access import Role
from routing.messages import DeskSeen, SetPresence, SignOutAgent
from tests.integration.desktop.fakes import until
from tests.integration.desktop.harness import PASSWORD, Browser, Desktop

pytestmark = pytest.mark.integration

CARLA = {"login": "carla", "name": "Carla Núñez", "email": "carla@example.org", "roles": ["agent"], "language": "es"}


def told(desktop: Desktop) -> list[type]:
    """What the engine was told of people; that a screen was open or shut aside."""
    return [type(one) for one in desktop.engine.commands if not isinstance(one, DeskSeen)]


async def create(root: Browser, **more: Any) -> tuple[dict[str, Any], str]:
    status, made = await root.ask("POST", "/api/people", {**CARLA, **more})
    assert status == 201, made
    return made["person"], made["password"]


async def test_given_a_person_made_then_they_sign_in_with_what_was_handed_over_and_choose_their_own(
    desktop: Desktop,
) -> None:
    async with desktop.browser("root") as root, desktop.browser() as carla:
        person, password = await create(root)
        _, answer = await carla.ask("POST", "/api/sign-in", {"login": "carla", "password": password})
        carla.csrf = answer["csrf_token"]
        status, account = await carla.ask("POST", "/api/sign-in/password", {"password": "calm river under stones"})
        _, listed = await root.ask("GET", "/api/people?q=nunez")

    assert (answer["stage"], status, account["language"]) == ("password", 200, "es")
    assert account["rights"]["desk_use"] == "own"
    assert [one["id"] for one in listed["items"]] == [person["id"]]
    assert "password" not in str(listed)


@pytest.mark.parametrize(
    ("body", "field", "reason"),
    [
        ({**CARLA, "roles": []}, "roles", "too_short"),
        ({**CARLA, "roles": ["emperor"]}, "roles.0", "enum"),
        ({**CARLA, "name": "a\nb"}, "name", "text_bad"),
        ({**CARLA, "email": "nowhere"}, "email", "email_bad"),
        ({**CARLA, "password": "short"}, "password", "password_short"),
        ({**CARLA, "team_id": "team-x"}, "team_id", "team_gone"),
        ({**CARLA, "admin": True}, "admin", "extra_forbidden"),
        ({**CARLA, "id": "usr-1"}, "id", "extra_forbidden"),
        ({"login": "carla"}, "name", "missing"),
    ],
)
async def test_given_bad_input_then_the_field_is_named_by_an_id_that_can_be_translated(
    desktop: Desktop, body: dict[str, Any], field: str, reason: str
) -> None:
    async with desktop.browser("root") as root:
        status, answer = await root.ask("POST", "/api/people", body)

    details = answer["error"]["details"]
    assert status == 422
    assert details["reasons"][field]["id"] == reason
    assert details["fields"].keys() == details["reasons"].keys()


@pytest.mark.parametrize("extra", [{"active": False}, {"must_change": False}, {"totp_at": None}, {"leads": ["x"]}])
async def test_given_fields_that_are_no_part_of_a_change_then_refused(desktop: Desktop, extra: dict[str, Any]) -> None:
    async with desktop.browser("root") as root:
        ann = desktop.staff["ann"]
        status, _ = await root.ask("PATCH", f"/api/people/{ann.id}", {"version": 1, "name": "Ann", **extra})
        mine, _ = await root.ask("PATCH", "/api/me", {"language": "es", "roles": ["admin"]})

    assert (status, mine) == (422, 422)


async def test_given_two_administrators_then_the_second_is_told_what_changed(desktop: Desktop) -> None:
    async with desktop.browser("root") as one, desktop.browser("root") as two:
        path = f"/api/people/{desktop.staff['ann'].id}"
        _, seen = await two.ask("GET", path)
        await one.ask("PATCH", path, {"version": seen["version"], "roles": ["supervisor"]})
        status, answer = await two.ask("PATCH", path, {"version": seen["version"], "name": "Ann Two"})
        details = answer["error"]["details"]
        again, saved = await two.ask("PATCH", path, {"version": details["version"], "name": "Ann Two"})

    assert (status, answer["error"]["id"], details["current"]["roles"]) == (409, "person_changed", ["supervisor"])
    assert (again, saved["name"], saved["roles"]) == (200, "Ann Two", ["supervisor"])


async def test_given_an_account_closed_then_rest_and_socket_are_out_within_seconds_and_no_call_comes(
    desktop: Desktop,
) -> None:
    ann = desktop.staff["ann"].id
    async with desktop.browser("root") as root, desktop.browser("ann") as browser, browser.socket() as tab:
        await until(lambda: tab.desk)
        status, row = await root.ask("POST", f"/api/people/{ann}/close")
        await until(lambda: tab.gone, 5)
        out, _ = await browser.ask("GET", "/api/me")
        failed, answer = await browser.ask("POST", "/api/sign-in", {"login": "ann", "password": PASSWORD})
        await root.ask("POST", f"/api/people/{ann}/reopen")
        again, _ = await browser.ask("POST", "/api/sign-in", {"login": "ann", "password": PASSWORD})

    assert (status, row["active"]) == (200, False)
    assert tab.events("signed_out") == [{"reason": "account_closed"}]
    assert (out, failed, answer["error"]["id"], again) == (401, 401, "sign_in_failed", 200)
    assert told(desktop) == [SetPresence, SignOutAgent]


async def test_given_a_person_closed_elsewhere_then_the_socket_is_out_all_the_same(desktop: Desktop) -> None:
    async with desktop.browser("ann") as browser, browser.socket() as tab:
        await until(lambda: tab.desk)
        await desktop.service.deactivate_staff(desktop.staff["ann"].id, By("system"), datetime.now(UTC))
        await until(lambda: tab.gone, 5)

    assert tab.events("signed_out") == [{"reason": "session_ended"}]


async def test_given_the_last_administrator_then_neither_closed_nor_demoted(desktop: Desktop) -> None:
    async with desktop.browser("root") as root:
        path = f"/api/people/{desktop.staff['root'].id}"
        own, first = await root.ask("POST", f"{path}/close")
        demoted, second = await root.ask("PATCH", path, {"version": 1, "roles": ["agent"]})

    assert (own, first["error"]["id"]) == (409, "own_account")
    assert (demoted, second["error"]["id"]) == (409, "last_admin")


async def test_given_a_reset_password_then_the_sessions_end_and_it_must_be_changed(desktop: Desktop) -> None:
    ann = desktop.staff["ann"].id
    async with desktop.browser("root") as root, desktop.browser("ann") as browser:
        _, made = await root.ask("POST", f"/api/people/{ann}/password")
        out, _ = await browser.ask("GET", "/api/me")
        _, answer = await browser.ask("POST", "/api/sign-in", {"login": "ann", "password": made["password"]})

    assert (out, answer["stage"]) == (401, "password")
    assert made["person"]["must_change"] is True


async def test_given_ones_own_account_then_the_way_in_is_not_changed_without_its_proof(desktop: Desktop) -> None:
    async with desktop.browser("root") as root:
        path = f"/api/people/{desktop.staff['root'].id}"
        answers = [await root.ask("POST", f"{path}/password"), await root.ask("DELETE", f"{path}/second-step")]
        still, _ = await root.ask("GET", "/api/me")

    assert [(status, answer["error"]["id"]) for status, answer in answers] == [(409, "own_account")] * 2
    assert still == 200


async def test_given_the_desk_taken_away_then_the_screen_is_shut_and_no_call_comes(desktop: Desktop) -> None:
    path = f"/api/people/{desktop.staff['ann'].id}"
    async with desktop.browser("root") as root, desktop.browser("ann") as browser, browser.socket() as tab:
        await until(lambda: tab.desk)
        status, row = await root.ask("PATCH", path, {"version": 1, "roles": ["admin"]})
        await until(lambda: tab.gone, 5)
        await until(lambda: SignOutAgent in told(desktop), 5)
        out, _ = await browser.ask("GET", "/api/me")

    assert (status, row["roles"], out) == (200, ["admin"], 401)
    assert tab.events("signed_out") == [{"reason": "role_changed"}]
    assert told(desktop)[:2] == [SetPresence, SignOutAgent], (
        "whoever looks at sessions may find it too, and say it again"
    )


async def test_given_a_change_then_the_audit_tells_of_what_changed_and_no_more(desktop: Desktop) -> None:
    ann = desktop.staff["ann"].id
    async with desktop.browser("root") as root:
        await root.ask("PATCH", f"/api/people/{ann}", {"version": 1, "name": "Ann Other"})
        await root.ask("PATCH", f"/api/people/{ann}", {"version": 2, "roles": ["agent", "sales"]})
        _, trail = await root.ask("GET", f"/api/audit?action=staff_changed&subject={ann}")

    assert [line["details"] for line in trail["items"]] == [
        {"changed": ["roles"], "roles": ["agent", "sales"], "roles_before": ["agent"]},
        {"changed": ["name"]},
    ]


async def test_given_a_number_beyond_the_audit_then_the_field_is_named(desktop: Desktop) -> None:
    async with desktop.browser("root") as root:
        status, answer = await root.ask("GET", f"/api/audit?before={2**63}")

    assert (status, list(answer["error"]["details"]["reasons"])) == (422, ["before"])


async def test_given_a_persons_sessions_then_an_administrator_sees_and_ends_them(desktop: Desktop) -> None:
    ann = desktop.staff["ann"].id
    async with desktop.browser("root") as root, desktop.browser("ann") as one, desktop.browser("ann") as two:
        _, listed = await root.ask("GET", f"/api/people/{ann}/sessions")
        first = listed["items"][0]["id"]
        status, _ = await root.ask("DELETE", f"/api/people/{ann}/sessions/{first}")
        left = [(await each.ask("GET", "/api/me"))[0] for each in (one, two)]
        _, ended = await root.ask("DELETE", f"/api/people/{ann}/sessions")
        foreign, _ = await root.ask("DELETE", f"/api/people/{desktop.staff['root'].id}/sessions/{first}")

    assert len(listed["items"]) == 2
    assert not any(one["current"] for one in listed["items"])
    assert (status, sorted(left), ended, foreign) == (204, [200, 401], {"ended": 1}, 404)


async def test_given_a_supervisor_then_only_their_teams_are_seen_and_nothing_is_changed(desktop: Desktop) -> None:
    by, now = By("system"), datetime.now(UTC)
    mine, other = [await desktop.service.teams.create(name, by, now) for name in ("Mine", "Other")]
    sam, zoe = await desktop.person("sam", Role.supervisor), await desktop.person("zoe")
    ann = desktop.staff["ann"]
    await desktop.service.teams.put(mine.id, sam.id, member=False, lead=True, by=by, now=now)
    await desktop.service.teams.put(mine.id, ann.id, member=True, lead=False, by=by, now=now)
    await desktop.service.teams.put(other.id, zoe.id, member=True, lead=False, by=by, now=now)
    async with desktop.browser("sam") as browser:
        _, people = await browser.ask("GET", "/api/people")
        _, teams = await browser.ask("GET", "/api/teams")
        hidden = [await browser.ask("GET", path) for path in (f"/api/people/{zoe.id}", f"/api/teams/{other.id}")]
        seen, _ = await browser.ask("GET", f"/api/people/{ann.id}")
        change, _ = await browser.ask("PATCH", f"/api/people/{ann.id}", {"version": 1, "name": "x"})
        trail, _ = await browser.ask("GET", "/api/audit")

    assert {one["id"] for one in people["items"]} == {ann.id, sam.id}
    assert [one["id"] for one in teams["items"]] == [mine.id]
    assert [status for status, _ in hidden] == [404, 404]
    assert (seen, change, trail) == (200, 403, 403)


async def test_given_teams_over_http_then_made_filled_renamed_and_deleted(desktop: Desktop) -> None:
    ann = desktop.staff["ann"].id
    async with desktop.browser("root") as root:
        _, team = await root.ask("POST", "/api/teams", {"name": "First line"})
        twice, taken = await root.ask("POST", "/api/teams", {"name": "First line"})
        path = f"/api/teams/{team['id']}"
        _, filled = await root.ask("PUT", f"{path}/people/{ann}", {"member": True, "lead": True})
        _, named = await root.ask("PATCH", path, {"name": "1st", "version": team["version"]})
        late, answer = await root.ask("PATCH", path, {"name": "2nd", "version": team["version"]})
        in_use, _ = await root.ask("DELETE", path)
        await root.ask("PUT", f"{path}/people/{ann}", {"member": False, "lead": False})
        gone, _ = await root.ask("DELETE", path)

    assert (twice, taken["error"]["details"]["reasons"]["name"]["id"]) == (409, "team_name_taken")
    assert [(one["member"], one["lead"]) for one in filled["people"]] == [(True, True)]
    assert (named["name"], late, answer["error"]["id"], in_use, gone) == ("1st", 409, "team_changed", 409, 204)


async def test_given_the_audit_then_by_pages_with_names_and_filters(desktop: Desktop) -> None:
    async with desktop.browser("root") as root:
        await create(root)
        _, first = await root.ask("GET", "/api/audit?limit=2")
        _, second = await root.ask("GET", f"/api/audit?limit=2&before={first['next']}")
        _, made = await root.ask("GET", f"/api/audit?action=staff_created&actor={desktop.staff['root'].id}")
        _, none = await root.ask("GET", "/api/audit?until=2020-01-01T00:00:00Z")
        bad, _ = await root.ask("GET", "/api/audit?since=yesterday")
        _, actions = await root.ask("GET", "/api/audit/actions")

    assert [one["seq"] for one in first["items"]] == sorted((one["seq"] for one in first["items"]), reverse=True)
    assert second["items"][0]["seq"] == first["items"][-1]["seq"] - 1
    assert [(one["actor_name"], one["subject_name"]) for one in made["items"]] == [("Root Test", "Carla Núñez")]
    assert (none["items"], bad) == ([], 422)
    assert {"signed_in", "staff_created"} <= set(actions["items"])


async def test_given_an_export_then_no_cell_is_a_formula_and_the_export_is_audited(desktop: Desktop) -> None:
    async with desktop.browser("root") as root:
        await create(root, name="=HYPERLINK(1)", login="evil")
        async with root.client.get("/api/audit/export?action=staff_created") as response:
            content, headers = await response.text(encoding="utf-8-sig"), response.headers
        _, last = await root.ask("GET", "/api/audit?limit=1")

    rows = list(csv.reader(io.StringIO(content)))
    assert headers["Content-Type"] == "text/csv; charset=utf-8"
    assert headers["Content-Disposition"].startswith('attachment; filename="audit-')
    assert rows[0][:3] == ["number", "at", "actor"]
    assert "'=HYPERLINK(1)" in rows[1]
    assert not any(cell.startswith(("=", "+", "-", "@")) for row in rows for cell in row)
    assert last["items"][0]["action"] == "audit_exported"


async def test_given_a_line_changed_in_the_database_then_the_page_says_which(desktop: Desktop) -> None:
    async with desktop.browser("root") as root:
        _, whole = await root.ask("GET", "/api/audit/chain")
        trail: Any = desktop.parts.audit
        async with trail._db.begin() as connection:
            await connection.execute(text("UPDATE audit SET ip = '10.9.9.9' WHERE seq = 2"))
        _, broken = await root.ask("GET", "/api/audit/chain")

    assert (whole["whole"], whole["broken_at"]) == (True, None)
    assert (broken["whole"], broken["broken_at"], broken["broken_how"], broken["lines"]) == (False, 2, "changed", 1)


async def test_given_failed_sign_ins_then_an_administrator_sees_them_and_lets_the_person_in(desktop: Desktop) -> None:
    ann, root_id = desktop.staff["ann"].id, desktop.staff["root"].id
    wrong = {"login": "ann", "password": "not the password"}
    async with desktop.browser("root") as root, desktop.browser() as stranger:
        tries = [(await stranger.ask("POST", "/api/sign-in", wrong))[0] for _ in range(11)]
        _, held = await root.ask("GET", f"/api/people/{ann}/attempts")
        status, _ = await root.ask("DELETE", f"/api/people/{ann}/attempts")
        _, after = await root.ask("GET", f"/api/people/{ann}/attempts")
        own, answer = await root.ask("DELETE", f"/api/people/{root_id}/attempts")
        again, _ = await stranger.ask("POST", "/api/sign-in", {"login": "ann", "password": PASSWORD})
        _, trail = await root.ask("GET", "/api/audit?action=sign_in_unlocked")

    assert tries == [401] * 10 + [429]
    assert held == {"passwords": 10, "codes": 0, "places": 1, "delay_seconds": 0}
    assert (status, after["passwords"], again) == (204, 0, 200)
    assert (own, answer["error"]["id"]) == (409, "own_account")
    assert [(one["actor"], one["subject"]) for one in trail["items"]] == [(root_id, ann)]


@pytest.mark.parametrize(("given", "kept"), [({}, "es"), ({"language": "ru"}, "ru")])
async def test_given_a_person_made_without_a_language_then_it_is_that_of_who_makes_them(
    desktop: Desktop, given: dict[str, str], kept: str
) -> None:
    async with desktop.browser("root") as root:
        await root.ask("PATCH", "/api/me", {"language": "es"})
        new = {name: value for name, value in CARLA.items() if name != "language"}
        _, made = await root.ask("POST", "/api/people", {**new, **given})

    assert made["person"]["language"] == kept
