"""An agent whose browser goes in mid-call: the caller is kept, and gets the same agent again, or another."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import WebSocketRoute

from lab.asterisk import AsteriskLab
from lab.caller import MUSIC_HZ, SipCaller
from routing.queuerows import Queue
from tests.support.waiting import until
from tests.system.conftest import channels_left
from tests.system.desk.browser import AGENT_HZ, AgentBrowser, Browsers, browsers
from tests.system.desk.process import LUCIA, OLIVER, PlatformProcess
from tests.system.desk.test_drops import NAVIGATION, WITHIN_MS, all_in_time, shows_within

pytestmark = [pytest.mark.system, pytest.mark.timeout(180)]

TALKS = "d => d.call && d.call.state === 'active' && d.call.stint.state === 'joined'"
SCRIPT = "<img src=x onerror=window.hurt=1>"
BENS_HZ = 550
QUEUE = Queue("main", "Main", wrap_seconds=3, render_ms=1000, lost_phone_seconds=6)
"""The same agent is waited for 6 s here, not 20, so that the test is quick."""


@pytest_asyncio.fixture
async def platform(desk_lab: AsteriskLab, tmp_path: Path) -> AsyncIterator[PlatformProcess]:
    """A platform with two agents; its journal must decide the same once more."""
    process = PlatformProcess(desk_lab, tmp_path)
    await process.prepare(("ana", "ben"), QUEUE)
    await process.start()
    try:
        yield process
    finally:
        await process.stop()
    assert await channels_left(desk_lab, within=15) == ""
    assert await process.replayed() == []


async def agent_legs(platform: PlatformProcess) -> list[int]:
    """The causes of the agents' legs that ended."""
    return [one.message.cause for one in await platform.journal() if type(one.message).__name__ == "AgentLegEnded"]


async def loaded_again(ana: AgentBrowser, platform: PlatformProcess, call: str, nth: int) -> float:
    """Load the page again, for the `nth` time in this call; milliseconds until its screen was right. In the end the
    talk goes on."""
    begun = time.monotonic()
    await ana.page.reload(wait_until="commit")
    shown = await shows_within(ana, f"d => d.call && d.call.id === '{call}'", NAVIGATION)

    async def left() -> bool:
        return await agent_legs(platform) == [27] * nth

    await until(left, 12, "the leg of the page that is gone ends")
    await ana.until(TALKS, "the talk goes on")
    assert time.monotonic() - begun < 12, "seconds of music, even on a loaded machine"
    return shown


async def test_a_page_loaded_again_in_mid_call_talks_on_by_itself(
    desk_lab: AsteriskLab, platform: PlatformProcess, agents: Browsers
) -> None:
    """The caller hears music for the seconds between, and the agent does nothing: same call, same half-written note.
    The caller's name is a script besides: it is shown as text, before and after. A screen that was slower than a second
    is measured twice more: then the one in the middle of three counts, since one stumble of a loaded machine decides
    nothing; but no single one may take longer than three."""
    ana = await (await (await agents.agent("ana", platform.url)).sign_in()).ready()
    ana.page.on("dialog", lambda dialog: asyncio.ensure_future(dialog.accept()))
    async with SipCaller(desk_lab.sip, number="+34600999888", name=SCRIPT, to="5551234") as caller:
        await the_script_is_text(ana)
        before = await ana.answer()
        await caller.audio.heard_tone(AGENT_HZ)
        note = ana.page.locator(".composer textarea")
        await note.fill("half a thou")

        took = [await loaded_again(ana, platform, before["call"]["id"], 1)]
        while took[0] >= WITHIN_MS and len(took) < 3:  # a loaded machine stumbles
            took.append(await loaded_again(ana, platform, before["call"]["id"], len(took) + 1))
        all_in_time(took)  # the screen is right before the phone is
        after = await ana.desk()
        await caller.audio.heard_tone(AGENT_HZ)
        assert after["call"]["id"] == before["call"]["id"]
        assert await note.input_value() == "half a thou"
        await ana.page.get_by_text(SCRIPT).first.wait_for()
        assert not caller.is_over
        assert await agent_legs(platform) == [27] * len(took), "one leg ended, by the page that went"
    await ana.until("d => d.me.duty === 'idle'", "the call is over", within=10)


async def the_script_is_text(agent: AgentBrowser) -> None:
    desk = await agent.ringing()
    assert desk["call"]["caller"]["name"] == SCRIPT
    await agent.page.get_by_text(SCRIPT).first.wait_for()
    assert await agent.page.evaluate("() => window.hurt") is None


