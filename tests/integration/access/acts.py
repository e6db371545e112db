"""What each changing route leaves in the audit trail, or why it leaves nothing; and a request for each that changes."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from tests.integration.access.world import PASSWORD, World

Key = tuple[str, str]
Request = tuple[str, str, Any]
"""Who asks, which address, with which body."""

CALL = "the journal has each step of a call, with who asked and (sealed) from where"
SIGNING_IN = "a step of signing in; tests/integration/people/test_second_step.py and test_sign_in.py have its lines"
SILENT: dict[Key, str] = {
    ("POST", "/api/setup/plan"): "compares and changes nothing",
    ("POST", "/api/hours/preview"): "compares and changes nothing",
    ("PUT", "/api/desk/presence"): CALL,
    ("POST", "/api/offers/{id}/decline"): CALL,
    ("POST", "/api/calls/{id}/pick"): CALL,
    ("POST", "/api/calls/{id}/hold"): CALL,
    ("POST", "/api/calls/{id}/resume"): CALL,
    ("POST", "/api/calls/{id}/hang-up"): CALL,
    ("POST", "/api/calls/{id}/wrap-up/extend"): CALL,
    ("POST", "/api/calls/{id}/wrap-up"): CALL,
    ("POST", "/api/dial"): "each dial has a permit, in a chain of its own",
    ("PUT", "/api/drafts/{scope}/{ref}"): "not said yet: the note or ticket that comes of it is audited",
    ("POST", "/api/sign-in/code"): SIGNING_IN,
    ("POST", "/api/sign-in/password"): SIGNING_IN,
    ("POST", "/api/sign-in/enrolment"): SIGNING_IN,
    ("POST", "/api/sign-in/enrolment/code"): SIGNING_IN,
    ("DELETE", "/api/sign-in"): SIGNING_IN,
    ("POST", "/api/me/second-step"): "begins what /code finishes; nothing holds before",
    ("POST", "/api/me/second-step/code"): SIGNING_IN,
    ("POST", "/api/me/second-step/remove"): SIGNING_IN,
    ("POST", "/api/me/recovery-codes"): SIGNING_IN,
    ("DELETE", "/api/people/{id}/second-step"): SIGNING_IN,
}


async def _person(world: World) -> dict[str, Any]:
    """Somebody new to change."""
    login = f"new{len(world.ids)}"
    body = {"login": login, "name": login.title(), "roles": ["agent"], "password": PASSWORD}
    status, made = await world.ask("admin", "POST", "/api/people", body)
    assert status == 201, made
    person: dict[str, Any] = made["person"]
    world.ids[login] = person["id"]
    return person


async def _team(world: World) -> dict[str, Any]:
    status, made = await world.ask("admin", "POST", "/api/teams", {"name": f"Team {len(world.teams)}"})
    assert status == 201, made
    world.teams[made["id"]] = made["id"]
    team: dict[str, Any] = made
    return team


async def _of_person(world: World, path: str, body: Any = None) -> Request:
    return "admin", path.format(id=(await _person(world))["id"]), body


async def _close(world: World) -> Request:
    return await _of_person(world, "/api/people/{id}/close")


async def _reopen(world: World) -> Request:
    who, path, _ = await _close(world)
    await world.ask(who, "POST", path)
    return who, path.replace("close", "reopen"), None


async def _change_person(world: World) -> Request:
    person = await _person(world)
    return "admin", f"/api/people/{person['id']}", {"version": person["version"], "name": "Another Name"}


async def _end_session(world: World) -> Request:
    return "admin", f"/api/people/{world.ids['agent']}/sessions/{await world.session_id('agent')}", None


async def _end_own_session(world: World) -> Request:
    return "agent", f"/api/sessions/{await world.session_id('agent')}", None


async def _end_own_sessions(world: World) -> Request:
    await world.session_id("agent")
    return "agent", "/api/sessions", None


async def _change_team(world: World) -> Request:
    team = await _team(world)
    return "admin", f"/api/teams/{team['id']}", {"name": f"{team['name']} anew", "version": team["version"]}


async def _delete_team(world: World) -> Request:
    return "admin", f"/api/teams/{(await _team(world))['id']}", None


async def _join_team(world: World) -> Request:
    team, person = await _team(world), await _person(world)
    return "admin", f"/api/teams/{team['id']}/people/{person['id']}", {"member": True, "lead": False}


async def _dispositions(world: World) -> Request:
    _, found = await world.ask("admin", "GET", "/api/dispositions")
    return "admin", "/api/dispositions", {**found, "dispositions": found["dispositions"][:-1]}


async def _set_up(world: World, noun: str, **also: Any) -> tuple[str, int]:
    """Something new of that kind: its id and version."""
    body = {"name": f"New {noun} {next(world.counted)}", **also}
    status, made = await world.ask("admin", "POST", f"/api/{noun}", body)
    assert status == 201, made
    return made["id"], made["version"]


def _rename(noun: str, **also: Any) -> Callable[[World], Awaitable[Request]]:
    async def make(world: World) -> Request:
        id, version = await _set_up(world, noun, **also)
        return "admin", f"/api/{noun}/{id}", {"version": version, "name": f"Renamed {noun}"}

    return make


def _remove(noun: str, **also: Any) -> Callable[[World], Awaitable[Request]]:
    async def make(world: World) -> Request:
        id, version = await _set_up(world, noun, **also)
        return "admin", f"/api/{noun}/{id}?version={version}", None

    return make


async def _change_announcement(world: World) -> Request:
    id, version = await _set_up(world, "announcements", sounds={"en": ["hello"]})
    changed = {"version": version, "name": "Good morning", "sounds": {"en": ["hello"], "es": ["number:7"]}}
    return "admin", f"/api/announcements/{id}", changed


async def _profile(world: World) -> Request:
    skill, _ = await _set_up(world, "skills")
    return "admin", f"/api/profiles/{world.ids['engineer']}", {"version": 0, "skills": {skill: 3}, "groups": []}


async def _undo(world: World) -> Request:
    await _set_up(world, "groups")
    _, found = await world.ask("admin", "GET", "/api/setup/changes")
    return "admin", f"/api/setup/changes/{found['items'][0]['id']}/undo", None


async def _apply(world: World) -> Request:
    _, wanted = await world.ask("admin", "GET", "/api/setup")
    wanted["skills"]["by_file"] = {"name": "By file"}
    _, plan = await world.ask("admin", "POST", "/api/setup/plan", {"setup": wanted})
    return "admin", "/api/setup/apply", {"setup": wanted, "stamp": plan["stamp"]}


async def _allow(world: World) -> Request:
    status, entry = await world.ask("agent", "POST", "/api/do-not-call", {"number": "+34600999888"})
    assert status == 200, entry
    return "supervisor", f"/api/do-not-call/{entry['id']}", None


async def _link(world: World) -> Request:
    return "agent", f"/api/calls/{world.calls['agent']}/customer", {"customer_id": world.customer}


async def _note(world: World) -> Request:
    return "agent", f"/api/customers/{world.customer}/notes", {"text": "Said nothing of note"}


async def _ticket(world: World) -> Request:
    body = {"subject": "No sound", "category": "Fault", "priority": "normal"}
    return "agent", f"/api/customers/{world.customer}/tickets", body


def _plain(*request: Any) -> Callable[[World], Awaitable[Request]]:
    async def make(_world: World) -> Request:
        who, path, body = request
        return who, path, body

    return make


WEEK: dict[str, Any] = {"zone": "Europe/Madrid", "weekly": {"mon": ["09:00-14:00"]}}
NEW_PERSON = {"login": "somebody", "name": "Some Body", "roles": ["agent"], "password": PASSWORD}
ACTS: dict[Key, tuple[str, Callable[[World], Awaitable[Request]]]] = {
    ("POST", "/api/sign-in"): ("sign_in_failed", _plain(None, "/api/sign-in", {"login": "agent", "password": "no"})),
    ("POST", "/api/sign-out"): ("signed_out", _plain("sales", "/api/sign-out", None)),
    ("PATCH", "/api/me"): ("staff_changed", _plain("sales", "/api/me", {"language": "es"})),
    ("PUT", "/api/me/password"): (
        "password_set", _plain("engineer", "/api/me/password", {"old": PASSWORD, "password": "another-lantern-82"}),
    ),
    ("DELETE", "/api/sessions/{id}"): ("session_revoked", _end_own_session),
    ("DELETE", "/api/sessions"): ("sessions_revoked", _end_own_sessions),
    ("POST", "/api/people"): ("staff_created", _plain("admin", "/api/people", NEW_PERSON)),
    ("PATCH", "/api/people/{id}"): ("staff_changed", _change_person),
    ("POST", "/api/people/{id}/close"): ("staff_deactivated", _close),
    ("POST", "/api/people/{id}/reopen"): ("staff_activated", _reopen),
    ("POST", "/api/people/{id}/password"): (
        "password_set", lambda world: _of_person(world, "/api/people/{id}/password"),
    ),
    ("DELETE", "/api/people/{id}/attempts"): (
        "sign_in_unlocked",
        lambda world: _of_person(world, "/api/people/{id}/attempts"),
    ),
    ("DELETE", "/api/people/{id}/sessions/{session}"): ("session_revoked", _end_session),
    ("DELETE", "/api/people/{id}/sessions"): (
        "sessions_revoked", lambda world: _sessions_of_agent(world),
    ),
    ("POST", "/api/teams"): ("team_created", _plain("admin", "/api/teams", {"name": "West"})),
    ("PATCH", "/api/teams/{id}"): ("team_changed", _change_team),
    ("DELETE", "/api/teams/{id}"): ("team_deleted", _delete_team),
    ("PUT", "/api/teams/{id}/people/{person}"): ("team_member_set", _join_team),
    ("PUT", "/api/calls/{id}/customer"): ("caller_linked", _link),
    ("POST", "/api/do-not-call"): (
        "do_not_call_added", _plain("agent", "/api/do-not-call", {"number": "+34600999777", "reason": "asked"}),
    ),
    ("DELETE", "/api/do-not-call/{id}"): ("do_not_call_removed", _allow),
    ("POST", "/api/customers"): ("customer_created", _plain("agent", "/api/customers", {"name": "Nora Sanz"})),
    ("POST", "/api/customers/{id}/notes"): ("note_written", _note),
    ("POST", "/api/customers/{id}/tickets"): ("ticket_created", _ticket),
    ("PATCH", "/api/queues/{id}"): (
        "queue_changed", _plain("admin", "/api/queues/main", {"version": 1, "ring_seconds": 33}),
    ),
    ("POST", "/api/queues"): ("queue_created", _plain("admin", "/api/queues", {"name": "Service"})),
    ("DELETE", "/api/queues/{id}"): ("queue_removed", _remove("queues")),
    ("POST", "/api/skills"): ("skill_created", _plain("admin", "/api/skills", {"name": "English"})),
    ("PATCH", "/api/skills/{id}"): ("skill_changed", _rename("skills")),
    ("DELETE", "/api/skills/{id}"): ("skill_removed", _remove("skills")),
    ("POST", "/api/groups"): ("group_created", _plain("admin", "/api/groups", {"name": "First line"})),
    ("PATCH", "/api/groups/{id}"): ("group_changed", _rename("groups")),
    ("DELETE", "/api/groups/{id}"): ("group_removed", _remove("groups")),
    ("POST", "/api/announcements"): (
        "announcement_created", _plain("admin", "/api/announcements", {"name": "Hello", "sounds": {"en": ["hello"]}}),
    ),
    ("PATCH", "/api/announcements/{id}"): ("announcement_changed", _change_announcement),
    ("DELETE", "/api/announcements/{id}"): (
        "announcement_removed", _remove("announcements", sounds={"en": ["hello"]}),
    ),
    ("POST", "/api/hours"): ("hours_created", _plain("admin", "/api/hours", {"name": "Office", **WEEK})),
    ("PATCH", "/api/hours/{id}"): ("hours_changed", _rename("hours", **WEEK)),
    ("DELETE", "/api/hours/{id}"): ("hours_removed", _remove("hours", **WEEK)),
    ("POST", "/api/calendars"): ("calendar_created", _plain("admin", "/api/calendars", {"name": "Madrid"})),
    ("PATCH", "/api/calendars/{id}"): ("calendar_changed", _rename("calendars")),
    ("DELETE", "/api/calendars/{id}"): ("calendar_removed", _remove("calendars")),
    ("PUT", "/api/profiles/{id}"): ("profile_created", _profile),
    ("POST", "/api/setup/apply"): ("skill_created", _apply),
    ("POST", "/api/setup/changes/{id}/undo"): ("setup_undone", _undo),
    ("PUT", "/api/dispositions"): ("dispositions_changed", _dispositions),
    ("GET", "/api/audit/export"): ("audit_exported", _plain("admin", "/api/audit/export", None)),
}  # fmt: skip
"""The act, and a request that does it; reading is here where it is audited."""


async def _sessions_of_agent(world: World) -> Request:
    await world.session_id("agent")
    return "admin", f"/api/people/{world.ids['agent']}/sessions", None
