"""The story, on a real Asterisk with real browsers: three callers, two agents, sound both ways, and what stays."""

from __future__ import annotations

import asyncio

import pytest

from lab.asterisk import AsteriskLab
from lab.caller import CALLER_HZ, MUSIC_HZ, SipCaller
from lab.tones import loudness, read_wave, tone_share
from tests.support.waiting import until
from tests.system.desk.browser import AGENT_HZ, AgentBrowser, Browsers
from tests.system.desk.process import HANNAH, LUCIA, OLIVER, PlatformProcess

pytestmark = [pytest.mark.system, pytest.mark.timeout(240)]


async def pop_came_before_the_ring(agent: AgentBrowser, customer: str) -> str:
    """The pop names the customer and was rendered before the phone rang, both by the browser's clock."""
    desk = await agent.ringing()
    assert desk["pop"]["customer"]["name"] == customer
    assert await agent.page.get_by_role("heading", name=customer).first.is_visible()
    marks = await agent.marks()
    assert marks["offer_received"] <= marks["pop_rendered"] < marks["sip_invite"], marks
    return str(desk["offer"]["interaction_id"])


async def test_three_callers_two_agents(desk_lab: AsteriskLab, platform: PlatformProcess, agents: Browsers) -> None:
    ana = await (await (await agents.agent("ana", platform.url)).sign_in()).ready()
    ben = await (await (await agents.agent("ben", platform.url)).sign_in()).ready()

    async with SipCaller(desk_lab.sip, number="600111222", name="Lucia F", to="5551234") as lucia:
        first = await pop_came_before_the_ring(ana, "Lucía Fernández")
        await ana.answer()
        await lucia.audio.heard_tone(AGENT_HZ)

        async with SipCaller(desk_lab.sip, number=OLIVER, to="5551234") as oliver:
            await pop_came_before_the_ring(ben, "Oliver Bennett")
            await ben.answer()
            await oliver.audio.heard_tone(AGENT_HZ)

            async with SipCaller(desk_lab.sip, number=HANNAH, to="5551234") as hannah:
                await hannah.audio.heard_tone(MUSIC_HZ)
                await ana.until("d => d.queues[0].waiting === 1", "the third caller waits")

                await hold_is_silent_for_the_agent(ana, lucia)

                await ana.press("End")
                await lucia.ended()
                await wrap_up(ana, "Follow-up needed", "Wants the installer to call on Monday.")
                await pop_came_before_the_ring(ana, "Hannah Brooks")
                await ana.answer()
                await hannah.audio.heard_tone(AGENT_HZ)
            await ana.until("d => d.me.duty === 'wrapping'", "the caller hung up, wrap-up began")
            await ana.until("d => d.me.duty === 'idle'", "wrap-up ended on its deadline", within=10)
        await ben.until("d => d.me.duty === 'idle'", "wrap-up ended on its deadline", within=12)

    await both_sides_are_recorded(desk_lab, first)
    await what_was_done_is_in_the_history(desk_lab, ana, ben)


async def hold_is_silent_for_the_agent(agent: AgentBrowser, caller: object) -> None:
    await agent.press("Hold")
    await agent.state("held")
    await caller.audio.heard_tone(MUSIC_HZ)  # type: ignore[attr-defined]

    async def silent_for_a_second() -> bool:
        before = await agent.heard_energy()
        await asyncio.sleep(1.0)  # a stretch of time is what is measured here
        return await agent.heard_energy() - before < 0.001

    # What was said before the hold may still be on its way to the ear: at most the first stretch.
    await until(silent_for_a_second, 1.5, "the agent hears nothing while the caller is on hold")
    await agent.press("Resume")
    await agent.state("active")
    await caller.audio.heard_tone(AGENT_HZ)  # type: ignore[attr-defined]


async def wrap_up(agent: AgentBrowser, disposition: str, note: str) -> None:
    await agent.until("d => d.me.duty === 'wrapping'", "wrap-up")
    await agent.page.get_by_role("radio", name=disposition).click()
    form = agent.page.get_by_role("form", name="Wrap-up")
    await form.get_by_role("textbox").fill(note)
    await form.get_by_role("button", name="Finish").click()
    await agent.until("d => d.me.duty !== 'wrapping'", "wrap-up is over", within=4)


async def both_sides_are_recorded(lab: AsteriskLab, interaction: str) -> None:
    caller, agent = await lab.recording(interaction, "rx"), await lab.recording(interaction, "tx")
    assert tone_share(caller, CALLER_HZ) > 0.5
    assert tone_share(agent, AGENT_HZ) > 0.5
    assert tone_share(caller, AGENT_HZ) == 0
    mixed, _ = read_wave(await lab.recording(interaction))
    assert loudness(mixed) > 1000


async def what_was_done_is_in_the_history(lab: AsteriskLab, ana: AgentBrowser, ben: AgentBrowser) -> None:
    """The same customer calls again, the number in another form: disposition and note are on the timeline."""
    async with SipCaller(lab.sip, number=LUCIA, to="5551234"):
        agent = await whoever_is_offered(ana, ben)
        desk = await agent.ringing()
        entries = desk["pop"]["timeline"]["entries"]
        notes = [one["body"] for one in entries if one["kind"] == "note"]
        calls = [one["details"] for one in entries if one["kind"] == "call" and one["status"] == "done"]
        assert notes == ["Wants the installer to call on Monday."]
        assert calls[0]["disposition"] == "Follow-up needed"
        assert calls[0]["outcome"] == "answered"
        assert calls[0]["talk_seconds"] > 0
        await agent.page.get_by_text("Wants the installer to call on Monday.").first.wait_for()
        await agent.press("Decline")
        await agent.until("d => !d.offer", "the offer is gone")


async def whoever_is_offered(*agents: AgentBrowser) -> AgentBrowser:
    """The agent who gets the next offer."""
    tasks = {asyncio.create_task(one.until("d => d.offer", "an offer")): one for one in agents}
    done, rest = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    for task in rest:
        task.cancel()
    await asyncio.gather(*rest, return_exceptions=True)
    return tasks[done.pop()]
