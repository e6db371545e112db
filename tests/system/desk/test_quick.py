"""Each button answers by itself: with the server's word held back, the next frame already shows that it was pressed."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from playwright.async_api import Page, Route

from lab.asterisk import AsteriskLab
from lab.caller import SipCaller
from tests.system.desk.browser import AGENT_HZ, AgentBrowser, Browsers
from tests.system.desk.process import LUCIA, PlatformProcess

pytestmark = [pytest.mark.system, pytest.mark.timeout(180)]

PAINTED_MS = 1000
FEEDBACK = """([press, look]) => new Promise(done => {
    document.querySelector(press).click();
    requestAnimationFrame(() => done(document.querySelector(look)?.getAttribute('aria-busy')));
})"""
PAINTED = "() => performance.getEntriesByName('first-contentful-paint')[0]?.startTime"


class Held:
    """The answers to whatever changes something, held back until `let_go`."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self._gate = asyncio.Event()
        self.asked: list[str] = []

    async def put_in(self) -> None:
        await self._page.route("**/api/**", self._on_request)

    async def _on_request(self, route: Route) -> None:
        request = route.request
        if request.method != "GET" and "/drafts/" not in request.url:
            self.asked.append(request.url)
            await self._gate.wait()
        await route.continue_()

    async def press(self, button: str, look: str | None = None) -> None:
        """Click; in the next frame, with no answer yet, the button (or what stands for it) is busy; then the answer."""
        self._gate.clear()
        before = len(self.asked)
        shown: Any = await self._page.evaluate(FEEDBACK, [button, look or button])
        assert shown == "true", f"{button} shows nothing within a frame"
        assert len(self.asked) <= before + 1
        self._gate.set()


async def test_given_the_servers_answer_held_back_then_each_button_shows_within_a_frame_that_it_was_pressed(
    desk_lab: AsteriskLab, platform: PlatformProcess, agents: Browsers
) -> None:
    ana = await (await agents.agent("ana", platform.url)).sign_in()
    held = Held(ana.page)
    await held.put_in()
    await ana.page.locator("button.state").click()
    await held.press(".menu [role=menuitemradio]", "button.state")
    await ana.until("d => d.me.routable", "ready")
    async with SipCaller(desk_lab.sip, number=LUCIA, to="5551234") as lucia:
        await ana.ringing()
        await ana.answer()
        await lucia.audio.heard_tone(AGENT_HZ)
        await held.press(".slot-b")
        await ana.state("held")
        await held.press(".slot-b")
        await ana.state("active")
        await ana.page.locator(".note textarea").fill("held back")
        await held.press(".note [type=submit]")
        await ana.page.locator(".event", has_text="held back").wait_for()
        await a_ticket(ana, held)
        await ana.press("End")
    await ana.until("d => d.me.duty === 'wrapping'", "wrap-up")
    await held.press(".wrapup .row .btn")
    await ana.until("d => d.call.stint.extended === 1", "more time")
    await held.press(".wrapup [type=submit]")
    await ana.until("d => d.me.duty === 'idle'", "done")
    assert len(held.asked) == 7


async def a_ticket(ana: AgentBrowser, held: Held) -> None:
    await ana.page.keyboard.press("Control+Shift+Y")
    await ana.page.locator("form.ticket input").first.fill("Slow")
    await ana.page.locator("form.ticket [role=combobox]").first.click()
    await ana.page.get_by_role("option").first.click()
    await held.press("form.ticket [type=submit]")
    await ana.page.locator(".left", has_text="Slow").wait_for()


async def test_given_a_cold_cache_then_the_first_paint_of_the_desk_is_there_within_a_second(
    platform: PlatformProcess, agents: Browsers
) -> None:
    """Of three loads the quickest counts: what is looked at is what the page makes the browser do."""
    ana = await (await agents.agent("ana", platform.url)).sign_in()
    cookies = await ana.page.context.cookies()
    browser = ana.page.context.browser
    assert browser is not None
    painted = []
    for _ in range(3):
        context = await browser.new_context()
        await context.add_cookies(cookies)  # type: ignore[arg-type]
        page = await context.new_page()
        await page.goto(platform.url)
        await page.locator(".desk").wait_for()
        painted.append(float(await page.evaluate(PAINTED)))
        await context.close()
    assert min(painted) < PAINTED_MS, painted
