"""An agent at a real Chromium: signs in, is ready, answers; the browser is the phone, with a tone as its voice."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Self

from playwright.async_api import Browser, BrowserContext, Locator, Page, async_playwright

from lab.tones import tone, write_wave
from tests.system.desk.process import PASSWORD

AGENT_HZ = 440
ARGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--use-fake-ui-for-media-stream",
    "--use-fake-device-for-media-stream",
    "--allow-loopback-in-peer-connection",
    # The address bar's own pages, two for each window, cost as much as ours.
    "--disable-features=WebRtcHideLocalIpsWithMdns,WebUIOmniboxPopup,WebUIOmniboxAimPopup,WebUIOmniboxFullPopup",
    "--autoplay-policy=no-user-gesture-required",
)
KEEP_PEERS = """
    const Peer = window.RTCPeerConnection; window.__peers = [];
    window.RTCPeerConnection = function (...a) { const p = new Peer(...a); window.__peers.push(p); return p; };
    window.RTCPeerConnection.prototype = Peer.prototype;
"""
RINGS = """() => { const { marks, desk } = window.__trunkline;
    return marks.some(m => m.name === 'sip_invite' && m.offer === desk().offer?.id); }"""
HEARD_ENERGY = """async () => {
    let energy = 0;
    for (const peer of window.__peers) for (const one of (await peer.getStats()).values())
        if (one.type === 'inbound-rtp' && one.kind === 'audio') energy += one.totalAudioEnergy || 0;
    return energy;
}"""


class AgentBrowser:
    """One agent's page. Waits are on what the page itself knows (`window.__trunkline`)."""

    def __init__(self, page: Page, login: str, url: str) -> None:
        self.page = page
        self.login = login
        self._url = url

    async def sign_in(self) -> Self:
        await self.page.goto(f"{self._url}/sign-in")
        await self.page.get_by_label("Sign-in name").fill(self.login)
        await self.page.get_by_label("Password", exact=True).fill(PASSWORD)
        await self.page.get_by_role("button", name="Sign in", exact=True).click()
        await self.until("d => d.me && d.me.device === 'reachable'", "the phone is registered")
        return self

    async def ready(self) -> Self:
        """Choose the state Ready in the top bar."""
        await self.page.locator("button.state").click()
        await self.page.get_by_role("menuitemradio", name="Ready").click()
        await self.until("d => d.me.routable", "the agent is routable")
        return self

    async def until(self, condition: str, what: str, within: float = 15.0) -> Any:
        """Wait until the desk (the state that the page shows) fulfils a JavaScript condition; returns the desk."""
        script = f"() => {{ const d = window.__trunkline && window.__trunkline.desk(); return d && ({condition})(d); }}"
        try:
            await self.page.wait_for_function(script, timeout=within * 1000)
        except Exception as error:
            raise AssertionError(f"{self.login}: not in time: {what}; desk: {await self.desk()}") from error
        return await self.desk()

    async def desk(self) -> Any:
        return await self.page.evaluate("() => window.__trunkline ? window.__trunkline.desk() : null")

    async def marks(self) -> dict[str, float]:
        """The last moment (milliseconds since the epoch, by the browser's clock) of each mark."""
        found = await self.page.evaluate("() => window.__trunkline ? window.__trunkline.marks : []")
        return {one["name"]: one["at"] for one in found}

    async def ringing(self, within: float = 15.0) -> Any:
        """Wait until the offer is on the screen and the phone rings."""
        await self.until("d => d.offer", "an offer", within)
        await self.page.wait_for_function(RINGS, timeout=within * 1000)
        return await self.desk()

    async def answer(self) -> Any:
        await self.press("Answer")
        return await self.until("d => d.call && d.call.state === 'active' && d.call.stint.state === 'joined'", "a talk")

    async def press(self, name: str) -> None:
        """A button of the call bar."""
        await self._button(name).click()

    async def state(self, state: str, within: float = 15.0) -> Any:
        return await self.until(f"d => d.call && d.call.state === '{state}'", f"the call is {state}", within)

    async def stale(self) -> None:
        """Wait until the page says that it has lost the platform."""
        await self.page.locator(".desk:not([data-connection=live])").wait_for()

    async def live(self, condition: str, within: float = 15.0) -> Any:
        """Wait until the page is connected again and its desk fulfils a condition."""
        await self.page.locator(".desk[data-connection=live]").wait_for(timeout=within * 1000)
        return await self.until(condition, f"after the reconnection: {condition}", within)

    async def answer_without_platform(self) -> None:
        """The switch rings by itself while the platform is away: answer all the same."""
        await self._button("Answer").click(timeout=30_000)

    def _button(self, name: str) -> Locator:
        return self.page.locator(".callbar").get_by_role("button", name=re.compile(f"^{name}"))

    async def heard_energy(self) -> float:
        """How much sound came in so far, of all calls (grows while somebody is heard)."""
        return float(await self.page.evaluate(HEARD_ENERGY))

    async def screenshot(self, path: Path) -> None:
        await self.page.screenshot(path=str(path), animations="disabled")


class Browsers:
    """Starts a browser per agent (the fake microphone is set per process)."""

    def __init__(self, playwright: Any, folder: Path) -> None:
        self._playwright = playwright
        self._folder = folder
        self._open: list[Browser] = []

    async def page(self, *, hz: float = AGENT_HZ, **context: Any) -> Page:
        voice = self._folder / f"voice-{hz:.0f}.wav"
        write_wave(voice, tone(hz, 10, rate=48000), rate=48000)
        browser = await self._playwright.chromium.launch(
            executable_path="/usr/bin/chromium", args=[*ARGS, f"--use-file-for-fake-audio-capture={voice}"]
        )
        self._open.append(browser)
        made: BrowserContext = await browser.new_context(
            **{"viewport": {"width": 1366, "height": 768}, "locale": "en-GB", **context}
        )
        await made.grant_permissions(["microphone", "notifications"])
        page = await made.new_page()
        await page.add_init_script(KEEP_PEERS)
        return page

    async def agent(self, login: str, url: str, *, hz: float = AGENT_HZ, **context: Any) -> AgentBrowser:
        return AgentBrowser(await self.page(hz=hz, **context), login, url)

    async def close(self) -> None:
        for browser in self._open:
            await browser.close()


@asynccontextmanager
async def browsers(folder: Path) -> AsyncIterator[Browsers]:
    """Browsers for one test, closed at its end."""
    async with async_playwright() as playwright:
        found = Browsers(playwright, folder)
        try:
            yield found
        finally:
            await found.close()
