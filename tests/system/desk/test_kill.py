"""kill -9 of the platform with calls up, held and waiting: nobody is cut off, and all is right again within 3 s."""

from __future__ import annotations

import asyncio
import random
import time

import pytest

from lab.asterisk import AsteriskLab
from lab.caller import MUSIC_HZ, Leg, SipCaller
from tests.system.desk.browser import AGENT_HZ, AgentBrowser, Browsers
from tests.system.desk.process import HANNAH, LUCIA, OLIVER, PlatformProcess

RIGHT_WITHIN = 3.0


@pytest.fixture
def cold() -> bool:
    """Who waits, waits for all of a start."""
    return True


@pytest.mark.system
@pytest.mark.timeout(240)
async def test_five_kills_with_calls_up_held_and_waiting(
    desk_lab: AsteriskLab, platform: PlatformProcess, agents: Browsers
) -> None:
    await kills(5, desk_lab, platform, agents)


@pytest.mark.soak
@pytest.mark.timeout(1800)
async def test_sixty_kills_with_calls_up_held_and_waiting(
    desk_lab: AsteriskLab, platform: PlatformProcess, agents: Browsers
) -> None:
    await kills(60, desk_lab, platform, agents)


async def kills(rounds: int, desk_lab: AsteriskLab, platform: PlatformProcess, agents: Browsers) -> None:
    """One call up, one held, two waiting; after so many kills nobody was cut off and the order is kept."""
    ana = await (await (await agents.agent("ana", platform.url)).sign_in()).ready()
    ben = await (await (await agents.agent("ben", platform.url)).sign_in()).ready()
    chance = random.Random(20261121)
    async with (
        SipCaller(desk_lab.sip, number=LUCIA, to="5551234") as lucia,
        SipCaller(desk_lab.sip, number=OLIVER, to="5551234") as oliver,
    ):
        talking = {await take(one): one for one in (ana, ben)}
        assert set(talking) == {"Lucía Fernández", "Oliver Bennett"}
        up, held = talking["Lucía Fernández"], talking["Oliver Bennett"]
        await held.press("Hold")
        await held.state("held")
        async with (
            SipCaller(desk_lab.sip, number=HANNAH, to="5551234") as hannah,
        ):
            await up.until("d => d.queues[0].waiting === 1", "the first waits")
            async with SipCaller(desk_lab.sip, number="+34600999888", to="5551234") as last:
                await up.until("d => d.queues[0].waiting === 2", "the second waits")
                for _ in range(rounds):
                    await asyncio.sleep(chance.uniform(0, 1.2))  # a random moment is what is wanted
                    await one_kill(platform, up, held, down_for=chance.uniform(0, 1.0))
                    await nobody_is_cut_off(lucia, oliver, (hannah, last))
                await up.press("End")
                await up.until("d => d.call === null || d.call.stint.state === 'wrapping'", "wrap-up")
                await up.until("d => d.offer", "the next caller", within=15)
                desk = await up.desk()
                assert desk["pop"]["customer"]["name"] == "Hannah Brooks", "the order is kept"
                await up.press("Decline")
        await held.press("Resume")
        await held.state("active")
        await oliver.audio.heard_tone(AGENT_HZ)


async def take(agent: AgentBrowser) -> str:
    """Answer the caller on offer; returns the customer's name."""
    desk = await agent.ringing()
    await agent.answer()
    return str(desk["pop"]["customer"]["name"])


async def one_kill(platform: PlatformProcess, up: AgentBrowser, held: AgentBrowser, down_for: float) -> None:
    """Kill it, start it again, and see every agent and call right within 3 s of the restart."""
    await platform.kill()
    await up.stale()
    await asyncio.sleep(down_for)  # how long it stays down is part of the chance
    await platform.start()
    since = time.monotonic()
    await asyncio.gather(
        up.live("d => d.call?.state === 'active' && d.me.duty === 'busy' && d.queues[0].waiting === 2"),
        held.live("d => d.call?.state === 'held' && d.me.duty === 'busy' && d.link.switch === 'up'"),
    )
    assert time.monotonic() - since < RIGHT_WITHIN


async def nobody_is_cut_off(talks: Leg, held: Leg, waiting: tuple[Leg, ...]) -> None:
    await talks.audio.heard_tone(AGENT_HZ)
    for leg in (held, *waiting):
        assert not leg.is_over
        await leg.audio.heard_tone(MUSIC_HZ)


@pytest.mark.system
@pytest.mark.timeout(240)
async def test_kept_down_each_waiting_caller_is_answered_in_a_browser(
    desk_lab: AsteriskLab, platform: PlatformProcess, agents: Browsers
) -> None:
    ana = await (await agents.agent("ana", platform.url)).sign_in()
    ben = await (await agents.agent("ben", platform.url)).sign_in()
    async with (
        SipCaller(desk_lab.sip, number=LUCIA, to="5551234") as lucia,
        SipCaller(desk_lab.sip, number=HANNAH, to="5551234") as hannah,
    ):
        await ana.until("d => d.queues[0].waiting === 2", "both wait")
        await platform.kill()
        since = time.monotonic()
        while (await desk_lab.rasterisk("queue show cti-fallback")).count("PJSIP/trunk-") < 2:
            assert time.monotonic() - since < 6, "in the switch's own queue within 6 s"
            await asyncio.sleep(0.1)
        for agent in (ana, ben):
            await agent.answer_without_platform()
        await asyncio.gather(lucia.audio.heard_tone(AGENT_HZ, within=15), hannah.audio.heard_tone(AGENT_HZ, within=15))

        await platform.start()
        for agent in (ana, ben):
            await agent.live("d => d.call?.state === 'active' && d.call.from_fallback && d.me.duty === 'busy'")
        await lucia.audio.heard_tone(AGENT_HZ)
    for agent in (ana, ben):
        await agent.until("d => d.me.duty === 'idle'", "wrap-up is over", within=15)
