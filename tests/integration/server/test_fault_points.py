"""The platform killed at each of its fault points, in the middle of one whole call on the simulated switch: the agent's
phone is rung once, the talk goes on, and what the agent was told is kept is kept (P3, P4)."""

from __future__ import annotations

import asyncio
import signal
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from cti.events import CallerInFallback, Joined
from kernel.core import Entry
from kernel.db import connect, readonly
from kernel.faults import FaultPoint
from routing.queuerows import Queue
from tests.support.counts import counted
from tests.support.floor import after
from tests.support.floor.people import PROMISE, Person
from tests.support.floor.sight import double, talks
from tests.support.floor.worlds import Channel
from tests.support.sim_process import SimProcess
from tests.support.waiting import until
from tests.support.working import call_off
from tests.system.desk.process import LUCIA, PASSWORD, PlatformProcess

QUEUE = Queue("main", "Main", wrap_seconds=60, render_ms=300)
STEP = 60.0
"""Seconds for a step of the story, a restart of the platform in it included."""
DIALS = ("permit_kept",)
"""Points that no call from outside passes: see test_fault_dials."""
AT_START = ("loaded", "snapshot_taken")
ONE_OF_EACH = (
    *AT_START,
    "before_commit:StintJoined",
    "mid_transaction:FinishWrapUp",
    "after_commit:RingAgent",
    "after_publish:RingAgent",
    "after_send:HoldCall",
    "between_actions:RingAgent",
    "action_sent:Originate",
    "phone_leased",
    "note_saved",
    "before_answer:wrap_up",
    "recording_measured",
)
MESSAGES = (
    *("CallerArrived", "OfferMade", "RingAgent", "AgentLegRinging", "AgentLegUp", "StintJoined", "HoldCall"),
    *("CallerHeld", "ResumeCall", "HangUpCall", "CallerLeft", "FinishWrapUp", "SignInAgent", "SetPresence"),
)
MORE = (
    *(f"{point}:{about}" for point in ("before_commit", "mid_transaction", "after_commit") for about in MESSAGES),
    *(f"{point}:{about}" for point in ("after_publish", "after_send") for about in MESSAGES),
    *(f"between_actions:{about}" for about in ("HoldCaller", "ResumeCaller", "ResumeCaller:2")),
    *(f"action_sent:{about}" for about in ("RingAgent", "HoldCaller", "HoldCaller:3", "ResumeCaller:4", "HangUp")),
    *(
        f"before_answer:{about}"
        for about in ("sign_in", "phone", "set_presence", "hold", "resume", "hang_up", "create")
    ),
)

ON_POSTGRESQL = ("mid_transaction:FinishWrapUp", "after_commit:RingAgent", "before_answer:wrap_up")
"""Points where it matters what a database makes of a connection that is gone; all of them in the soak."""
FEW = (*((words, "sqlite") for words in ONE_OF_EACH), *((words, "postgresql") for words in ON_POSTGRESQL))
MANY = (
    *((words, "sqlite") for words in MORE if words not in ONE_OF_EACH),
    *((words, "postgresql") for words in dict.fromkeys((*ONE_OF_EACH, *MORE)) if words not in ON_POSTGRESQL),
)


def test_every_point_is_tried() -> None:
    assert {words.partition(":")[0] for words in (*ONE_OF_EACH, *DIALS)} == set(FaultPoint)


test_every_point_is_tried.pytestmark = [pytest.mark.integration]  # type: ignore[attr-defined]


@pytest.mark.timeout(400)
@pytest.mark.parametrize(("words", "database_url"), counted(FEW, MANY), indirect=["database_url"])
async def test_killed_at_a_fault_point_nothing_is_rung_twice_and_nothing_acknowledged_is_lost(
    words: str, tmp_path: Path, database_url: str
) -> None:
    """Sign in, be rung, talk, hold, resume, end, wrap up; somewhere in it the platform dies and is started again."""
    armed = {"TESTING": "true", "FAULT_POINT": words}
    async with SimProcess(tmp_path, phones=2) as switch:
        platform = PlatformProcess(switch, tmp_path, database_url=database_url)
        await platform.prepare(("ana",), QUEUE)
        ana = Person(platform.url, "ana", PASSWORD)
        try:
            await platform.start(**({} if words in AT_START else armed))
            async with kept_up(platform) as deaths, watched(switch) as seen:
                await Story(switch, platform, ana).tell(armed if words in AT_START else None)
                await until(lambda: deaths == [-signal.SIGKILL], STEP, f"the platform passes {words}")
                await platform.ready()
        finally:
            await ana.close()
            await platform.stop()
        assert seen == [], "two legs of one phone"
        legs = await switch.originated()
        assert len(legs) == len(set(legs)), f"a leg was rung twice: {Counter(legs)}"
    entries = await platform.journal()
    assert len(legs) == 1 or switch_took_over(entries), f"one caller, one ring: {[one.message for one in entries]}"
    assert await after.lost(platform.database_url, [ana.kept]) == []
    assert len(ana.kept.dispositions) == 1 or "FinishWrapUp" in words or "wrap_up" in words
    assert await saved_once(platform.database_url)
    assert await platform.replayed() == []


