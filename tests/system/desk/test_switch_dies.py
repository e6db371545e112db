"""The switch is killed with a call up, one ringing, one waiting, and comes back: nobody is stuck, calls work again."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from lab.asterisk import AsteriskLab, LabSettings
from lab.caller import SipCaller
from routing.queuerows import Queue
from tests.system.desk.browser import AGENT_HZ, browsers
from tests.system.desk.process import HANNAH, LUCIA, OLIVER, PlatformProcess

pytestmark = [pytest.mark.system, pytest.mark.timeout(180)]
QUEUE = Queue("main", "Main", wrap_seconds=4, render_ms=1000)


@pytest_asyncio.fixture
async def lab() -> AsyncIterator[AsteriskLab]:
    """An Asterisk that may die."""
    async with AsteriskLab(LabSettings(phones=2)) as made:
        yield made


async def test_the_switch_dies_and_comes_back(lab: AsteriskLab, tmp_path: Path) -> None:
    platform = PlatformProcess(lab, tmp_path)
    await platform.prepare(("ana", "ben"), QUEUE)
    await platform.start()
    try:
        async with browsers(tmp_path) as found:
            ana = await (await (await found.agent("ana", platform.url)).sign_in()).ready()
            ben = await (await (await found.agent("ben", platform.url)).sign_in()).ready()
            async with SipCaller(lab.sip, number=LUCIA, to="5551234") as lucia:
                await ana.ringing()
                await ana.answer()
                await lucia.audio.heard_tone(AGENT_HZ)
                async with (
                    SipCaller(lab.sip, number=OLIVER, to="5551234"),
                    SipCaller(lab.sip, number=HANNAH, to="5551234"),
                ):
                    await ben.ringing()
                    await ben.until("d => d.queues[0].waiting === 2", "one rings, one waits")
                    await lab.kill()
                    for agent in (ana, ben):
                        await agent.until("d => d.link.switch === 'down'", "the switch is gone")
                    await ana.page.locator(".banners .banner").first.wait_for()
                    await lab.start()
                    for agent in (ana, ben):
                        await agent.until("d => d.link.switch === 'up' && !d.offer", "the switch is back", within=20)
                        await agent.until("d => d.queues[0].waiting === 0", "nobody is thought to wait")
                        await agent.until(
                            "d => d.me.device === 'reachable' && d.me.routable && !d.call",
                            "the phone is back, wrap-up is over",
                            within=45,
                        )
            async with (
                SipCaller(lab.sip, number=HANNAH, to="5551234") as hannah,
                SipCaller(lab.sip, number=OLIVER, to="5551234") as oliver,
            ):
                for agent in (ben, ana):
                    await agent.ringing()
                    await agent.answer()
                await hannah.audio.heard_tone(AGENT_HZ)
                await oliver.audio.heard_tone(AGENT_HZ)
        await every_call_is_closed_with_its_cause(platform)
    finally:
        await platform.stop()
    assert await platform.replayed() == []


async def every_call_is_closed_with_its_cause(platform: PlatformProcess) -> None:
    entries = [one.message for one in await platform.journal()]
    ended = [one for one in entries if type(one).__name__ == "InteractionEnded"]
    causes = sorted((one.state, one.reason) for one in ended[:3])  # type: ignore[attr-defined]
    assert causes == [("abandoned", "lost_in_outage"), ("abandoned", "lost_in_outage"), ("closed", "lost_in_outage")]
    rung = [one for one in entries if type(one).__name__ == "OfferEnded"]
    assert [one.state for one in rung][:1] == ["rescinded"]  # type: ignore[attr-defined]
