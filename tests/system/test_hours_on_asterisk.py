"""Opening and closing on a real Asterisk: at closing time callers who wait are served, who comes then hears in their
language that it is closed, and is hung up; a platform that is killed meanwhile tells nobody twice."""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from kernel.clock import SteadyClock
from kernel.core import Outcome
from kernel.db import connect, from_row, readonly
from lab.asterisk import AsteriskLab
from lab.caller import MUSIC_HZ, PHONE_HZ, SipCaller
from lab.sounds import LANGUAGE_HZ, SECONDS
from lab.switchconf import SPANISH_ADDRESS
from routing.hoursrows import WEEKDAYS
from routing.queuerows import Queue
from routing.rows import Interaction
from routing.setupmessages import ChangeSetUp
from routing.tables import interactions
from routing.teamwork import Edit
from server.platform import make_core
from server.shelves import SAVERS, shelf_tables
from server.store import SqlEngineStore
from tests.support.house import LUCIA, House, house
from tests.support.waiting import until
from tests.system.desk.process import OLIVER, PlatformProcess

pytestmark = [pytest.mark.system, pytest.mark.timeout(180)]

ENGLISH, SPANISH = LANGUAGE_HZ["en"], LANGUAGE_HZ["es"]
ALWAYS = {day: ["00:00-24:00"] for day in WEEKDAYS}


def shut(sound: str) -> Edit:
    """What is said while it is closed."""
    return Edit("announcement", "shut", {"name": "Shut", "sounds": {"en": [sound]}})


def opens(weekly: dict[str, list[str]], **more: Any) -> tuple[Edit, ...]:
    """The hours of the main queue."""
    to = {"kind": "hang_up", "announcement_id": "shut"}
    hours = Edit("hours", "office", {"name": "Office", "zone": "UTC", "weekly": weekly, **more})
    return hours, Edit("queue", "main", {"hours_id": "office", "closed": {"to": to}})


def closed_today() -> tuple[Edit, ...]:
    """Today is a holiday, and tomorrow should midnight come."""
    days = [datetime.now(UTC).date() + timedelta(days=nth) for nth in (0, 1)]
    calendar = {"name": "Fair", "days": [{"date": str(one), "name": "Fair"} for one in days]}
    return (Edit("calendar", "fair", calendar), *opens(ALWAYS, calendars=["fair"]))


async def change(home: House, *edits: Edit) -> None:
    await home.platform.ports.execute(ChangeSetUp(actor="adm", edits=edits))


async def ended_as(home: House, *reasons: str) -> None:
    """Until so many visits are over, by the journal, and ended like that."""

    async def told() -> bool:
        return len(await home.journalled("InteractionEnded")) >= len(reasons)

    await until(told, 15, "the visits' ends")
    assert sorted(one.reason for one in await home.journalled("InteractionEnded")) == sorted(reasons)


def until_the_next_minute_but(seconds: int) -> datetime:
    """A full minute that is at least so many seconds ahead."""
    soon = datetime.now(UTC) + timedelta(seconds=60 + seconds)
    return soon.replace(second=0, microsecond=0)


