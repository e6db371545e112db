"""The desk over a real socket: what people see, how they catch up, who has the phone."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from agent_desktop.app import HUB, PUSH
from crm_core.customers.models import NewCustomer
from kernel.errors import NotFound
from routing.messages import DeskSeen, OfferRendered
from tests.integration.desktop.fakes import until
from tests.integration.desktop.harness import Desktop, Tab
from tests.integration.desktop.rows import agent, interaction, offer, stint

pytestmark = pytest.mark.integration

XSS = "<img src=x onerror=alert(1)>"


def offered(desktop: Desktop, login: str, interaction_id: str = "ix-1") -> None:
    """The engine offers a waiting caller to that agent."""
    staff_id = desktop.staff[login].id
    waiting = desktop.engine.rows["interactions"][interaction_id]
    desktop.engine.commit(
        ("offers", "of-1", offer("of-1", interaction_id, staff_id)),
        ("stints", "st-1", stint("st-1", interaction_id, staff_id)),
        ("interactions", interaction_id, {**waiting, "state": "offered"}),
        ("agents", staff_id, agent(staff_id, duty="reserved")),
    )


async def customer(desktop: Desktop, name: str = "Marta Gil") -> dict[str, Any]:
    return dict(await desktop.parts.crm.customers.create(NewCustomer(name=name, number="+34911234567")))


async def test_given_a_session_when_connected_then_a_whole_desk(desktop: Desktop) -> None:
    async with desktop.browser("ann") as browser, browser.socket() as tab:
        await until(lambda: tab.desk)

        assert tab.desk["me"]["login"] == "ann"
        assert tab.desk["me"]["presence"] == "out"
        nobody = {"waiting": 0, "longest_since": None}
        assert tab.desk["queues"] == [{"id": "main", "name": "Main", **nobody, "open": True, "changes_at": None}]
        assert tab.desk["link"] == {"switch": "up", "saving": True, "trunk": False}
        assert tab.desk["settings"]["dispositions"] == [
            {"id": "solved", "label": "Solved", "labels": {}, "key": "1", "flags": ["completed"]}
        ]
        assert tab.messages[0][1]["now"].endswith("Z")


async def test_given_a_waiting_customer_when_offered_then_offer_and_pop_in_one_message(desktop: Desktop) -> None:
    card = await customer(desktop)
    async with desktop.browser("ann") as browser, browser.socket() as tab:
        await until(lambda: tab.desk)
        desktop.engine.commit(("interactions", "ix-1", interaction("ix-1", match="known", customer_id=card["id"])))
        await until(lambda: desktop.app[HUB].pops.get("ix-1"))
        offered(desktop, "ann")
        await until(lambda: tab.desk["offer"])

        change = next(message for message in tab.events("change") if "offer" in message["set"])
        assert change["set"]["offer"]["id"] == "of-1"
        assert change["set"]["pop"]["customer"]["name"] == "Marta Gil"
        assert change["set"]["pop"]["interaction_id"] == "ix-1"
        assert change["set"]["call"]["stint"]["state"] == "offered"
        assert change["set"]["call"]["caller"]["display"] == "911 23 45 67"


async def test_given_a_caller_offered_at_once_then_the_pop_is_still_in_the_same_message(desktop: Desktop) -> None:
    card = await customer(desktop)
    async with desktop.browser("ann") as browser, browser.socket() as tab:
        await until(lambda: tab.desk)
        desktop.engine.commit(("interactions", "ix-1", interaction("ix-1", match="known", customer_id=card["id"])))
        offered(desktop, "ann")
        await until(lambda: tab.desk["offer"])

        change = next(message for message in tab.events("change") if "offer" in message["set"])
        assert change["set"]["pop"]["customer"]["id"] == card["id"]


async def test_given_a_late_pop_when_offered_then_it_follows(desktop: Desktop) -> None:
    card = await customer(desktop)
    async with desktop.browser("ann") as browser, browser.socket() as tab:
        await until(lambda: tab.desk)
        desktop.pops.gate.clear()
        desktop.engine.commit(("interactions", "ix-1", interaction("ix-1", match="known", customer_id=card["id"])))
        offered(desktop, "ann")
        await until(lambda: tab.desk["offer"])
        before = tab.desk["pop"]
        desktop.pops.gate.set()
        await until(lambda: tab.desk["pop"])

        assert before is None
        assert tab.desk["pop"]["customer"]["id"] == card["id"]


async def test_given_an_unknown_caller_when_offered_then_a_pop_without_customer(desktop: Desktop) -> None:
    async with desktop.browser("ann") as browser, browser.socket() as tab:
        await until(lambda: tab.desk)
        desktop.engine.commit(("interactions", "ix-1", interaction("ix-1", match="unknown")))
        offered(desktop, "ann")
        await until(lambda: tab.desk["pop"])

        assert tab.desk["pop"]["customer"] is None
        assert tab.desk["pop"]["timeline"] == {"entries": [], "next": None}


async def test_given_a_note_during_the_call_when_saved_then_every_screen_with_the_customer_shows_it(
    desktop: Desktop,
) -> None:
    card = await customer(desktop)
    async with desktop.browser("ann") as ann, ann.socket() as tab, desktop.browser("bob") as bob:
        desktop.engine.commit(("interactions", "ix-1", interaction("ix-1", match="known", customer_id=card["id"])))
        offered(desktop, "ann")
        await until(lambda: tab.desk and tab.desk["pop"])
        status, entry = await bob.ask("POST", f"/api/customers/{card['id']}/notes", {"text": "Rang before."})
        await until(lambda: tab.desk["pop"]["timeline"]["entries"])

        assert status == 201
        assert tab.desk["pop"]["timeline"]["entries"][0]["id"] == entry["id"]


async def test_given_a_caller_with_script_for_a_name_then_it_arrives_as_plain_data(desktop: Desktop) -> None:
    async with desktop.browser("ann") as browser, browser.socket() as tab:
        await until(lambda: tab.desk)
        desktop.engine.commit(("interactions", "ix-1", interaction("ix-1", name=XSS)))
        offered(desktop, "ann")
        await until(lambda: tab.desk["call"])

        assert tab.desk["call"]["caller"]["name"] == XSS


async def test_given_another_agents_offer_then_only_the_figures_are_seen(desktop: Desktop) -> None:
    async with desktop.browser("bob") as browser, browser.socket() as tab:
        await until(lambda: tab.desk)
        desktop.engine.commit(("interactions", "ix-1", interaction("ix-1")))
        offered(desktop, "ann")
        await until(lambda: tab.desk["queues"][0]["waiting"] == 1)

        assert tab.desk["offer"] is None
        assert tab.desk["call"] is None


async def test_given_a_rendered_pop_when_told_then_the_engine_hears_it(desktop: Desktop) -> None:
    async with desktop.browser("ann") as browser, browser.socket() as tab:
        await until(lambda: tab.desk)
        answer = await tab.client.call("rendered", {"offer_id": "of-1"}, timeout=5)
        desktop.engine.answers[OfferRendered] = NotFound("offer_gone", "This call is no longer offered to you.")
        late = await tab.client.call("rendered", {"offer_id": "of-1"}, timeout=5)
        nonsense = [await tab.client.call("rendered", value, timeout=5) for value in (None, {}, {"offer_id": 3}, "x")]

    assert answer == {"ok": True}
    staff_id = desktop.staff["ann"].id
    seen, heard, *_ = desktop.engine.commands
    assert seen == DeskSeen(actor=staff_id, agent_id=staff_id, open=True, grace=120)
    assert heard == OfferRendered(actor=desktop.staff["ann"].id, offer_id="of-1")
    assert late["error"]["id"] == "offer_gone"
    assert {one["ok"] for one in nonsense} == {False}


async def test_given_missed_changes_when_back_then_they_are_sent_and_no_snapshot(desktop: Desktop) -> None:
    staff_id = desktop.staff["ann"].id
    async with desktop.browser("ann") as browser:
        async with browser.socket() as first:
            await until(lambda: first.desk)
        for presence in ("ready", "paused", "ready"):
            desktop.engine.commit(("agents", staff_id, agent(staff_id, presence=presence)))
            await until(lambda: desktop.app[HUB].projection.seq == desktop.engine.seq)
            await asyncio.sleep(0)
        second = Tab()
        second.seq, second.desk = first.seq, first.desk
        auth = {"csrf_token": browser.csrf, "epoch": first.epoch, "seq": first.seq, "tab": "t1"}
        await second.connect(desktop.url, auth, {"Cookie": browser.cookie})
        await until(lambda: second.desk["me"]["presence"] == "ready")
        await second.close()
        async with browser.socket() as fresh:
            await until(lambda: fresh.desk)

    assert second.events("snapshot") == []
    assert second.desk == fresh.desk
    assert second.seq == fresh.seq


@pytest.mark.parametrize("cursor", [{"epoch": "of another life", "seq": 0}, {"epoch": None, "seq": 7}, {"seq": "x"}])
async def test_given_a_cursor_of_no_use_when_connected_then_a_snapshot(
    desktop: Desktop, cursor: dict[str, Any]
) -> None:
    async with desktop.browser("ann") as browser, browser.socket(**cursor) as tab:
        await until(lambda: tab.desk)

        assert len(tab.events("snapshot")) == 1


async def test_given_two_tabs_when_something_changes_then_both_agree(desktop: Desktop) -> None:
    staff_id = desktop.staff["ann"].id
    async with desktop.browser("ann") as browser, browser.socket() as one, browser.socket() as two:
        await until(lambda: one.desk and two.desk)
        desktop.engine.commit(("agents", staff_id, agent(staff_id, presence="paused", pause_reason="lunch")))
        await until(lambda: one.desk["me"]["presence"] == two.desk["me"]["presence"] == "paused")

        assert one.desk == two.desk
        assert one.seq == two.seq


async def test_given_missed_batches_when_the_stream_overflows_then_the_desk_is_right_again(desktop: Desktop) -> None:
    staff_id = desktop.staff["ann"].id
    async with desktop.browser("ann") as browser, browser.socket() as tab:
        await until(lambda: tab.desk)
        for number in range(1200):
            presence = "paused" if number == 1199 else "ready"
            desktop.engine.commit(("agents", staff_id, agent(staff_id, presence=presence, missed=number)))
        await until(lambda: tab.desk["me"]["missed"] == 1199)

        assert tab.desk["me"]["presence"] == "paused"


async def test_given_a_browser_that_woke_when_it_asks_then_it_learns_where_the_numbers_are(desktop: Desktop) -> None:
    async with desktop.browser("ann") as browser, browser.socket() as tab:
        await until(lambda: tab.desk)

        assert await tab.client.call("probe", {}) == {"epoch": tab.epoch, "seq": tab.seq}


async def test_given_a_second_browser_with_the_phone_then_the_first_is_told(desktop: Desktop) -> None:
    async with (
        desktop.browser("ann") as browser,
        browser.socket(tab="a") as first,
        browser.socket(tab="b") as second,
        browser.socket(tab="c") as third,
    ):
        await until(lambda: first.desk and second.desk and third.desk)
        await first.client.emit("phone_here", {"kept": False})
        await until(lambda: desktop.app[PUSH].phone_of(desktop.staff["ann"].id) == "a")
        await second.client.emit("phone_here", {"kept": False})
        await until(lambda: first.events("phone_moved"))

        await first.client.emit("phone_here", {"kept": True})
        await until(lambda: len(first.events("phone_moved")) == 2)

        assert desktop.app[PUSH].phone_of(desktop.staff["ann"].id) == "b"
        assert (second.events("phone_moved"), third.events("phone_moved")) == ([], [])


async def test_given_the_phone_s_browser_gone_when_another_comes_back_then_it_keeps_the_phone(
    desktop: Desktop,
) -> None:
    async with desktop.browser("ann") as browser, browser.socket(tab="a") as first:
        await until(lambda: first.desk)
        async with browser.socket(tab="b") as second:
            await until(lambda: second.desk)
            await second.client.emit("phone_here", {"kept": False})
            await until(lambda: desktop.app[PUSH].phone_of(desktop.staff["ann"].id) == "b")
        await until(lambda: desktop.app[PUSH].open_sockets == 1)
        await first.client.emit("phone_here", {"kept": True})
        await until(lambda: desktop.app[PUSH].phone_of(desktop.staff["ann"].id) == "a")

        assert first.events("phone_moved") == []
