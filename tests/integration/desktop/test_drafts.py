"""Words begun and not sent: kept by the server, shared with whoever has the call in hand, shown to nobody else."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import update

from agent_desktop.app import HUB
from crm_core.activities.tables import drafts
from crm_core.customers.models import NewCustomer
from kernel.access import Ownership
from kernel.db import connect
from tests.integration.desktop.fakes import until
from tests.integration.desktop.harness import Browser, Desktop
from tests.integration.desktop.rows import AT, agent, interaction, stint

pytestmark = pytest.mark.integration

CALL = "/api/drafts/call/ix-1"


def in_hand(desktop: Desktop, login: str) -> None:
    """The call ix-1 is that agent's, and nobody else's."""
    staff_id = desktop.staff[login].id
    for key in list(desktop.engine.rows.get("stints", {})):
        if key != f"st-{login}":
            desktop.engine.commit(("stints", key, None))
    desktop.engine.commit(
        ("agents", staff_id, agent(staff_id, duty="busy")),
        ("interactions", "ix-1", interaction("ix-1", state="active")),
        ("stints", f"st-{login}", stint(f"st-{login}", "ix-1", staff_id, state="joined")),
    )


async def has_it(desktop: Desktop, login: str) -> None:
    in_hand(desktop, login)
    await until(lambda: desktop.app[HUB].projection.viewers("ix-1") == {desktop.staff[login].id})


async def draft_of_call(browser: Browser) -> Any:
    status, answer = await browser.ask("GET", "/api/draft?scope=call&ref=ix-1")
    return answer["draft"] if status == 200 else answer["error"]["id"]


async def test_given_a_call_handed_over_then_the_words_go_along(desktop: Desktop) -> None:
    async with desktop.browser("ann") as ann, desktop.browser("bob") as bob:
        await has_it(desktop, "ann")
        begun = {"note": "has error 47", "ticket": '{"subject": "47"}', "disposition": "solved"}
        assert await ann.ask("PUT", CALL, begun) == (200, {})
        assert await draft_of_call(bob) == "draft_not_yours"

        await has_it(desktop, "bob")
        found = await draft_of_call(bob)

        assert {key: found[key] for key in begun} == begun
        assert (found["staff_name"], found["customer_id"]) == ("Ann Test", None)
        assert await draft_of_call(ann) == "draft_not_yours"
        assert (await ann.ask("PUT", CALL, {"note": "mine again"}))[0] == 404
        assert (await draft_of_call(bob))["note"] == "has error 47"


async def test_given_nothing_left_to_keep_then_nothing_is_kept(desktop: Desktop) -> None:
    async with desktop.browser("ann") as ann:
        await has_it(desktop, "ann")
        await ann.ask("PUT", CALL, {"note": "short"})
        await ann.ask("PUT", CALL, {})

        assert await draft_of_call(ann) is None
        assert (await ann.ask("GET", "/api/drafts"))[1] == {"items": []}


async def test_given_a_call_that_is_over_then_its_writer_finds_the_words_and_may_take_them_away(
    desktop: Desktop,
) -> None:
    card = await desktop.parts.crm.customers.create(NewCustomer(name="Marta Gil"))
    async with desktop.browser("ann") as ann, desktop.browser("bob") as bob:
        await has_it(desktop, "ann")
        await ann.ask("PUT", CALL, {"note": "half a thought", "customer_id": card["id"]})
        desktop.engine.commit(("stints", "st-ann", None))
        await until(lambda: not desktop.app[HUB].projection.viewers("ix-1"))

        assert (await bob.ask("PUT", CALL, {}))[0] == 404
        (left,) = (await ann.ask("GET", "/api/drafts"))[1]["items"]
        assert (left["ref"], left["customer_id"], left["note"]) == ("ix-1", card["id"], "half a thought")
        assert await ann.ask("PUT", CALL, {}) == (200, {})
        assert (await ann.ask("GET", "/api/drafts"))[1] == {"items": []}


async def test_given_words_about_a_customer_then_they_are_ones_own(desktop: Desktop) -> None:
    card = await desktop.parts.crm.customers.create(NewCustomer(name="Marta Gil"))
    path, query = f"/api/drafts/customer/{card['id']}", f"/api/draft?scope=customer&ref={card['id']}"
    async with desktop.browser("ann") as ann, desktop.browser("bob") as bob:
        await ann.ask("PUT", path, {"note": "of Ann", "customer_id": card["id"]})
        await bob.ask("PUT", path, {"note": "of Bob"})

        assert (await ann.ask("GET", query))[1]["draft"]["note"] == "of Ann"
        assert (await bob.ask("GET", query))[1]["draft"]["note"] == "of Bob"


async def test_given_a_wrap_up_finished_then_its_draft_is_gone(desktop: Desktop) -> None:
    desktop.records.parts["ix-1"] = [Ownership(desktop.staff["ann"].id)]
    async with desktop.browser("ann") as ann:
        await has_it(desktop, "ann")
        await ann.ask("PUT", CALL, {"disposition": "solved"})
        assert await ann.ask("POST", "/api/calls/ix-1/wrap-up", {"disposition": "solved"}) == (200, {})

        assert await draft_of_call(ann) is None


async def test_given_words_nobody_came_back_to_then_they_are_dropped_with_the_next(
    desktop: Desktop, sqlite_url: str
) -> None:
    async with desktop.browser("ann") as ann:
        await has_it(desktop, "ann")
        await ann.ask("PUT", CALL, {"note": "old"})
        database = connect(sqlite_url)
        async with database.begin() as connection:
            await connection.execute(update(drafts).values(updated_at=AT))
        await database.dispose()

        assert (await ann.ask("GET", "/api/drafts"))[1] == {"items": []}
        await ann.ask("PUT", "/api/drafts/customer/cu-1", {"note": "new"})
        assert await draft_of_call(ann) is None


@pytest.mark.parametrize("path", ["/api/drafts/other/ix-1", "/api/drafts/call/ix 1"])
async def test_given_no_such_place_then_not_found(desktop: Desktop, path: str) -> None:
    async with desktop.browser("ann") as ann:
        assert (await ann.ask("PUT", path, {"note": "x"}))[0] == 404