async def test_given_callers_who_wait_at_closing_time_then_they_are_served_and_who_comes_then_is_told_and_hung_up(
    asterisk_lab: AsteriskLab, tmp_path: Path
) -> None:
    async with house(asterisk_lab, tmp_path) as home, home.agent("ana", ready=False) as ana:
        closing = until_the_next_minute_but(8)
        begin = closing - timedelta(minutes=5)
        day = WEEKDAYS[begin.weekday()]
        end = f"{closing:%H:%M}" if closing.date() == begin.date() else "24:00"
        await change(home, shut("lab/long"), *opens({day: [f"{begin:%H:%M}-{end}"]}))
        await ana.sees(lambda desk: desk["queues"][0]["open"], "open")
        async with SipCaller(asterisk_lab.sip, number=LUCIA, to="5551234") as early:
            await early.audio.heard_tone(MUSIC_HZ)
            await ana.sees(lambda desk: not desk["queues"][0]["open"], "closed", within=90)
            assert datetime.now(UTC) >= closing
            async with SipCaller(asterisk_lab.sip, number=OLIVER, to="5551234") as late:
                await late.audio.heard_tone(ENGLISH)
                assert ana.desk["queues"][0]["waiting"] == 1, "who is told that it is closed does not wait"
                await late.ended(15)
                assert late.audio.share(ENGLISH, SECONDS["lab/long"]) > 0.5
            await until(lambda: len(home.interactions()) == 1, 10, "the end of that visit")
            assert not early.is_over
            await early.audio.heard_tone(MUSIC_HZ)
            await ana.ask("PUT", "/api/desk/presence", {"presence": "ready"})
            await ana.takes()
            await early.audio.heard_tone(PHONE_HZ)
            await early.hang_up()
        await ended_as(home, "caller_hung_up", "turned_away_closed")


async def test_given_a_holiday_then_a_caller_hears_it_in_their_language_and_once_it_is_taken_out_is_served(
    asterisk_lab: AsteriskLab, tmp_path: Path
) -> None:
    async with house(asterisk_lab, tmp_path) as home, home.agent("ana") as ana:
        await change(home, shut("lab/long"), *closed_today())
        for host, hz in (("127.0.0.2", ENGLISH), (SPANISH_ADDRESS, SPANISH)):
            async with SipCaller(asterisk_lab.sip, number=LUCIA, to="5551234", host=host) as caller:
                await caller.audio.heard_tone(hz)
                await caller.ended(15)
        assert ana.desk["offer"] is None
        await ended_as(home, "turned_away_closed", "turned_away_closed")
        await change(home, Edit("hours", "office", {"calendars": []}))
        async with SipCaller(asterisk_lab.sip, number=LUCIA, to="5551234") as caller:
            await ana.takes()
            await caller.audio.heard_tone(PHONE_HZ)
            await caller.hang_up()


async def test_given_a_kill_while_a_caller_is_told_then_they_hear_it_once_to_its_end_and_the_visit_ends_so(
    asterisk_lab: AsteriskLab, tmp_path: Path
) -> None:
    platform = PlatformProcess(asterisk_lab, tmp_path)
    await platform.prepare(("ana",), Queue("main", "Main"))
    await set_up(platform, shut("lab/very-long"), *closed_today())
    await platform.start()
    async with SipCaller(asterisk_lab.sip, number=LUCIA, to="5551234") as caller:
        await caller.audio.heard_tone(ENGLISH)
        began = time.monotonic()
        await platform.kill()
        await asyncio.sleep(2)  # so long it is away
        assert not caller.is_over
        await platform.start()
        await caller.audio.heard_tone(ENGLISH)
        await caller.ended(20)
        assert time.monotonic() - began < SECONDS["lab/very-long"] + 3, "told once"

    async def over() -> bool:
        return [(one.state, one.end_reason) for one in await visits(platform)] == [("closed", "turned_away_closed")]

    await until(over, 15, "the visit's end")
    await platform.stop()
    assert await platform.replayed() == []


async def set_up(platform: PlatformProcess, *edits: Edit) -> None:
    """In the database, before the platform runs."""
    database, out = connect(platform.database_url), Outcome()
    core, _ = make_core()
    store = SqlEngineStore(database, shelf_tables(), SAVERS)
    core.load(*await store.load())
    core.take(ChangeSetUp(actor="adm", edits=edits), SteadyClock().now(), out)
    await store.commit(out)
    await database.dispose()


async def visits(platform: PlatformProcess) -> list[Interaction]:
    database = connect(platform.database_url)
    async with readonly(database) as connection:
        found = [from_row(Interaction, row) for row in await connection.execute(select(interactions))]
    await database.dispose()
    return found
