"""Callers who come and go while the platform is dead: the switch serves them, and after the start each has a row, and
a recording that is found."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from sqlalchemy import select

from kernel.db import connect, from_row, readonly
from lab.asterisk import AsteriskLab
from lab.caller import CALLER_HZ, MUSIC_HZ, PHONE_HZ, Manner, SipCaller, SipPhone
from recordings.files import measure
from recordings.rows import Recording
from recordings.tables import recordings
from routing.queuerows import Queue
from routing.rows import Interaction
from routing.tables import interactions
from tests.support.waiting import until
from tests.system.desk.process import LUCIA, OLIVER, PlatformProcess

pytestmark = [pytest.mark.system, pytest.mark.timeout(150)]

QUEUE = Queue("main", "Main")
PHONE = "cti-phone-03"


async def rows(platform: PlatformProcess) -> tuple[list[Interaction], list[Recording]]:
    database = connect(platform.database_url)
    async with readonly(database) as connection:
        calls = [from_row(Interaction, row) for row in await connection.execute(select(interactions))]
        sounds = [from_row(Recording, row) for row in await connection.execute(select(recordings))]
    await database.dispose()
    return calls, sounds


async def test_given_calls_that_came_and_went_after_a_kill_then_they_are_listed_with_their_sound(
    asterisk_lab: AsteriskLab, tmp_path: Path
) -> None:
    lab, platform = asterisk_lab, PlatformProcess(asterisk_lab, tmp_path)
    await platform.prepare(("ana",), QUEUE)
    await platform.start()
    await platform.kill()
    async with SipPhone(lab.sip, PHONE, lab.phone_secret(PHONE), manner=Manner.answer) as phone:
        async with SipCaller(lab.sip, number=LUCIA, to="5551234") as lucia:
            await lucia.audio.heard_tone(PHONE_HZ, within=20)
            await (await phone.call()).audio.heard_tone(CALLER_HZ)
            await asyncio.sleep(2)  # so long is the talk that must be found
            await lucia.hang_up()
        await until(lambda: phone.legs[-1].is_over, 10, "the talk is over")
    async with SipCaller(lab.sip, number=OLIVER, to="5551234") as oliver:
        await oliver.audio.heard_tone(MUSIC_HZ)
    await platform.start()

    async def both() -> bool:
        calls, sounds = await rows(platform)
        return len(calls) == 2 and [one.state for one in sounds if one.state in ("stored", "purged")] != []

    await until(both, 30, "both are listed")
    await until(lambda: settled(platform), 30, "both recordings are looked for")
    calls, sounds = await rows(platform)
    served, gave_up = sorted(calls, key=lambda one: one.arrived_at)
    assert [(one.state, one.end_reason, one.recording) for one in (served, gave_up)] == [
        ("closed", "while_away", True),
        ("abandoned", "while_away", True),
    ]
    assert all(one.ended_at is not None and one.arrived_at <= one.ended_at for one in calls)
    (sound,) = [one for one in sounds if one.interaction_id == served.id]
    assert (sound.state, sound.problem) == ("stored", None)
    assert measure(lab.recordings_dir / sound.file).seconds == pytest.approx(sound.seconds, abs=0.1)
    assert sound.seconds is not None
    assert sound.seconds >= 2
    assert abs((sound.started_at - served.arrived_at).total_seconds()) < 1
    await platform.kill()
    await platform.start()
    await asyncio.sleep(4)  # a second look, which must find nothing new
    assert await rows(platform) == (calls, sounds)
    await platform.stop()
    assert await platform.replayed() == []


async def settled(platform: PlatformProcess) -> bool:
    return all(one.state in ("stored", "purged", "lost") for one in (await rows(platform))[1])
