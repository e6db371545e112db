"""Two browsers ring at once in a queue that rings all: one answers, the other is told who, and is ready again."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

import pytest

from lab.asterisk import AsteriskLab
from lab.caller import SipCaller
from routing.queuerows import Strategy, WrapMode
from tests.system.desk.browser import AGENT_HZ, Browsers
from tests.system.desk.process import LUCIA, PlatformProcess

pytestmark = [pytest.mark.system, pytest.mark.timeout(240)]


@pytest.fixture
def queue_changes() -> dict[str, object]:
    """The queue of these tests rings all and wants an outcome."""
    return {"strategy": Strategy.ring_all, "wrap_mode": WrapMode.mandatory, "wrap_seconds": 0}


async def test_two_browsers_ring_one_answers_and_the_other_is_told(
    desk_lab: AsteriskLab, platform: PlatformProcess, agents: Browsers, tmp_path: Path
) -> None:
    pictures = Path(os.environ.get("TRUNKLINE_SCREENS") or tmp_path)
    ana, ben = [await (await agents.agent(name, platform.url)).sign_in() for name in ("ana", "ben")]
    await asyncio.gather(ana.ready(), ben.ready())
    async with SipCaller(desk_lab.sip, number=LUCIA, name="Lucía", to="5551234") as lucia:
        for one in (ana, ben):
            desk = await one.ringing()
            assert desk["pop"]["customer"]["name"] == "Lucía Fernández", "the screen comes before the ring"
            await one.until("d => d.me.state.kind === 'ringing'", "ringing")
        await ben.screenshot(pictures / "ring-all-ringing.png")
        await ana.answer()
        desk = await ben.until("d => d.me.routable && !d.offer && !d.call", "ben is ready again")
        assert (desk["me"]["state"]["why"], desk["me"]["state"]["by"], desk["me"]["missed"]) == (
            "answered_elsewhere",
            "Ana",
            0,
        )
        await ben.page.get_by_text("Ana answered the call.").wait_for()
        await ben.screenshot(pictures / "ring-all-told.png")
        await lucia.audio.heard_tone(AGENT_HZ)
        await lucia.hang_up()
    await ana.until("d => d.call && d.call.stint.state === 'wrapping'", "wrap-up")
    finish = ana.page.get_by_role("button", name="Finish")
    assert await finish.is_disabled(), "this queue wants an outcome"
    assert await ana.page.get_by_role("button", name="More time").count() == 0, "there is no end to put off"
    await ana.screenshot(pictures / "ring-all-wrap-up.png")
    await ana.page.keyboard.press("1")
    await ana.page.keyboard.press("Enter")
    await ana.until("d => d.me.routable && d.me.state.why === 'wrapped_up'", "two keys, and ready")
