"""AmiSwitch and CallBook on a real Asterisk: a whole call by orders, and the link failing in the middle of it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import TypeVar

import pytest
import pytest_asyncio

from cti.ami import AmiSettings, AmiSwitch
from cti.calls import CallBook
from cti.events import (
    AgentLegEnded,
    AgentLegRinging,
    CallerAfter,
    CallerArrived,
    CallerHeld,
    CallerInFallback,
    CallerLeft,
    CallerWaits,
    CallRepaired,
    Joined,
    OrderFailed,
    PhoneChanged,
    SwitchBack,
    SwitchLost,
)
from cti.orders import HangUp, HoldCaller, QueueCaller, ResumeCaller, RingAgent
from kernel.core import Core, Outcome
from kernel.messages import Event, Fact
from lab.caller import CALLER_HZ, MUSIC_HZ, PHONE_HZ, Manner
from lab.stage import PHONE, Stage
from tests.support.faulty_link import FaultyLink
from tests.support.waiting import until

pytestmark = pytest.mark.system

E = TypeVar("E", bound=Event)


class Platform:
    """The part of the platform that knows calls: a switch, its CallBook, a heartbeat; no routing."""

    def __init__(self, settings: AmiSettings) -> None:
        self.book = CallBook()
        self.events: list[Event] = []
        self.switch = AmiSwitch(settings, self._take)
        self._core = Core(self.book.shelves, [self.book])

    def _take(self, fact: Fact) -> bool:
        out = Outcome()
        self._core.take(fact, datetime.now(UTC), out)
        self.events += out.events
        return True

    async def start(self) -> None:
        await self.switch.start()
        await self.hears(SwitchBack)
        self._beats = asyncio.create_task(self._beat())

    async def stop(self) -> None:
        self._beats.cancel()
        await asyncio.gather(self._beats, return_exceptions=True)
        await self.switch.stop()

    async def _beat(self) -> None:
        count = int(time.time())
        while True:
            count += 1
            self.switch.beat(count)
            await asyncio.sleep(1)

    def of(self, kind: type[E]) -> list[E]:
        return [event for event in self.events if isinstance(event, kind)]

    async def hears(self, kind: type[E], count: int = 1, within: float = 10.0) -> E:
        await until(lambda: len(self.of(kind)) >= count, within, f"{kind.__name__} number {count}")
        return self.of(kind)[count - 1]

    async def caller(self) -> CallerArrived:
        await self.hears(CallerWaits)
        return self.of(CallerArrived)[0]

    def ring(self, caller: CallerArrived, leg: str = "leg-s-1", claim: str = "of-1") -> None:
        self.switch.send(
            RingAgent(
                order_id=f"ring-{leg}",
                leg=leg,
                endpoint=PHONE,
                caller_channel=caller.channel,
                interaction_id=caller.interaction_id,
                claim=claim,
                timeout=20,
                caller_number=caller.number,
                caller_name=caller.name,
            )
        )


@pytest_asyncio.fixture
async def proxy(stage: Stage) -> AsyncIterator[FaultyLink]:
    async with FaultyLink(stage.lab.ami.host, stage.lab.ami.port) as made:
        yield made


@pytest_asyncio.fixture
async def platform(stage: Stage, proxy: FaultyLink) -> AsyncIterator[Platform]:
    access = stage.lab.ami
    made = Platform(AmiSettings(port=proxy.port, username=access.user, secret=access.secret))
    await made.start()
    yield made
    await made.stop()
    assert [row.id for row in made.book.legs if row.live] == []


async def test_given_orders_then_a_call_is_joined_held_resumed_ended_and_queued_again(
    stage: Stage, platform: Platform
) -> None:
    async with stage.phone() as phone, stage.caller("Łucja O'Brien") as call:
        caller = await platform.caller()
        assert (caller.number, caller.name, caller.did) == ("+34600111222", "Łucja O'Brien", "5551234")
        platform.ring(caller)
        joined = await platform.hears(Joined)
        leg = await phone.call()
        await call.audio.heard_tone(PHONE_HZ)
        await leg.audio.heard_tone(CALLER_HZ)

        ids = {"caller_channel": caller.channel, "interaction_id": caller.interaction_id}
        platform.switch.send(HoldCaller(order_id="hold", agent_channel=joined.agent_channel, **ids))
        await platform.hears(CallerHeld)
        await call.audio.heard_tone(MUSIC_HZ)

        platform.switch.send(ResumeCaller(order_id="res", agent_channel=joined.agent_channel, claim="st-2", **ids))
        await platform.hears(Joined, 2)
        await call.audio.heard_tone(PHONE_HZ)

        platform.switch.send(HangUp(order_id="hup", leg="leg-s-1", interaction_id=caller.interaction_id))
        await platform.hears(CallerAfter)
        platform.switch.send(QueueCaller(order_id="q", **ids))
        await platform.hears(CallerWaits, 2)
        await call.hang_up()
        await platform.hears(CallerLeft)
    assert platform.of(OrderFailed) == []
    assert len(platform.of(Joined)) == 2
    assert [end.cause for end in platform.of(AgentLegEnded)] == [16]


async def test_given_a_hang_up_right_after_the_ring_then_the_phone_does_not_go_on_ringing(
    stage: Stage, platform: Platform
) -> None:
    async with stage.phone(Manner.ring), stage.caller() as call:
        caller = await platform.caller()
        for turn in range(10):
            leg = f"leg-s-{turn}"
            platform.ring(caller, leg)
            platform.switch.send(
                HangUp(order_id=f"hup-{turn}", leg=leg, cause=26, interaction_id=caller.interaction_id)
            )
            assert (await platform.hears(AgentLegEnded, turn + 1, within=3)).leg == leg
        assert platform.of(OrderFailed) == []
        await call.hang_up()
        await platform.hears(CallerLeft)


async def test_given_a_phone_that_is_not_there_then_the_offer_fails_at_once(stage: Stage, platform: Platform) -> None:
    async with stage.caller() as call:
        caller = await platform.caller()
        platform.ring(caller)
        assert (await platform.hears(AgentLegEnded, within=2)).cause == 20
        assert (await platform.hears(OrderFailed)).unknown is False
        await call.hang_up()
        await platform.hears(CallerLeft)


async def test_given_a_link_cut_while_a_phone_rings_then_the_ring_is_found_again_and_sent_once(
    stage: Stage, platform: Platform, proxy: FaultyLink
) -> None:
    async with stage.phone(Manner.ring) as phone, stage.caller() as call:
        caller = await platform.caller()
        platform.ring(caller)
        await platform.hears(AgentLegRinging)
        proxy.cut()
        await platform.hears(SwitchLost)
        leg = await phone.call()
        await leg.answer(PHONE_HZ)
        await platform.hears(SwitchBack, 2)
        await platform.hears(Joined)
        await call.audio.heard_tone(PHONE_HZ)
        await call.hang_up()
        await platform.hears(CallerLeft)
        await platform.hears(AgentLegEnded)
    assert proxy.sent.count(b"Action: Originate") == 1


async def test_given_a_half_open_link_then_it_is_seen_within_three_seconds_and_the_talk_goes_on(
    stage: Stage, platform: Platform, proxy: FaultyLink
) -> None:
    async with stage.phone() as phone, stage.caller() as call:
        caller = await platform.caller()
        platform.ring(caller)
        await platform.hears(Joined)
        leg = await phone.call()
        began = time.monotonic()
        proxy.stall()
        await platform.hears(SwitchLost)
        assert time.monotonic() - began < 3
        await leg.hang_up()  # heard by nobody: the snapshot shows it
        proxy.heal()
        await platform.hears(SwitchBack, 2)
        await platform.hears(AgentLegEnded)
        await call.hang_up()
        await platform.hears(CallerLeft)
    assert proxy.sent.count(b"Action: Originate") == 1
    assert len(platform.of(Joined)) == 1


async def test_given_a_platform_that_starts_anew_then_it_adopts_the_calls_as_they_are(
    stage: Stage, platform: Platform
) -> None:
    async with stage.phone() as phone, stage.caller("José") as call:
        caller = await platform.caller()
        platform.ring(caller)
        await platform.hears(Joined)
        await phone.call()
        access = stage.lab.ami
        anew = Platform(AmiSettings(port=access.port, username=access.user, secret=access.secret))
        await anew.start()
        adopted = anew.of(CallerArrived)[0]
        assert replace(adopted, language="", since=None) == replace(caller, language="", since=None)
        assert anew.of(Joined) == platform.of(Joined)
        assert {one.repair for one in anew.of(CallRepaired)} >= {"LegPlaced", "LegAsked", "BridgeEntered"}
        await call.hang_up()
        await anew.hears(CallerLeft)
        await anew.hears(AgentLegEnded)
        await anew.stop()
        await platform.hears(AgentLegEnded)


async def test_given_a_caller_that_fell_back_while_the_platform_was_gone_then_it_can_be_taken_back(
    stage: Stage, platform: Platform
) -> None:
    """Nobody's phone is there to be rung, so the caller stands in the switch's own queue."""
    async with stage.caller() as call:
        await platform.caller()
        platform._beats.cancel()
        fallback = await platform.hears(CallerInFallback, within=8)
        assert fallback.ringing is False
        caller = platform.of(CallerArrived)[0]
        ids = {"caller_channel": caller.channel, "interaction_id": caller.interaction_id}
        platform.switch.send(QueueCaller(order_id="q", **ids))
        await platform.hears(CallerWaits, 2)
        await call.hang_up()
        await platform.hears(CallerLeft)


async def test_given_phones_then_their_reach_is_told(stage: Stage, platform: Platform) -> None:
    async with stage.phone(endpoint="cti-phone-04"):
        await until(lambda: platform.book.phones["cti-phone-04"].reachable, what="the phone")
    await until(lambda: not platform.book.phones["cti-phone-04"].reachable, what="the phone's going")
    told = [event.reachable for event in platform.of(PhoneChanged) if event.endpoint == "cti-phone-04"]
    assert told == [False, True, False]