async def test_a_browser_killed_in_mid_call_loses_no_caller(
    desk_lab: AsteriskLab, platform: PlatformProcess, tmp_path: Path
) -> None:
    folder = tmp_path / "doomed"
    folder.mkdir()
    async with browsers(tmp_path) as found, browsers(folder) as doomed:
        ana = await (await (await doomed.agent("ana", platform.url)).sign_in()).ready()
        async with SipCaller(desk_lab.sip, number=LUCIA, to="5551234") as lucia:
            await ana.ringing()
            await ana.answer()
            await lucia.audio.heard_tone(AGENT_HZ)
            kill_browser(folder)
            ben = await (await found.agent("ben", platform.url)).sign_in()
            await lucia.audio.heard_tone(MUSIC_HZ, within=15)
            assert (await ben.desk())["offer"] is None
            await ben.page.locator("button.state").click()
            await ben.page.get_by_role("menuitemradio", name="Ready").click()
            desk = await ben.ringing()
            assert desk["pop"]["customer"]["name"] == "Lucía Fernández"
            await ben.answer()
            await lucia.audio.heard_tone(AGENT_HZ)
        assert await offers_to("ana", platform) == 1, "never offered a call while gone"
        assert (await agent_legs(platform))[0] == 27, "the platform ended the leg, before the switch missed the sound"


def kill_browser(folder: Path) -> None:
    """SIGKILL every process of the browser whose fake microphone lies in `folder`."""
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                command = (entry / "cmdline").read_bytes()
            except OSError:
                continue
            if b"chromium" in command and str(folder).encode() in command:
                os.kill(int(entry.name), signal.SIGKILL)


async def offers_to(login: str, platform: PlatformProcess) -> int:
    entries = await platform.journal()
    names = {one.message.agent_id: one.message.name for one in entries if type(one.message).__name__ == "SignInAgent"}
    made = [one.message for one in entries if type(one.message).__name__ == "OfferMade"]
    return sum(names[one.agent_id] == login.title() for one in made)


class PhoneLine:
    """The phone's own way to the switch; the desk's way to the platform is another one. `deaf`: so many new sockets
    after a cut lose what the phone says."""

    def __init__(self, agent: AgentBrowser) -> None:
        self._page = agent.page
        self._sockets: list[WebSocketRoute] = []
        self._cut = False
        self.deaf = 0

    async def put_in(self, lab: AsteriskLab) -> None:
        await self._page.route_web_socket(re.compile(rf":{lab.ports.http}/ws"), self._on_socket)

    async def cut(self) -> None:
        self._cut = True
        for one in self._sockets:
            await one.close()
        self._sockets.clear()

    def mend(self, deaf: int = 0) -> None:
        self._cut, self.deaf = False, deaf

    async def _on_socket(self, socket: WebSocketRoute) -> None:
        if self._cut:
            await socket.close()
            return
        socket.connect_to_server()
        self._sockets.append(socket)
        if self.deaf:
            self.deaf -= 1
            socket.on_message(lambda message: None)


async def test_a_phone_without_its_switch_is_told_and_not_offered(
    desk_lab: AsteriskLab, platform: PlatformProcess, agents: Browsers
) -> None:
    """The desk lives, the phone's own way to the switch does not; and when it is back, the first REGISTER gets lost,
    as in a switch that is still starting."""
    ana = await agents.agent("ana", platform.url)
    line = PhoneLine(ana)
    await line.put_in(desk_lab)
    await (await ana.sign_in()).ready()
    await line.cut()
    await ana.until("d => d.me.device === 'lost' && !d.me.routable", "the phone is gone")
    await ana.page.locator(".banners .banner").first.wait_for()
    async with SipCaller(desk_lab.sip, number=OLIVER, to="5551234") as oliver:
        await oliver.audio.heard_tone(MUSIC_HZ)
        assert (await ana.desk())["offer"] is None
        line.mend(deaf=1)
        await ana.until("d => d.me.device === 'reachable'", "the phone is back", within=25)
        assert line.deaf == 0
        await ana.ringing()
        await ana.answer()
        await oliver.audio.heard_tone(AGENT_HZ)


async def test_a_phone_whose_socket_closes_while_it_rings_misses_nothing_and_the_caller_goes_on_at_once(
    desk_lab: AsteriskLab, platform: PlatformProcess, agents: Browsers
) -> None:
    """To the next agent, in seconds and not when the ringing would be over; the line to the platform stays."""
    ana = await agents.agent("ana", platform.url)
    line = PhoneLine(ana)
    await line.put_in(desk_lab)
    await (await ana.sign_in()).ready()
    ben = await (await agents.agent("ben", platform.url, hz=BENS_HZ)).sign_in()
    async with SipCaller(desk_lab.sip, number=OLIVER, to="5551234") as oliver:
        await ana.ringing()
        await ben.ready()
        begun = time.monotonic()
        await line.cut()
        await ben.ringing()
        assert time.monotonic() - begun < QUEUE.ring_seconds / 4
        desk = await ana.until("d => !d.offer && d.me.device === 'lost' && !d.me.routable", "no phone, no offer")
        assert (desk["me"]["presence"], desk["me"]["missed"]) == ("ready", 0)
        await ana.page.locator(".banners .banner").first.wait_for()
        await ben.answer()
        await oliver.audio.heard_tone(BENS_HZ)
        line.mend()
        await ana.until("d => d.me.routable", "free as soon as it is back", within=25)
    ended = [one.message for one in await platform.journal() if type(one.message).__name__ == "OfferEnded"]
    assert [(one.state, one.reason) for one in ended][:1] == [("failed", "phone_unreachable")]
    assert await offers_to("ana", platform) == await offers_to("ben", platform) == 1
