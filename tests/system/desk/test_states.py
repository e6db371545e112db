"""An agent's states on the screen, on the real switch: a phone that nobody answers is missed and says what to do; the
next state is chosen in the talk and taken after it."""

from __future__ import annotations

from typing import Any

import pytest

from lab.asterisk import AsteriskLab
from lab.caller import MUSIC_HZ, SipCaller
from tests.system.desk.browser import AGENT_HZ, Browsers
from tests.system.desk.process import LUCIA, PlatformProcess

pytestmark = [pytest.mark.system, pytest.mark.timeout(180)]


@pytest.fixture
def queue_changes() -> dict[str, Any]:
    """A ring is short, the first miss pauses, and the caller is offered again at once."""
    return {"ring_seconds": 4, "misses_to_pause": 1, "no_answer_delay": 1}


async def test_a_missed_call_pauses_and_says_so_and_the_next_state_is_chosen_in_the_talk(
    desk_lab: AsteriskLab, platform: PlatformProcess, agents: Browsers
) -> None:
    ana = await (await (await agents.agent("ana", platform.url)).sign_in()).ready()
    state = ana.page.locator("button.state")
    async with SipCaller(desk_lab.sip, number=LUCIA, to="5551234") as lucia:
        await ana.ringing()
        await ana.page.locator("button.state[data-state=ringing]").wait_for()
        await ana.until("d => d.me.presence === 'paused' && !d.offer", "nobody answers: missed")
        await ana.page.locator("button.state[data-state=missed]").wait_for()
        assert (await ana.desk())["me"]["state"] | {"since": None} == {
            "kind": "missed", "since": None, "why": "missed_too_often", "by": None,
        }  # fmt: skip
        banner = ana.page.locator(".banner", has_text="missed")
        assert await ana.page.evaluate("() => window.__trunkline.phone().sip") is None, "it rings no more"
        await lucia.audio.heard_tone(MUSIC_HZ)

        await banner.get_by_role("button").click()
        await ana.ringing()
        assert await banner.count() == 0
        await ana.answer()
        await lucia.audio.heard_tone(AGENT_HZ)

        await state.click()
        await ana.page.get_by_role("menuitemradio", name="Lunch").click()
        await state.locator(".next", has_text="Lunch").wait_for()
        assert await state.get_attribute("data-state") == "talking"
        assert (await ana.desk())["me"]["presence"] == "ready"
        await ana.press("End")
        await lucia.ended()
    await ana.until("d => d.me.duty === 'wrapping'", "wrap-up")
    await state.locator(".next", has_text="Lunch").wait_for()
    await ana.page.locator(".wrapup [type=submit]").click()
    await ana.until("d => d.me.duty === 'idle'", "the wrap-up is over")
    await ana.page.locator("button.state[data-state=paused]", has_text="Lunch").wait_for()
    assert await state.locator(".next").count() == 0
