"""An agent calls numbers over the trunk of a real Asterisk: sound both ways, each end told apart, never two dials."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from dialer.chain.store import verify
from kernel.clock import SteadyClock
from lab.asterisk import AsteriskLab
from lab.caller import MUSIC_HZ, PHONE_HZ
from lab.farend import FAR_HZ, FarEnd
from lab.sip.leg import Leg
from tests.support.house import LUCIA, House, SipAgent, house
from tests.support.waiting import until

pytestmark = [pytest.mark.system, pytest.mark.timeout(120)]

RING_HZ = 425
"""What an agent hears while the number rings, see cti.dialplan.kit."""
NIGHT = ["night"]
"""What is confirmed, so that the tests run at any hour."""


@asynccontextmanager
async def calling(lab: AsteriskLab, folder: Path) -> AsyncIterator[tuple[House, SipAgent, FarEnd]]:
    async with (
        house(lab, folder) as home,
        FarEnd(lab.sip, lab.ports.trunk) as far,
        home.agent("ana", ready=False) as ana,
    ):
        yield home, ana, far


async def dial(agent: SipAgent, number: str = LUCIA) -> tuple[int, Any]:
    return await agent.answers("POST", "/api/dial", {"number": number, "confirm": NIGHT})


async def dials(agent: SipAgent, number: str = LUCIA) -> Leg:
    """Call a number and answer the own phone, as the browser's does by itself."""
    status, answer = await dial(agent, number)
    assert status == 200, answer
    leg = await agent.phone.call()
    await leg.answer(PHONE_HZ)
    return leg


async def history(agent: SipAgent, customer_id: str) -> list[dict[str, Any]]:
    page = await agent.ask("GET", f"/api/customers/{customer_id}/timeline")
    return [one["details"] for one in page["entries"] if one["kind"] == "call"]


async def test_a_call_out_has_sound_both_ways_hold_recording_wrap_up_and_history(
    asterisk_lab: AsteriskLab, tmp_path: Path
) -> None:
    async with calling(asterisk_lab, tmp_path) as (home, ana, far):
        leg = await dials(ana)
        call = await far.call()
        await ana.sees(lambda desk: desk["call"] and desk["call"]["state"] == "active", "they talk")
        await leg.audio.heard_tone(FAR_HZ)
        await call.audio.heard_tone(PHONE_HZ)
        await until(lambda: leg.audio.share(RING_HZ, 1) == 0.0, 5, "no ringing in the talk")
        assert call.number == "+34910000000", "our own number is shown"
        assert far.dialled == [LUCIA]

        assert (await ana.does("hold"))[0] == 200
        await call.audio.heard_tone(MUSIC_HZ)
        await ana.sees(lambda desk: desk["call"]["stint"]["state"] == "held", "on hold")
        assert (await ana.does("resume"))[0] == 200
        await call.audio.heard_tone(PHONE_HZ)

        shown = ana.desk["call"]
        assert (shown["direction"], shown["recording"]) == ("outbound", True)
        customer = shown["customer_id"]
        assert customer, "whom we call is found by the number"
        assert (await ana.does("hang-up"))[0] == 200
        await call.ended()
        await ana.sees(lambda desk: desk["me"]["duty"] == "wrapping", "wrap-up")
        await ana.ask("POST", f"/api/calls/{shown['id']}/wrap-up", {"disposition": "resolved"})
        await ana.sees(lambda desk: desk["me"]["duty"] == "idle", "free again")
        assert (ana.desk["me"]["presence"], ana.desk["me"]["pause_reason"]) == ("paused", "start"), "as before"
        (said,) = await history(ana, customer)
        assert (said["direction"], said["outcome"], said["disposition"]) == ("outbound", "answered", "Resolved")
        await asterisk_lab.recording(shown["id"], "rx")
        verdict = await verify(home.platform.database, SteadyClock().now())
        assert (verdict.broken, verdict.missing) == (None, ())


