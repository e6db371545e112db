"""Callers picked from the panel of those who wait, by browsers on a real switch: the second in line, and by two."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

import pytest

from lab.asterisk import AsteriskLab
from lab.caller import SipCaller
from tests.system.desk.browser import AGENT_HZ, AgentBrowser, Browsers
from tests.system.desk.process import LUCIA, PlatformProcess

pytestmark = [pytest.mark.system, pytest.mark.timeout(240)]

FIRST, SECOND = "+34600333444", LUCIA
ROWS = "d.waiting.rows.map(one => one.number).join()"


@pytest.fixture
def queue_changes() -> dict[str, object]:
    """Who declines a caller is given none for a while, and so sees them wait."""
    return {"reject_delay": 120}


async def resting(*agents: AgentBrowser) -> None:
    """Each is offered the first caller in turn and declines."""
    async with asyncio.TaskGroup() as tasks:
        for one in agents:
            tasks.create_task(declines(one))


async def declines(agent: AgentBrowser) -> None:
    await agent.ringing()
    await agent.press("Decline")
    await agent.until("d => !d.offer && d.me.duty === 'idle'", "the offer is declined")


async def opened(agent: AgentBrowser, rows: str) -> None:
    """The panel is open and shows those numbers in that order."""
    await agent.until(f"d => {ROWS} === '{rows}' && d.waiting.rows.every(one => !one.why)", f"{rows} wait")
    await agent.page.keyboard.press("Control+Shift+X")
    await agent.page.locator(".waiting button:focus").wait_for()


async def test_the_second_in_line_is_picked_and_heard_and_the_first_keeps_the_place(
    desk_lab: AsteriskLab, platform: PlatformProcess, agents: Browsers, tmp_path: Path
) -> None:
    pictures = Path(os.environ.get("TRUNKLINE_SCREENS") or tmp_path)
    ana, ben = [await (await agents.agent(name, platform.url)).sign_in() for name in ("ana", "ben")]
    await asyncio.gather(ana.ready(), ben.ready())
    async with SipCaller(desk_lab.sip, number=FIRST, name="Omar", to="5551234") as first:
        await resting(ana, ben)
        async with SipCaller(desk_lab.sip, number=SECOND, name="Lucía", to="5551234") as second:
            await opened(ana, f"{FIRST},{SECOND}")
            since = (await ana.desk())["waiting"]["rows"][0]["since"]
            await ana.page.get_by_text("Lucía Fernández").wait_for()
            await ana.screenshot(pictures / "waiting.png")

            await ana.page.keyboard.press("ArrowDown")
            await ana.page.keyboard.press("Enter")
            desk = await ana.ringing()
            assert desk["pop"]["customer"]["name"] == "Lucía Fernández", "the screen comes before the ring"
            assert await ana.page.locator("dialog[open]").count() == 0
            desk = await ben.until(f"d => {ROWS} === '{FIRST},{SECOND}' && d.waiting.rows[1].why", "Ben sees her rung")
            assert desk["waiting"]["rows"][1]["why"] == "ringing"
            await ana.answer()
            await second.audio.heard_tone(AGENT_HZ)
            assert await ana.heard_energy() > 0

            desk = await ben.until(f"d => {ROWS} === '{FIRST}'", "the first waits on")
            (row,) = desk["waiting"]["rows"]
            assert (row["position"], row["since"], row["why"]) == (1, since, None)
            await opened(ben, FIRST)
            await ben.page.keyboard.press("Enter")
            await ben.ringing()
            await ben.answer()
            await first.audio.heard_tone(AGENT_HZ)
            await second.hang_up()
        await first.hang_up()
    for one in (ana, ben):
        await one.until("d => d.call && d.call.stint.state === 'wrapping'", "wrap-up")


async def test_two_who_pick_at_once_one_has_the_caller_and_the_other_is_told_who(
    desk_lab: AsteriskLab, platform: PlatformProcess, agents: Browsers
) -> None:
    both = [await (await agents.agent(name, platform.url)).sign_in() for name in ("ana", "ben")]
    await asyncio.gather(*(one.ready() for one in both))
    async with SipCaller(desk_lab.sip, number=LUCIA, name="Lucía", to="5551234") as lucia:
        await resting(*both)
        await asyncio.gather(*(opened(one, LUCIA) for one in both))

        await asyncio.gather(*(one.page.keyboard.press("Enter") for one in both))

        told = [one.page.locator("dialog [role=alert]") for one in both]
        await asyncio.wait([asyncio.ensure_future(one.wait_for()) for one in told], return_when="FIRST_COMPLETED")
        lost = [await one.count() for one in told]
        assert sorted(lost) == [0, 1], "one was told, the other was not"
        winner, loser = both if lost[1] else reversed(both)
        assert f"{winner.login.title()}'s phone rings" in await loser.page.locator("dialog [role=alert]").inner_text()
        await winner.ringing()
        await winner.answer()
        await lucia.audio.heard_tone(AGENT_HZ)
        assert (await loser.desk())["offer"] is None
        await lucia.hang_up()
    await winner.until("d => d.call && d.call.stint.state === 'wrapping'", "wrap-up")