class Story:
    """One call, each step tried again until it is seen to be done, as a person would."""

    def __init__(self, switch: SimProcess, platform: PlatformProcess, ana: Person) -> None:
        self.switch, self.platform, self.ana = switch, platform, ana

    async def tell(self, killed_at_start: dict[str, str] | None) -> None:
        ana = self.ana
        await self.signed_in()
        caller = await self.switch.call_in(LUCIA)
        await self.sees(lambda: ana.stint == "joined", "they talk")
        talk = talks(channels_of(await self.switch.channels()))[caller]
        if killed_at_start is not None:
            await self.platform.kill()
            await self.platform.launch(**killed_at_start)
            await self.sees(lambda: ana.stint == "joined", "they talk still")
        assert talks(channels_of(await self.switch.channels()))[caller] == talk
        await self.until_done("hold", lambda: ana.stint == "held")
        await self.until_done("resume", lambda: ana.stint == "joined")
        legs = {one["id"] for one in await self.switch.channels()}
        assert legs == {talk.caller, talk.agent}, "caller and agent have the legs that they began with"
        ana.works = False
        await self.until_done("hang-up", lambda: ana.stint in ("wrapping", ""))
        ana.works = True
        await self.sees(lambda: ana.stint == "" and ana.me["duty"] == "idle", "wrapped up")
        await until(self.nothing_left, STEP, "no channel is left")

    async def signed_in(self) -> None:
        async def done() -> bool:
            try:
                await self.ana.sign_in(self.phone)
            except AssertionError:
                return False
            return True

        await until(done, STEP, "ana is signed in")

    async def phone(self, endpoint: str, secret: str) -> None:
        await self.switch.phone(endpoint, "answer", after=0.3)

    async def sees(self, condition: Callable[[], bool], what: str) -> None:
        await until(lambda: self.ana.connected and condition(), STEP, what)

    async def until_done(self, action: str, condition: Callable[[], bool]) -> None:
        async def done() -> bool:
            if not (self.ana.connected and condition()):
                await self.ana.does(action)
                await asyncio.sleep(0.3)  # the switch says so a moment after the answer
            return self.ana.connected and condition()

        await until(done, STEP, action)

    async def nothing_left(self) -> bool:
        return await self.switch.channels() == []


def channels_of(rows: list[dict[str, str]]) -> dict[str, Channel]:
    found = (Channel(one["id"], one["endpoint"], one["state"] == "Up", one["context"], one["bridge"]) for one in rows)
    return {one.id: one for one in found}


@asynccontextmanager
async def kept_up(platform: PlatformProcess) -> AsyncIterator[list[int]]:
    """Start the platform again when it dies by itself; how it died."""
    deaths: list[int] = []

    async def keep() -> None:
        while True:
            code = await platform.died(3600)
            if platform.asked_to_end:
                await asyncio.sleep(0.05)
                continue
            deaths.append(code)
            await platform.launch()

    task = asyncio.create_task(keep(), name="the keeper")
    try:
        yield deaths
    finally:
        await call_off(task)


@asynccontextmanager
async def watched(switch: SimProcess) -> AsyncIterator[list[Any]]:
    """Look at the switch all the time for what may never be."""
    seen: list[Any] = []

    async def watch() -> None:
        while True:
            seen.extend(double(channels_of(await switch.channels())))
            await asyncio.sleep(0.02)

    task = asyncio.create_task(watch(), name="the watcher")
    try:
        yield seen
    finally:
        await call_off(task)


def switch_took_over(entries: list[Entry]) -> bool:
    """The platform was away for more than 6 s: the switch's own queue had the caller, or rang the agent by itself."""
    joined = [one.message for one in entries if isinstance(one.message, Joined)]
    return any(not one.ours for one in joined) or any(isinstance(one.message, CallerInFallback) for one in entries)


async def saved_once(database_url: str) -> bool:
    """One stint with its disposition, one note, one promise to call back, however often the agent had to say it."""
    database = connect(database_url)
    try:
        async with readonly(database) as connection:
            stints = list(
                await connection.execute(text("SELECT disposition_id FROM stints WHERE joined_at IS NOT NULL"))
            )
            notes = list(await connection.execute(text("SELECT id FROM notes")))
            promises = list(await connection.execute(text("SELECT ref FROM timeline WHERE kind = 'callback'")))
    finally:
        await database.dispose()
    return [row.disposition_id for row in stints] == [PROMISE] and len(notes) == len(promises) == 1
