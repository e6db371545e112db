"""A phone that goes from a real Asterisk while it rings: the caller goes on to the next agent at once, and it is
nobody's miss."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path

import pytest

from lab.asterisk import AsteriskLab
from lab.caller import PHONE_HZ, SipCaller
from routing.rows import Presence
from tests.support.house import LUCIA, QUEUE, house
from tests.support.waiting import until

pytestmark = [pytest.mark.system, pytest.mark.timeout(120)]

ONE_MISS_PAUSES = replace(QUEUE, misses_to_pause=1, ring_seconds=30)
SOON = 3.0
"""Seconds to the next agent; a phone that nobody answers would ring ten times as long."""


async def test_a_phone_that_unregisters_while_it_rings_is_no_miss_and_the_next_agent_is_offered_the_caller(
    asterisk_lab: AsteriskLab, tmp_path: Path
) -> None:
    async with (
        house(asterisk_lab, tmp_path, queue=ONE_MISS_PAUSES) as home,
        home.agent("ana") as ana,
        home.agent("ben", ready=False) as ben,
        SipCaller(asterisk_lab.sip, number=LUCIA, to="5551234") as lucia,
    ):
        ringing = await ana.phone.call()
        await ben.ask("PUT", "/api/desk/presence", {"presence": "ready"})
        begun = time.monotonic()
        await ana.phone.unregister()
        await ben.takes()
        assert time.monotonic() - begun < SOON
        await lucia.audio.heard_tone(PHONE_HZ)
        await until(lambda: ringing.is_over, 5, "the phone that went is not rung on")
        await ana.sees(lambda desk: not desk["me"]["routable"] and desk["offer"] is None, "no phone, no offer")
        assert (ana.row.missed, ana.row.presence) == (0, Presence.ready)
        (ended,) = [one for one in await home.journalled("OfferEnded") if one.agent_id == ana.id]
        assert (ended.state, ended.reason) == ("failed", "phone_unreachable")
        assert await home.journalled("AgentPausedForMisses") == []

        async with SipCaller(asterisk_lab.sip, number="+34600333444", to="5551234"):
            await until(lambda: home.waiting() == 1, 10, "the next caller waits")
            assert len(ana.phone.legs) == 1, "offered nothing before it is back"
            await ana.phone.register()
            await ana.takes()
