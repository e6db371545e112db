"""The platform killed between the commit of what an agent asked and its sending to the switch: asked once, and done
after the restart, without a second press and without a second ring (P4)."""

from __future__ import annotations

import signal
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path

import pytest

from tests.integration.server.test_fault_points import QUEUE, STEP, channels_of, kept_up, watched
from tests.support.counts import counted
from tests.support.floor.people import Person
from tests.support.floor.sight import talks
from tests.support.sim_process import SimProcess
from tests.support.waiting import until
from tests.system.desk.process import LUCIA, PASSWORD, PlatformProcess

FIRST = ("after_commit:HangUpCall", "between_actions:HoldCaller")
MORE = (
    *("after_publish:HangUpCall", "after_send:HangUpCall", "before_answer:hang_up", "action_sent:HangUp"),
    *("after_commit:HoldCall", "after_publish:HoldCall", "between_actions:HoldCaller:2"),
    *("after_commit:ResumeCall", "between_actions:ResumeCaller", "between_actions:ResumeCaller:3"),
    *("after_publish:ResumeCall", "after_commit:DeclineOffer", "after_publish:DeclineOffer", "after_send:DeclineOffer"),
)


@pytest.mark.timeout(300)
@pytest.mark.parametrize("words", counted(FIRST, MORE))
async def test_what_was_asked_once_and_committed_is_done_after_a_kill(words: str, tmp_path: Path) -> None:
    story = next(one for name, one in STORIES.items() if name in words)
    async with SimProcess(tmp_path, phones=2) as switch:
        platform = PlatformProcess(switch, tmp_path)
        await platform.prepare(("ana",), replace(QUEUE, ring_seconds=120, reject_delay=600))
        await platform.start(TESTING="true", FAULT_POINT=words)
        ana = Person(platform.url, "ana", PASSWORD)
        ana.works = story is declines
        try:
            async with kept_up(platform) as deaths, watched(switch) as seen:
                await story(Floor(switch, platform, ana), deaths)
        finally:
            await ana.close()
            await platform.stop()
        assert deaths == [-signal.SIGKILL]
        assert seen == [], "two legs of one phone"
        assert len(await switch.originated()) == 1, "nobody was rung a second time"
    assert await platform.replayed() == []


class Floor:
    """Ana, a caller and the switch."""

    def __init__(self, switch: SimProcess, platform: PlatformProcess, ana: Person) -> None:
        self.switch, self.platform, self.ana = switch, platform, ana

    async def begin(self, manner: str) -> str:
        """Ana is ready, and somebody calls; returns the caller's leg."""

        async def phone(endpoint: str, secret: str) -> None:
            await self.switch.phone(endpoint, manner, **({"after": 0.2} if manner == "answer" else {}))

        async def signed_in() -> bool:
            try:
                await self.ana.sign_in(phone)
            except AssertionError:
                return False
            return True

        await until(signed_in, STEP, "ana is signed in")
        return await self.switch.call_in(LUCIA)

    async def sees(self, stint: str) -> None:
        await until(lambda: self.ana.connected and self.ana.stint == stint, STEP, f"her part is {stint}")

    async def dies(self, deaths: list[int]) -> None:
        await until(lambda: deaths != [], STEP, "the platform dies")
        await self.platform.ready()

    async def legs(self) -> list[str]:
        return [one["id"] for one in await self.switch.channels()]


async def hangs_up(floor: Floor, deaths: list[int]) -> None:
    await floor.begin("answer")
    await floor.sees("joined")
    await floor.ana.does("hang-up")
    await floor.dies(deaths)
    await floor.sees("wrapping")

    async def nobody() -> bool:
        return await floor.legs() == []

    await until(nobody, STEP, "both are gone")


async def holds(floor: Floor, deaths: list[int]) -> None:
    caller = await floor.begin("answer")
    await floor.sees("joined")
    await floor.ana.does("hold")
    await floor.dies(deaths)
    await floor.sees("held")
    places = {one["id"]: one["context"] for one in await floor.switch.channels()}
    assert places.pop(caller) == "cti-held"
    assert list(places.values()) == ["cti-idle"]


async def resumes(floor: Floor, deaths: list[int]) -> None:
    caller = await floor.begin("answer")
    await floor.sees("joined")
    await floor.ana.does("hold")
    await floor.sees("held")
    await floor.ana.does("resume")
    await floor.dies(deaths)
    await floor.sees("joined")
    assert caller in talks(channels_of(await floor.switch.channels()))


async def declines(floor: Floor, deaths: list[int]) -> None:
    caller = await floor.begin("ring")
    ana = floor.ana
    await until(lambda: ana.me["state"]["kind"] == "ringing", STEP, "the phone rings")
    await ana.ask("POST", f"/api/offers/{ana.desk['offer']['id']}/decline")
    await floor.dies(deaths)

    async def silent() -> bool:
        return await floor.legs() == [caller]

    await until(silent, STEP, "the phone stops, and the caller waits on")
    await until(lambda: ana.connected and ana.me["duty"] == "idle" and not ana.desk["offer"], STEP, "she is free")


STORIES: dict[str, Callable[[Floor, list[int]], Awaitable[None]]] = {
    "Hang": hangs_up,
    "hang_up": hangs_up,
    "Hold": holds,
    "Resume": resumes,
    "Decline": declines,
}
