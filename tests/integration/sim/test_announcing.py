"""What callers are told, by the whole platform on the simulated switch: in their language, an offer before its end, a
start of the platform and of the switch in the middle of it, a switch without sounds."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from lab.sim import Policy, SimSwitch
from routing.announcements import Announce
from routing.announcing import CallerTold
from routing.messages import SetPresence
from routing.queuerows import Queue
from routing.rows import InteractionState, Presence
from tests.support.simhouse import SimHouse, on_sim
from tests.support.waiting import until

pytestmark = pytest.mark.integration

QUEUE = Queue(
    "main",
    "Main",
    render_ms=20,
    announce=Announce(position=True, first_seconds=0, every_seconds=15),
    lost_phone_seconds=1,
)


async def told(home: SimHouse) -> list[CallerTold]:
    found = (one.message for one in await home.platform.store.journal(limit=200_000))
    return [one for one in found if isinstance(one, CallerTold)]


def step(home: SimHouse, nth: int = 0) -> str | None:
    return list(home.state.interactions)[nth].told.step


async def test_each_caller_hears_their_place_in_their_language(tmp_path: Path) -> None:
    async with SimSwitch(1) as switch, on_sim(switch, tmp_path, QUEUE) as home:
        calls = [switch.call_in("+34600111222", language="en"), switch.call_in("+34600333444", language="es_MX")]
        await until(lambda: all(len(one.channel.heard) for one in calls), 15, "both hear something")
        await until(lambda: not any(one.told.step for one in home.state.interactions), 15, "to the end")
        assert calls[0].channel.heard == ["en:queue-youarenext"]
        assert calls[1].channel.heard == [
            f"es_MX:{one}" for one in ("queue-thereare", "number:2", "queue-callswaiting")
        ]
        assert [one.position for one in await told(home)] == [1, 2]
        assert all(one.channel.context == "cti-hold" for one in calls)
        for one in calls:
            one.hang_up()
        await until(lambda: not len(home.state.interactions), 10, "both are gone")


async def test_an_offer_while_it_is_said_hushes_it_and_the_talk_is_nothing_but_the_talk(tmp_path: Path) -> None:
    queue = replace(QUEUE, announce=replace(QUEUE.announce, welcome="closed"))
    async with SimSwitch(1, policy=Policy.answers(1.5)) as switch, on_sim(switch, tmp_path, queue) as home:
        switch.exchange.sounds |= dict.fromkeys(("vm-nobodyavail", "vm-goodbye"), 1.0)
        await home.ready(("ana",))
        await home.do(SetPresence(actor="ana", agent_id="ana", presence=Presence.paused, reason="break"))
        call = switch.call_in("+34600111222")
        await until(lambda: call.channel.context == "cti-say", 15, "the welcome is said")
        await home.do(SetPresence(actor="ana", agent_id="ana", presence=Presence.ready))
        await until(lambda: call.channel.bridge is not None, 15, "they talk")
        assert call.channel.heard == ["en:vm-nobodyavail"], "hushed after the piece that played"
        assert switch.sent("Redirect") == []
        call.hang_up()
        await home.wraps_up("ana")


async def test_the_platform_starts_anew_while_it_is_said_and_says_nothing_twice(tmp_path: Path) -> None:
    async with SimSwitch(1) as switch:
        switch.exchange.sounds["queue-youarenext"] = 2.0
        async with on_sim(switch, tmp_path, QUEUE) as home:
            call = switch.call_in("+34600111222")
            await until(lambda: call.channel.context == "cti-say", 15, "it is said")
        async with on_sim(switch, tmp_path, QUEUE) as home:
            (caller,) = home.state.interactions
            assert caller.state in (InteractionState.queued, InteractionState.in_fallback)
            await until(lambda: step(home) is None, 20, "what became of it is known")
            assert call.up
            assert call.channel.heard == ["en:queue-youarenext"]
            call.hang_up()
            await until(lambda: not len(home.state.interactions), 10, "gone")


async def test_a_switch_that_is_killed_while_it_is_said_leaves_nothing_behind(tmp_path: Path) -> None:
    async with SimSwitch(1) as switch, on_sim(switch, tmp_path, QUEUE) as home:
        call = switch.call_in("+34600111222")
        await until(lambda: call.channel.context == "cti-say", 15, "it is said")
        await switch.restart()
        await until(lambda: not len(home.state.interactions), 20, "the caller is gone")
        core = home.platform.engine.core
        assert not [one.id for one in core.deadlines if one.id.startswith(("announce-", "told-"))]


async def test_a_switch_without_sounds_is_told_once(tmp_path: Path) -> None:
    async with SimSwitch(1) as switch, on_sim(switch, tmp_path, QUEUE) as home:
        switch.exchange.sound_seconds = 0.0
        call = switch.call_in("+34600111222")
        await until(lambda: any(one.told.count for one in home.state.interactions), 15, "told")
        await until(lambda: step(home) is None, 10, "the switch says what it lacks")
        await until(lambda: call.channel.music == "cti", 5, "music again")
        assert call.channel.heard == []
        assert call.channel.variables["CTI_SAID"].endswith(":missing")
        call.hang_up()
        await until(lambda: not len(home.state.interactions), 10, "gone")
