"""Callers who come back, on a real Asterisk: to the agent who talked with them last, to the owner of their account, and
to the place that they gave up. The house replays the journal at its end."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from crm_core.customers.service import CustomerService
from kernel.clock import SteadyClock
from lab.asterisk import AsteriskLab
from lab.caller import MUSIC_HZ, PHONE_HZ, SipCaller
from routing.rows import Interaction
from tests.support.house import LUCIA, QUEUE, REGION, House, SipAgent, house
from tests.support.waiting import until

pytestmark = [pytest.mark.system, pytest.mark.timeout(180)]

STRANGER, MAIN = "+34600999000", "5551234"
STICKY = replace(QUEUE, sticky_seconds=30, sticky_days=7, wrap_seconds=1)
OWNED = replace(QUEUE, owner_seconds=30, wrap_seconds=1)


async def talk(home: House, agent: SipAgent, number: str, within: float = 10.0) -> dict[str, Any]:
    """A caller whom `agent` is offered, and who is heard; the desk as it was in the talk. Free again at the end."""
    async with SipCaller(home.lab.sip, number=number, to=MAIN) as caller:
        await agent.takes(within)
        await caller.audio.heard_tone(PHONE_HZ)
        desk = dict(agent.desk)
        await caller.hang_up()
    await agent.sees(lambda now: now["me"]["duty"] == "idle", "free again")
    return desk


def of_lucia(home: House) -> Interaction:
    (found,) = [one for one in home.interactions() if one.number == LUCIA]
    return found


async def chosen(agent: SipAgent, call_id: str) -> dict[str, str]:
    why = await agent.ask("GET", f"/api/calls/{call_id}/why")
    return {one["agent_id"]: one["reason"] for one in why["offers"][-1]["agents"] if one["verdict"] == "chosen"}


async def test_given_who_calls_again_then_the_agent_who_knows_them_has_them_though_another_is_idle_for_longer(
    asterisk_lab: AsteriskLab, tmp_path: Path
) -> None:
    async with house(asterisk_lab, tmp_path, queue=STICKY) as home, home.agent("ana") as ana:
        await talk(home, ana, LUCIA)
        async with home.agent("ben") as ben:
            await talk(home, ana, STRANGER)  # who was idle for longer; now Ben is
            assert ben.row.idle_since < ana.row.idle_since

            again = await talk(home, ana, LUCIA)
            assert await chosen(ana, again["call"]["id"]) == {ana.id: "preferred_last_agent"}

            await ana.ask("PUT", "/api/desk/presence", {"presence": "paused", "reason": "break"})
            await talk(home, ben, LUCIA, within=5.0)  # at once, not after the thirty seconds
        assert not await home.journalled("PreferenceEnded")


async def test_given_the_agent_who_knows_them_in_a_talk_then_they_wait_for_that_one_and_go_on_when_the_desk_is_left(
    asterisk_lab: AsteriskLab, tmp_path: Path
) -> None:
    async with house(asterisk_lab, tmp_path, queue=STICKY) as home, home.agent("ana") as ana:
        await talk(home, ana, LUCIA)
        async with (
            SipCaller(asterisk_lab.sip, number=STRANGER, to=MAIN) as other,
            home.agent("ben", ready=False) as ben,
        ):
            await ana.takes()
            await ben.ask("PUT", "/api/desk/presence", {"presence": "ready"})
            async with SipCaller(asterisk_lab.sip, number=LUCIA, to=MAIN) as lucia:
                await lucia.audio.heard_tone(MUSIC_HZ)
                await until(lambda: home.waiting() == 1, 10, "who waits for Ana, beside a free colleague")
                before = of_lucia(home)
                assert before.prefer_agent == ana.id
                await ana.ask("PUT", "/api/desk/presence", {"presence": "paused", "reason": "break"})
                await ben.takes(5.0)
                await lucia.audio.heard_tone(PHONE_HZ)
                after = of_lucia(home)
                assert (after.id, after.place) == (before.id, before.place)
                await lucia.hang_up()
            await other.hang_up()
        (ended,) = await home.journalled("PreferenceEnded")
        assert ended.reason == "agent_paused"


async def test_given_the_owner_of_their_account_then_that_one_has_them(
    asterisk_lab: AsteriskLab, tmp_path: Path
) -> None:
    async with (
        house(asterisk_lab, tmp_path, queue=OWNED) as home,
        home.agent("ana") as ana,
        home.agent("ben") as ben,
    ):
        assert ana.row.idle_since < ben.row.idle_since
        customers = CustomerService(home.platform.database, REGION, SteadyClock())
        (lucia,) = await customers.search("Luc")
        customer = await customers.get(lucia["id"])
        await customers.update(customer.id, customer.version, {"owner_id": ben.id})

        desk = await talk(home, ben, LUCIA)

        assert await chosen(ben, desk["call"]["id"]) == {ben.id: "preferred_owner"}


async def test_given_who_gave_up_and_calls_again_then_the_place_is_theirs_and_nobody_before_them_is_overtaken(
    asterisk_lab: AsteriskLab, tmp_path: Path
) -> None:
    sip = asterisk_lab.sip
    async with (
        house(asterisk_lab, tmp_path) as home,
        home.agent("ana", ready=False) as ana,
        SipCaller(sip, number="+34600999111", to=MAIN) as first,
    ):
        await until(lambda: home.waiting() == 1, 10, "the first")
        async with SipCaller(sip, number=LUCIA, to=MAIN) as gives_up:
            await until(lambda: home.waiting() == 2, 10, "the second")
            was = of_lucia(home)
            async with SipCaller(sip, number=STRANGER, to=MAIN) as third:
                await until(lambda: home.waiting() == 3, 10, "the third")
                await gives_up.hang_up()
                await until(lambda: home.waiting() == 2, 10, "one gone")
                async with SipCaller(sip, number=LUCIA, to=MAIN) as back:
                    await until(lambda: home.waiting() == 3, 10, "the second again")
                    now = of_lucia(home)
                    assert now.id != was.id
                    assert (now.place, now.resumed) == (was.place, was.id)
                    await ana.ask("PUT", "/api/desk/presence", {"presence": "ready"})
                    for caller in (first, back, third):
                        await ana.takes()
                        await caller.audio.heard_tone(PHONE_HZ)
                        await caller.hang_up()
