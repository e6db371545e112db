"""Writing with a right that reaches own rows only: what somebody makes is their own."""

from __future__ import annotations

import pytest

from kernel.access import Role
from tests.integration.desktop.harness import Desktop

pytestmark = pytest.mark.integration


async def test_given_somebody_of_sales_when_they_make_a_ticket_then_it_is_theirs(desktop: Desktop) -> None:
    await desktop.person("sal", Role.sales)
    form = {"subject": "Offer", "category": "sales", "priority": "low"}
    async with desktop.browser("sal") as sal:
        _, card = await sal.ask("POST", "/api/customers", {"name": "Marta Gil"})
        status, ticket = await sal.ask("POST", f"/api/customers/{card['id']}/tickets", form)
        _, page = await sal.ask("GET", f"/api/customers/{card['id']}/timeline")

    assert status == 201
    assert [(one["ref"], one["staff_name"]) for one in page["entries"]] == [(ticket["id"], "Sal Test")]


async def test_given_a_note_as_long_as_may_be_then_it_is_kept_whole(desktop: Desktop) -> None:
    async with desktop.browser("ann") as ann:
        _, card = await ann.ask("POST", "/api/customers", {"name": "Marta Gil"})
        path = f"/api/customers/{card['id']}/notes"
        kept, entry = await ann.ask("POST", path, {"text": "é" * 20_000})
        refused, answer = await ann.ask("POST", path, {"text": "é" * 20_001})

    assert (kept, entry["body"]) == (201, "é" * 20_000)
    assert (refused, answer["error"]["details"]["fields"].keys()) == (422, {"text"})
