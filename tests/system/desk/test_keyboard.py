"""A whole call by keyboard alone: no pointer ever touches the page."""

from __future__ import annotations

import pytest
from playwright.async_api import Page

from lab.asterisk import AsteriskLab
from lab.caller import MUSIC_HZ, SipCaller
from tests.system.desk.browser import AGENT_HZ, AgentBrowser, Browsers
from tests.system.desk.process import LUCIA, PASSWORD, PlatformProcess

pytestmark = [pytest.mark.system, pytest.mark.timeout(180)]

FOCUS_IS_SEEN = """() => {
    const at = document.activeElement;
    if (!at || at === document.body) return false;
    const style = getComputedStyle(at);
    return style.outlineStyle !== 'none' || style.boxShadow !== 'none';
}"""


async def test_a_call_from_sign_in_to_ready_again_by_keyboard_alone(
    desk_lab: AsteriskLab, platform: PlatformProcess, agents: Browsers
) -> None:
    ana = await agents.agent("ana", platform.url)
    await _sign_in(ana, platform.url)
    async with SipCaller(desk_lab.sip, number=LUCIA, to="5551234") as lucia:
        await _answer(ana)
        await lucia.audio.heard_tone(AGENT_HZ)
        await ana.page.keyboard.press("Control+Shift+H")
        await ana.state("held")
        await lucia.audio.heard_tone(MUSIC_HZ)
        await ana.page.keyboard.press("Control+Shift+H")
        await ana.state("active")
        await _write_note(ana.page)
        await _open_ticket(ana.page)
        await _wrap_up(ana)
    desk = await ana.until("d => d.me.routable", "ready again, with nothing else pressed")
    assert desk["call"] is None
    outcome = [one for one in await platform.journal() if type(one.message).__name__ == "FinishWrapUp"]
    assert len(outcome) == 1


async def _sign_in(ana: AgentBrowser, url: str) -> None:
    page, keys = ana.page, ana.page.keyboard
    await page.goto(f"{url}/sign-in")
    await page.locator("[name=login]:focus").wait_for()
    await keys.type("ana")
    await keys.press("Tab")
    await keys.type(PASSWORD)
    await keys.press("Enter")
    await ana.until("d => d.me && d.me.device === 'reachable'", "the phone is registered")
    await keys.press("Control+Shift+G")
    await ana.until("d => d.me.routable", "the agent is routable")


async def _answer(ana: AgentBrowser) -> None:
    await ana.ringing()
    await ana.page.locator(".slot-answer:focus").wait_for()
    assert await ana.page.evaluate(FOCUS_IS_SEEN)
    await ana.page.keyboard.press("Enter")
    await ana.until("d => d.call && d.call.state === 'active'", "a talk")


async def _write_note(page: Page) -> None:
    await page.keyboard.press("Control+Shift+O")
    await page.locator(".note textarea:focus").wait_for()
    await page.keyboard.type("Asked when the engineer comes")
    await page.keyboard.press("Control+Enter")
    await page.locator(".event", has_text="Asked when the engineer comes").wait_for()


async def _open_ticket(page: Page) -> None:
    keys = page.keyboard
    await keys.press("Control+Shift+Y")
    await page.locator("form.ticket input:focus").wait_for()
    await keys.type("Boiler stops")
    await keys.press("Tab")
    await keys.press("Enter")
    await page.locator("form.ticket [role=option]").first.wait_for()
    await keys.press("ArrowDown")
    await keys.press("Enter")
    await keys.press("Control+Enter")
    await page.locator(".left", has_text="Boiler stops").wait_for()


async def _wrap_up(ana: AgentBrowser) -> None:
    await ana.page.keyboard.press("Control+Shift+E")
    await ana.until("d => d.me.duty === 'wrapping'", "wrap-up")
    await ana.page.locator(".wrapup:focus").wait_for()
    await ana.page.keyboard.press("1")
    await ana.page.keyboard.press("Enter")
