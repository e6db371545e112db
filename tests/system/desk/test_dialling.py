"""Click to dial in a real browser: the phone answers by itself, sound both ways; and kills that never dial twice."""

from __future__ import annotations

import asyncio
import random

import pytest

from dialer.chain.store import verify
from kernel.clock import SteadyClock
from kernel.db import connect
from lab.asterisk import AsteriskLab
from lab.caller import SipCaller
from lab.farend import FarEnd
from tests.support.waiting import until
from tests.system.desk.browser import AGENT_HZ, AgentBrowser, Browsers
from tests.system.desk.process import LUCIA, PlatformProcess

pytestmark = [pytest.mark.system, pytest.mark.timeout(240)]

RINGS = f"{LUCIA[:-2]}19"
STRANGER = "+34600333222"


async def dial(agent: AgentBrowser, number: str) -> None:
    """Type a number into the dial field, confirm the hour if it is late, and call."""
    await agent.page.get_by_role("button", name="Call somebody").click()
    await agent.page.get_by_label("Number").fill(number)
    await confirm_and_call(agent)


async def confirm_and_call(agent: AgentBrowser) -> None:
    await agent.page.locator(".dial .clocks li").first.wait_for()
    late = agent.page.locator(".dial .warn input")
    if await late.count():
        await late.check()
    await agent.page.locator(".dial [type=submit]").click()


async def test_a_number_is_clicked_and_the_talk_outlives_the_platform(
    desk_lab: AsteriskLab, platform: PlatformProcess, agents: Browsers
) -> None:
    async with FarEnd(desk_lab.sip, desk_lab.ports.trunk) as far:
        ana = await (await agents.agent("ana", platform.url)).sign_in()
        await dial(ana, LUCIA)
        await ana.until("d => d.call && d.call.state === 'active'", "they talk")
        call = await far.call()
        await call.audio.heard_tone(AGENT_HZ)
        before = await ana.heard_energy()
        await platform.kill()
        await ana.stale()
        await call.audio.heard_tone(AGENT_HZ)
        assert await ana.heard_energy() > before, "the customer is heard in the browser"
        await platform.start()
        await ana.live("d => d.call?.state === 'active' && d.me.duty === 'busy'")
        await ana.press("End")
        await call.ended()
        await ana.until("d => d.me.duty === 'wrapping'", "wrap-up")
        assert far.dialled == [LUCIA]
        await ana.until("d => d.me.duty === 'idle' && d.me.presence === 'paused'", "as before", within=15)


async def test_an_end_is_said_in_words_and_can_be_called_again(
    desk_lab: AsteriskLab, platform: PlatformProcess, agents: Browsers
) -> None:
    async with FarEnd(desk_lab.sip, desk_lab.ports.trunk) as far:
        ana = await (await agents.agent("ana", platform.url)).sign_in()
        await dial(ana, f"{LUCIA[:-2]}17")
        await ana.page.locator(".callbar").get_by_text("Busy").wait_for()
        await ana.page.get_by_role("button", name="Call again").click()
        await ana.page.locator(".dial .clocks li").first.wait_for()
        await ana.page.keyboard.press("Escape")
        await ana.page.get_by_role("button", name="Call somebody").click()
        await ana.page.get_by_label("Number").fill("112")
        await ana.page.get_by_role("alert").get_by_text("emergency").wait_for()
        assert await ana.page.locator(".dial [type=submit]").is_disabled()
        assert len(far.dialled) == 1


async def test_killed_at_any_moment_of_a_dial_then_nobody_is_dialled_twice(
    desk_lab: AsteriskLab, platform: PlatformProcess, agents: Browsers
) -> None:
    """From the click on: killed at moments of chance, each dial rings at the far end once or not at all; killed after
    it rang there, or not killed, exactly once."""
    chance = random.Random(20261122)
    async with FarEnd(desk_lab.sip, desk_lab.ports.trunk) as far:
        ana = await (await agents.agent("ana", platform.url)).sign_in()
        for moment in ("any", "never", "rings", "any", "rings"):
            before = len(far.dialled)
            await dial(ana, RINGS)
            if moment == "any":
                await asyncio.sleep(chance.uniform(0, 0.6))  # a random moment is what is wanted
            else:
                await until(lambda since=before: len(far.dialled) > since, 20, "it rings at the far end")
            if moment != "never":
                await platform.kill()
                await platform.start()
            await ana.live("d => d.me.duty === 'idle' || d.call !== null")
            desk = await ana.desk()
            if desk["call"] is not None:
                await ana.press("End")
            await ana.until("d => d.call === null && d.me.duty === 'idle'", "the dial is over", within=30)
            assert len(far.dialled) - before in ((0, 1) if moment == "any" else (1,)), moment
            await ana.page.keyboard.press("Escape")
        assert set(far.dialled) == {RINGS}
    database = connect(platform.database_url)
    try:
        verdict = await verify(database, SteadyClock().now())
    finally:
        await database.dispose()
    assert (verdict.broken, verdict.missing) == (None, ())


async def test_a_stranger_is_called_back_by_the_button_of_the_list_once_it_says_nothing_against_it(
    desk_lab: AsteriskLab, platform: PlatformProcess, agents: Browsers
) -> None:
    """In the talk and in wrap-up the number of the call says why it cannot be dialled; then a click dials it."""
    async with FarEnd(desk_lab.sip, desk_lab.ports.trunk) as far:
        ana = await (await (await agents.agent("ana", platform.url)).sign_in()).ready()
        own = ana.page.locator(".caller .callnumber")
        async with SipCaller(desk_lab.sip, number=STRANGER, to="5551234") as stranger:
            await ana.ringing()
            await ana.answer()
            await stranger.audio.heard_tone(AGENT_HZ)
            assert "call in hand" in (await own.get_attribute("title") or "")
        await ana.until("d => d.me.duty === 'wrapping'", "wrap-up")
        await ana.page.locator(".caller .callnumber[title*='Say what came']").click()
        await ana.page.locator(".dial .why", has_text="Say what came of the last call first").wait_for()
        assert await ana.page.locator(".dial [type=submit]").is_disabled()
        await ana.page.keyboard.press("Escape")
        await ana.until("d => d.me.duty === 'idle'", "the wrap-up is over")

        await ana.page.locator(".recent .callnumber:not([data-barred])").click()
        await confirm_and_call(ana)
        await ana.until("d => d.call && d.call.state === 'active' && d.call.direction === 'outbound'", "they talk")
        await (await far.call()).audio.heard_tone(AGENT_HZ)
        assert far.dialled == [STRANGER]
        await ana.press("End")
        await ana.until("d => d.me.duty === 'wrapping'", "wrap-up")
