"""A phone that loses its network in mid-call, as an ordinary SIP phone shows it: no more sound, and no word."""

from __future__ import annotations

from pathlib import Path

import pytest

from lab.asterisk import AsteriskLab
from lab.caller import MUSIC_HZ, PHONE_HZ, SipCaller
from tests.support.house import LUCIA, house

pytestmark = [pytest.mark.system, pytest.mark.timeout(120)]


async def test_a_phone_that_falls_dumb_is_lost_and_rung_again(asterisk_lab: AsteriskLab, tmp_path: Path) -> None:
    async with house(asterisk_lab, tmp_path) as home, home.agent("ana") as ana:
        async with SipCaller(asterisk_lab.sip, number=LUCIA, to="5551234") as lucia:
            leg = await ana.takes()
            await lucia.audio.heard_tone(PHONE_HZ)
            leg.audio.stop_sending()
            await lucia.audio.heard_tone(MUSIC_HZ, within=15)
            async with home.agent("ben") as ben:
                await ana.takes()
                await lucia.audio.heard_tone(PHONE_HZ)
                assert ben.desk["offer"] is None, "the same agent comes first"
        assert (await home.journalled("AgentLegEnded"))[0].cause == 44
        assert ana.row.missed == 0


async def test_a_held_caller_whose_agent_is_lost_goes_to_another(asterisk_lab: AsteriskLab, tmp_path: Path) -> None:
    async with house(asterisk_lab, tmp_path) as home, home.agent("ben", ready=False) as ben:
        async with SipCaller(asterisk_lab.sip, number=LUCIA, to="5551234") as lucia, home.agent("ana") as ana:
            leg = await ana.takes()
            assert (await ana.does("hold"))[0] == 200
            await lucia.audio.heard_tone(MUSIC_HZ)
            leg.audio.stop_sending()
            await ana.phone.unregister()
            await ana.sees(lambda desk: desk["me"]["device"] == "lost", "the phone is gone", within=20)
            await lucia.audio.heard_tone(MUSIC_HZ)
            await ben.ask("PUT", "/api/desk/presence", {"presence": "ready"})
            await ben.takes(within=QUEUE_WAITS)
            await lucia.audio.heard_tone(PHONE_HZ)
            assert ana.desk["offer"] is None
            assert ana.desk["call"] is None
        made = await home.journalled("OfferMade")
        assert [one.agent_id for one in made] == [ana.id, ben.id], "nobody is offered while the phone is gone"


QUEUE_WAITS = 12
"""Ana is waited for 8 s."""
