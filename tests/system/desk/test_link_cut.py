"""The AMI link cut in mid-call: the talk goes on, what happened meanwhile is reconciled, nothing is sent twice."""

from __future__ import annotations

from pathlib import Path

import pytest

from lab.asterisk import AsteriskLab
from lab.caller import MUSIC_HZ, SipCaller
from tests.support.faulty_link import FaultyLink
from tests.system.conftest import channels_left
from tests.system.desk.browser import AGENT_HZ, browsers
from tests.system.desk.conftest import AGENTS, QUEUE
from tests.system.desk.process import HANNAH, LUCIA, OLIVER, PlatformProcess

pytestmark = [pytest.mark.system, pytest.mark.timeout(180)]


async def test_a_cut_link_changes_nothing_for_those_who_talk(desk_lab: AsteriskLab, tmp_path: Path) -> None:
    async with FaultyLink(desk_lab.ami.host, desk_lab.ami.port) as proxy:
        platform = PlatformProcess(desk_lab, tmp_path, ami_port=proxy.port)
        await platform.prepare(AGENTS, QUEUE)
        await platform.start()
        try:
            async with browsers(tmp_path) as found:
                ana = await (await (await found.agent("ana", platform.url)).sign_in()).ready()
                ben = await (await (await found.agent("ben", platform.url)).sign_in()).ready()
                async with (
                    SipCaller(desk_lab.sip, number=LUCIA, to="5551234") as lucia,
                    SipCaller(desk_lab.sip, number=OLIVER, to="5551234") as oliver,
                ):
                    await ana.ringing()
                    await ana.answer()
                    await ben.ringing()
                    proxy.refuse()
                    await ana.until("d => d.link.switch === 'down'", "the link is down")
                    await ben.press("Answer")
                    await oliver.audio.heard_tone(AGENT_HZ)
                    async with SipCaller(desk_lab.sip, number=HANNAH, to="5551234") as hannah:
                        await hannah.audio.heard_tone(MUSIC_HZ)
                        await lucia.audio.heard_tone(AGENT_HZ)
                        proxy.heal()
                        await ana.until("d => d.link.switch === 'up' && d.queues[0].waiting === 1", "reconciled")
                        await ben.until("d => d.call?.state === 'active' && d.offer === null", "the talk is adopted")
                        await lucia.audio.heard_tone(AGENT_HZ)
                        await oliver.audio.heard_tone(AGENT_HZ)
                        await hannah.audio.heard_tone(MUSIC_HZ)
                for agent in (ana, ben):
                    await agent.until("d => d.me.duty === 'idle'", "the calls are over", within=20)
        finally:
            await platform.stop()
        assert proxy.connections >= 2
        assert await channels_left(desk_lab, within=15) == ""
    await nothing_was_sent_twice(platform)


async def nothing_was_sent_twice(platform: PlatformProcess) -> None:
    """Two callers were offered and served: two legs were ordered, each once."""
    entries = await platform.journal()
    orders = [one.message for one in entries if one.message.kind == "order"]
    ids = [getattr(one, "order_id", None) for one in orders]
    rings = [one for one in orders if type(one).__name__ == "RingAgent"]
    assert len(ids) == len(set(ids))
    assert len({getattr(one, "leg", None) for one in rings}) == len(rings)
    assert 2 <= len(rings) <= 3, "Hannah may have been offered once the others were done"