@pytest.mark.parametrize(
    ("ending", "outcome"),
    [("17", "busy"), ("19", "no_answer"), ("21", "rejected"), ("01", "invalid"), ("34", "failed")],
)
async def test_each_end_is_told_apart(asterisk_lab: AsteriskLab, tmp_path: Path, ending: str, outcome: str) -> None:
    number = f"{LUCIA[:-2]}{ending}"
    async with calling(asterisk_lab, tmp_path) as (home, ana, far):
        leg = await dials(ana, number)
        await ana.sees(lambda desk: desk["dial"] and desk["dial"]["ended_at"], "the end", within=20)
        assert ana.desk["dial"]["outcome"] == outcome
        assert ana.desk["call"] is None
        assert ana.desk["me"]["duty"] == "idle"
        await leg.ended()
        assert far.dialled == [number]
        ended = await home.journalled("DialEnded")
        assert [one.outcome for one in ended] == [outcome]


async def test_an_agent_who_gives_up_ends_the_dial(asterisk_lab: AsteriskLab, tmp_path: Path) -> None:
    async with calling(asterisk_lab, tmp_path) as (_, ana, far):
        own = await dials(ana, f"{LUCIA[:-2]}19")
        ringing = await far.call()
        await own.audio.heard_tone(RING_HZ)
        assert (await ana.does("hang-up"))[0] == 200
        await ringing.ended()
        await ana.sees(lambda desk: desk["dial"]["outcome"] == "cancelled", "it was given up")


async def test_two_agents_who_call_one_number_at_once_make_one_dial(asterisk_lab: AsteriskLab, tmp_path: Path) -> None:
    async with calling(asterisk_lab, tmp_path) as (home, ana, far), home.agent("ben") as ben:
        answers = await asyncio.gather(dial(ana), dial(ben), dial(ana))
        assert sorted(status for status, _ in answers) == [200, 409, 409]
        refused = sorted(answer["error"]["id"] for status, answer in answers if status == 409)
        assert refused == ["agent_busy", "number_in_use"]
        one = ben if answers[1][0] == 200 else ana
        await (await one.phone.call()).answer(PHONE_HZ)
        await far.call()
        await one.sees(lambda desk: desk["call"] and desk["call"]["state"] == "active", "they talk")
        assert far.dialled == [LUCIA]
        await one.does("hang-up")
        await one.sees(lambda desk: desk["me"]["duty"] == "wrapping", "wrap-up")


@pytest.mark.parametrize(
    ("number", "rule"),
    [("112", "number_emergency"), ("803123456", "number_premium"), ("+34111111111", "number_not_in_plan")],
)
async def test_numbers_that_are_never_dialled(
    asterisk_lab: AsteriskLab, tmp_path: Path, number: str, rule: str
) -> None:
    async with calling(asterisk_lab, tmp_path) as (_, ana, far):
        _, answer = await dial(ana, number)
        assert answer["error"]["id"] == rule
        assert ana.desk["me"]["duty"] == "idle"
        assert far.dialled == []


async def test_a_request_not_to_be_called_holds_from_the_next_dial_on(
    asterisk_lab: AsteriskLab, tmp_path: Path
) -> None:
    async with calling(asterisk_lab, tmp_path) as (_, ana, far):
        await dials(ana, f"{LUCIA[:-2]}19")
        await far.call()
        await ana.ask("POST", "/api/do-not-call", {"number": f"{LUCIA[:-2]}19"})
        assert (await ana.does("hang-up"))[0] == 200
        await ana.sees(lambda desk: desk["dial"]["ended_at"], "the end")
        status, answer = await dial(ana, f"{LUCIA[:-2]}19")
        assert (status, answer["error"]["id"]) == (409, "do_not_call")
        assert len(far.dialled) == 1


async def test_a_link_cut_while_the_number_rings_dials_nobody_again(asterisk_lab: AsteriskLab, tmp_path: Path) -> None:
    async with calling(asterisk_lab, tmp_path) as (home, ana, far):
        leg = await dials(ana, f"{LUCIA[:-2]}19")
        await far.call()
        switch = home.platform.switch
        switch._link.drop("closed")  # type: ignore[attr-defined]
        await until(lambda: not home.platform.rooms.routing.line_up, 5, "the cut is seen")
        await until(lambda: home.platform.rooms.routing.line_up, 15, "the link is back")
        await ana.sees(lambda desk: desk["dial"]["outcome"] == "no_answer", "nobody answered", within=20)
        await leg.ended()
        assert len(far.dialled) == 1
