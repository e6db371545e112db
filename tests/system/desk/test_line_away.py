"""The line between browser and platform cut by a proxy that says nothing to the browser: what goes by SIP works on and
is heard, and once the line is back by itself the screen agrees within a second."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
import pytest_asyncio

from lab.asterisk import AsteriskLab
from lab.caller import MUSIC_HZ, SipCaller
from tests.support.faulty_link import FaultyLink
from tests.system.conftest import channels_left
from tests.system.desk.browser import AGENT_HZ, AgentBrowser, browsers
from tests.system.desk.conftest import AGENTS, QUEUE
from tests.system.desk.process import HANNAH, LUCIA, PlatformProcess
from tests.system.desk.test_drops import WITHIN_MS, agrees_within, all_in_time, page_now

pytestmark = [pytest.mark.system, pytest.mark.timeout(180)]

KEYS = "159#0*"


@pytest_asyncio.fixture
async def wire(desk_lab: AsteriskLab, tmp_path: Path) -> AsyncIterator[FaultyLink]:
    """A proxy in front of a running platform."""
    platform = PlatformProcess(desk_lab, tmp_path)
    await platform.prepare(AGENTS, QUEUE)
    async with FaultyLink("127.0.0.1", platform.port) as link:
        await platform.start(ORIGINS=f"http://127.0.0.1:{link.port}")
        try:
            yield link
        finally:
            await platform.stop()
    assert await channels_left(desk_lab, within=15) == ""


@pytest_asyncio.fixture
async def ana(wire: FaultyLink, tmp_path: Path) -> AsyncIterator[AgentBrowser]:
    async with browsers(tmp_path) as found:
        yield await (await found.agent("ana", f"http://127.0.0.1:{wire.port}")).sign_in()


async def test_answer_mute_keypad_and_hang_up_are_heard_at_the_far_end_while_the_line_is_away(
    desk_lab: AsteriskLab, wire: FaultyLink, ana: AgentBrowser
) -> None:
    await ana.ready()
    async with SipCaller(desk_lab.sip, number=LUCIA, to="5551234") as lucia:
        await ana.ringing()
        wire.refuse()
        await ana.stale()
        await ana.press("Answer")
        await lucia.audio.heard_tone(AGENT_HZ)

        await ana.press("Mute")
        await lucia.audio.heard_silence()
        await ana.press("Unmute")
        await lucia.audio.heard_tone(AGENT_HZ)

        await ana.press("Keypad")
        for key in KEYS:
            await ana.page.locator(".keypad").get_by_role("button", name=key, exact=True).click()
        await lucia.audio.heard_digits(KEYS)

        await ana.press("End")
        await lucia.ended()
        wire.heal()
        await ana.live("d => d.me.duty === 'wrapping'")


async def test_a_line_that_comes_back_without_a_word_is_right_within_a_second(
    desk_lab: AsteriskLab, wire: FaultyLink, ana: AgentBrowser
) -> None:
    """Three times: the one in the middle within a second, since one stumble of a loaded machine decides nothing; each
    within three."""
    took = []
    async with AsyncExitStack() as callers:
        for waiting in (1, 0, 1):
            wire.refuse()
            await ana.stale()
            if waiting:
                hannah = await callers.enter_async_context(SipCaller(desk_lab.sip, number=HANNAH, to="5551234"))
                await hannah.audio.heard_tone(MUSIC_HZ)
            else:
                await callers.aclose()
            since = await page_now(ana)
            wire.heal()
            took.append(await agrees_within(ana, waiting, since))
    all_in_time(took)


async def test_a_line_that_stood_still_is_noticed_and_right_within_a_second_of_its_return(
    desk_lab: AsteriskLab, wire: FaultyLink, ana: AgentBrowser
) -> None:
    wire.stall()
    await ana.stale()
    async with SipCaller(desk_lab.sip, number=HANNAH, to="5551234") as hannah:
        await hannah.audio.heard_tone(MUSIC_HZ)
        since = await page_now(ana)
        wire.heal()
        assert await agrees_within(ana, 1, since) < WITHIN_MS
