"""The screens of the story in both themes, made on the demo data; `make screens` keeps them in docs/screens."""

from __future__ import annotations

import os
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from lab.asterisk import AsteriskLab
from lab.caller import Leg, SipCaller
from tests.system.conftest import channels_left
from tests.system.desk.browser import AgentBrowser, Browsers, browsers
from tests.system.desk.conftest import AGENTS, QUEUE
from tests.system.desk.process import PlatformProcess

pytestmark = [pytest.mark.system, pytest.mark.timeout(240)]
LUCIA = "+34600111222"
Shoot = Callable[[AgentBrowser, str], Awaitable[None]]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where the pictures go: docs/screens when asked to keep them."""
    return Path(os.environ.get("TRUNKLINE_SCREENS", str(tmp_path)))


@pytest.mark.parametrize("theme", ["light", pytest.param("dark", marks=pytest.mark.soak)])
async def test_the_story_in_pictures(desk_lab: AsteriskLab, tmp_path: Path, folder: Path, theme: str) -> None:
    platform = PlatformProcess(desk_lab, tmp_path)
    await platform.prepare(AGENTS, QUEUE, demo=True)
    await platform.start()
    errors: list[str] = []

    async def shoot(agent: AgentBrowser, name: str) -> None:
        path = folder / f"{name}-{theme}.png"
        await agent.page.evaluate("() => document.fonts.ready")
        await agent.screenshot(path)
        assert path.stat().st_size > 20_000, "a picture with something in it"

    try:
        async with browsers(tmp_path) as found:
            await _story(desk_lab, platform, found, theme, shoot, errors)
    finally:
        await platform.stop()
    assert errors == []
    assert await channels_left(desk_lab, within=15) == ""


async def _story(
    lab: AsteriskLab, platform: PlatformProcess, found: Browsers, theme: str, shoot: Shoot, errors: list[str]
) -> None:
    ana = await found.agent("ana", platform.url, color_scheme=theme)
    ana.page.on("console", lambda line: errors.append(line.text) if line.type == "error" else None)
    ana.page.on("pageerror", lambda error: errors.append(str(error)))
    await ana.page.goto(f"{platform.url}/sign-in")
    await ana.page.get_by_label("Sign-in name").wait_for()
    await shoot(ana, "sign-in")
    await ana.sign_in()
    await ana.ready()
    await shoot(ana, "ready")
    async with SipCaller(lab.sip, number=LUCIA, name="Lucia Fernandez", to="5551234") as lucia:
        await _call(ana, lucia, shoot)
    await ana.until("d => d.me.duty === 'wrapping'", "wrap-up")
    await ana.page.get_by_role("form", name="Wrap-up").wait_for()
    await shoot(ana, "wrap-up")
    await ana.until("d => d.me.duty === 'idle'", "wrap-up is over", within=15)


async def _call(ana: AgentBrowser, caller: Leg, shoot: Shoot) -> None:
    await ana.ringing()
    await shoot(ana, "ringing")
    await ana.answer()
    await shoot(ana, "talking")
    await ana.press("Hold")
    await ana.state("held")
    await shoot(ana, "held")
    await ana.press("Resume")
    await ana.state("active")
    await caller.hang_up()
