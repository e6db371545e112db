"""Every route that changes something says how it bears being asked twice; a new one must be put into the table."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from agent_desktop.app import ROUTES
from agent_desktop.middleware import SAFE

if TYPE_CHECKING:
    from tests.integration.desktop.harness import Desktop

pytestmark = pytest.mark.integration

BY_THE_ENGINE = """
POST /api/offers/{id}/decline
POST /api/calls/{id}/pick
POST /api/calls/{id}/hold
POST /api/calls/{id}/resume
POST /api/calls/{id}/hang-up
POST /api/calls/{id}/wrap-up
POST /api/calls/{id}/wrap-up/extend
PUT /api/calls/{id}/customer
PUT /api/desk/presence
POST /api/queues
PATCH /api/queues/{id}
DELETE /api/queues/{id}
POST /api/skills
PATCH /api/skills/{id}
DELETE /api/skills/{id}
POST /api/groups
PATCH /api/groups/{id}
DELETE /api/groups/{id}
POST /api/announcements
PATCH /api/announcements/{id}
DELETE /api/announcements/{id}
POST /api/hours
PATCH /api/hours/{id}
DELETE /api/hours/{id}
POST /api/calendars
PATCH /api/calendars/{id}
DELETE /api/calendars/{id}
PUT /api/profiles/{id}
POST /api/setup/changes/{id}/undo
PUT /api/dispositions
POST /api/dial
"""
IN_ITS_TRANSACTION = """
POST /api/customers
POST /api/customers/{id}/notes
POST /api/customers/{id}/tickets
"""
BY_NATURE = """
POST /api/setup/plan
POST /api/hours/preview
DELETE /api/do-not-call/{id}
PUT /api/drafts/{scope}/{ref}
PATCH /api/me
PUT /api/teams/{id}/people/{person}
DELETE /api/teams/{id}
DELETE /api/sessions
DELETE /api/sessions/{id}
DELETE /api/people/{id}/sessions
DELETE /api/people/{id}/sessions/{session}
DELETE /api/people/{id}/second-step
DELETE /api/people/{id}/attempts
DELETE /api/sign-in
POST /api/sign-out
"""
"""The second time there is nothing left to do, or the same is set again."""
A_CONFLICT_SAYS_SO = """
POST /api/setup/apply
POST /api/do-not-call
POST /api/people
PATCH /api/people/{id}
POST /api/people/{id}/close
POST /api/people/{id}/reopen
POST /api/teams
PATCH /api/teams/{id}
"""
"""The second time a name is taken, a version old, a state reached: refused or the same again, never done twice."""
PROVED_EACH_TIME = """
POST /api/sign-in
POST /api/sign-in/code
POST /api/sign-in/password
POST /api/sign-in/enrolment
POST /api/sign-in/enrolment/code
PUT /api/me/password
POST /api/me/second-step
POST /api/me/second-step/code
POST /api/me/second-step/remove
POST /api/me/recovery-codes
POST /api/people/{id}/password
"""
"""Secrets: the answer is not kept, and the last one made is the one that counts."""
TABLE = (BY_THE_ENGINE, IN_ITS_TRANSACTION, BY_NATURE, A_CONFLICT_SAYS_SO, PROVED_EACH_TIME)


async def test_every_route_that_changes_something_is_in_the_table(desktop: Desktop) -> None:
    known = [line for group in TABLE for line in group.split("\n") if line]
    routes = [
        f"{route.method} {route.path}"
        for route in desktop.app[ROUTES]
        if route.method not in SAFE and route.path.startswith("/api/")
    ]

    assert sorted(routes) == sorted(known)


@pytest.mark.parametrize("key", ["short", "x" * 121, "with space 123", "a;b-12345678"])
async def test_a_key_that_is_none_is_refused(desktop: Desktop, key: str) -> None:
    async with desktop.browser("ann") as ann:
        status, answer = await ann.ask("POST", "/api/customers", {"name": "Vera"}, Idempotency_Key=key)

    assert (status, answer["error"]["id"]) == (422, "bad_idempotency_key")


async def test_a_key_is_one_persons_at_one_address(desktop: Desktop) -> None:
    made = []
    for login in ("ann", "ann", "bob"):
        async with desktop.browser(login) as person:
            _, card = await person.ask("POST", "/api/customers", {"name": "Vera"}, Idempotency_Key="key-00000001")
            made.append(card["id"])
            status, note = await person.ask(
                "POST", f"/api/customers/{card['id']}/notes", {"text": "x"}, Idempotency_Key="key-00000001"
            )
            assert (status, note["body"]) == (201, "x")

    assert made[0] == made[1] != made[2]
