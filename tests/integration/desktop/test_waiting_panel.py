"""Callers who wait, pushed to desks: named, once in a while whatever happens, and to those alone who may pick."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from crm_core.customers.models import NewCustomer
from kernel.access import Role
from kernel.errors import Refused
from routing.messages import PickCall
from tests.integration.desktop.fakes import until
from tests.integration.desktop.harness import Desktop, running
from tests.integration.desktop.rows import agent, interaction

pytestmark = pytest.mark.integration


async def test_given_a_caller_then_the_panel_names_them_and_whoever_may_not_pick_has_none(desktop: Desktop) -> None:
    await desktop.person("tel", Role.telemarketer)
    card = await desktop.parts.crm.customers.create(NewCustomer(name="Marta Gil", number="+34911234567"))
    async with (
        desktop.browser("ann") as ann,
        ann.socket() as tab,
        desktop.browser("tel") as tel,
        tel.socket() as other,
    ):
        await until(lambda: tab.desk and other.desk)
        desktop.engine.commit(("interactions", "ix-1", interaction("ix-1", match="known", customer_id=card["id"])))
        await until(lambda: tab.desk["waiting"]["total"] == 1)
        await until(lambda: tab.desk["waiting"]["rows"][0]["name"] == "Marta Gil")
        await until(lambda: other.desk["queues"][0]["waiting"] == 1)

        assert other.desk["waiting"] is None


async def test_given_many_changes_then_who_waits_is_sent_with_the_figures_and_not_with_each(
    database_url: str, tmp_path: Path
) -> None:
    async with running(database_url, tmp_path, figures_seconds=0.5) as desktop:
        staff_id = (await desktop.person("ann")).id
        async with desktop.browser("ann") as ann, ann.socket() as tab:
            await until(lambda: tab.desk)
            for number in range(100):
                key = f"ix-{number}"
                desktop.engine.commit(("interactions", key, interaction(key)))
                desktop.engine.commit(("agents", staff_id, agent(staff_id, missed=number)))
                await asyncio.sleep(0)
            await until(lambda: tab.desk["me"]["missed"] == 99)
            await until(lambda: tab.desk["waiting"]["total"] == 100)

            changes = tab.events("change")
            told = [one for one in changes if "waiting" in one["set"]]
            assert len(told) <= len(changes) / 3, "two hundred commits"
            assert len(tab.desk["waiting"]["rows"]) == 30


async def test_given_a_browser_that_missed_changes_then_it_catches_up_to_what_a_fresh_one_sees(
    desktop: Desktop,
) -> None:
    async with desktop.browser("ann") as ann, ann.socket() as watching:
        async with ann.socket() as tab:
            await until(lambda: tab.desk)
            cursor, desk = {"epoch": tab.epoch, "seq": tab.seq}, tab.desk
        for number in range(3):
            desktop.engine.commit(("interactions", f"ix-{number}", interaction(f"ix-{number}")))
        await until(lambda: watching.desk["waiting"]["total"] == 3)
        async with ann.socket(**cursor) as back, ann.socket() as fresh:
            await until(lambda: fresh.desk and back.events("change"))

    assert not back.events("snapshot")
    assert {**desk, **back.desk}["waiting"] == fresh.desk["waiting"] == watching.desk["waiting"]
    assert [one["position"] for one in fresh.desk["waiting"]["rows"]] == [1, 2, 3]


async def test_given_a_pick_then_the_engine_is_asked_with_the_reach_of_the_right(desktop: Desktop) -> None:
    await desktop.person("sue", Role.supervisor)
    desktop.engine.answers[PickCall] = {"offer_id": "of-1"}
    async with desktop.browser("ann") as ann, desktop.browser("sue") as sue:
        mine = await ann.ask("POST", "/api/calls/ix-1/pick")
        anybodys = await sue.ask("POST", "/api/calls/ix-1/pick")
        desktop.engine.answers[PickCall] = Refused("pick_ringing", "A phone rings for this caller already.", by="Bob")
        late = await ann.ask("POST", "/api/calls/ix-1/pick")

    asked = [one for one in desktop.engine.commands if isinstance(one, PickCall)]
    assert [(one.interaction_id, one.anywhere) for one in asked] == [("ix-1", False), ("ix-1", True), ("ix-1", False)]
    assert mine == anybodys == (200, {"offer_id": "of-1"})
    assert (late[0], late[1]["error"]["details"]) == (409, {"by": "Bob"})
