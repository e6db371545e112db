"""Several queues on a real Asterisk: the number called decides who is rung; a queue that is removed loses nobody. The
house replays the journal at its end, set-up included."""

from __future__ import annotations

from pathlib import Path

import pytest

from lab.asterisk import AsteriskLab
from lab.caller import SipCaller
from routing.setupmessages import ChangeSetUp
from routing.teamwork import Edit
from tests.support.house import LUCIA, House, house
from tests.support.waiting import until

NUMBER = "902100200"


async def change(home: House, *edits: Edit) -> None:
    await home.platform.ports.execute(ChangeSetUp(actor="adm", edits=edits))


@pytest.mark.system
@pytest.mark.timeout(180)
async def test_given_a_queue_with_a_number_then_its_people_are_rung_and_its_waiting_callers_survive_its_removal(
    asterisk_lab: AsteriskLab, tmp_path: Path
) -> None:
    async with house(asterisk_lab, tmp_path) as home, home.agent("ana") as ana, home.agent("ben") as ben:
        service = {"name": "Service", "everyone": False, "members": [ben.id], "dids": [f"00{NUMBER}"]}
        await change(home, Edit("queue", "service", service))
        await ben.sees(lambda desk: [one["id"] for one in desk["queues"]] == ["main", "service"], "both queues")
        assert [one["id"] for one in ana.desk["queues"]] == ["main"]

        async with SipCaller(asterisk_lab.sip, number=LUCIA, to=NUMBER) as first:
            await ben.takes()
            await first.audio.heard_tone(440)
            assert ben.desk["call"]["queue"]["id"] == "service"
            assert ana.desk["offer"] is None, "idle for longer, and no member"

            async with SipCaller(asterisk_lab.sip, number="+34600999000", to=NUMBER) as second:
                await until(lambda: home.waiting() == 1, 15, "a caller who waits for Ben")
                (waits,) = [one for one in home.interactions() if one.number == "+34600999000"]
                await change(home, Edit("queue", "service", None))
                await ana.takes()
                await second.audio.heard_tone(440)
                assert (ana.desk["call"]["id"], ana.desk["call"]["queue"]["id"]) == (waits.id, "main")
                assert ben.desk["call"]["queue"] == {"id": "service", "name": "Service"}, "the talk goes on as it began"
                await second.hang_up()
            await first.hang_up()
