"""A queue that rings all on a real Asterisk: two SIP phones answer at the same instant, and one has the caller."""

from __future__ import annotations

import asyncio
import random
from pathlib import Path

import pytest

from lab.asterisk import AsteriskLab
from lab.caller import PHONE_HZ, SipCaller
from lab.errors import CallFailed
from lab.sip.leg import EndedBy
from routing.messages import OfferEnded
from routing.queuerows import Queue, Strategy
from routing.rows import Standing
from tests.support.house import LUCIA, House, SipAgent, house, talking
from tests.support.waiting import until

QUEUE = Queue("main", "Main", strategy=Strategy.ring_all, render_ms=50, ring_seconds=15)


@pytest.mark.system
@pytest.mark.timeout(240)
async def test_given_two_phones_that_answer_at_once_five_times_then_one_has_the_caller(
    asterisk_lab: AsteriskLab, tmp_path: Path
) -> None:
    await races(5, asterisk_lab, tmp_path)


@pytest.mark.soak
@pytest.mark.timeout(1800)
async def test_given_two_phones_that_answer_at_once_a_hundred_times_then_one_has_the_caller(
    asterisk_lab: AsteriskLab, tmp_path: Path
) -> None:
    await races(100, asterisk_lab, tmp_path)


async def races(rounds: int, lab: AsteriskLab, folder: Path) -> None:
    chance = random.Random(20261122)
    async with (
        house(lab, folder, queue=QUEUE) as home,
        home.agent("ana") as ana,
        home.agent("ben") as ben,
        lab.stand_in.client() as ami,
    ):
        answers = 0
        for _ in range(rounds):
            since = ami.mark()
            async with SipCaller(lab.sip, number=LUCIA, to="5551234") as lucia:
                winner, loser, answered = await race(ana, ben, chance.uniform(-0.005, 0.005))
                answers += answered
                await lucia.audio.heard_tone(PHONE_HZ)
                await loser_is_ready(winner, loser)
                bridges = {one["BridgeUniqueid"] for one in ami.seen[since:] if one["Event"] == "BridgeEnter"}
                assert len(bridges) == 1, "exactly one bridge, and nobody was taken out of it"
                await lucia.hang_up()
            await wrap_up(home, winner)
        ends = [one for one in await home.journalled("OfferEnded") if isinstance(one, OfferEnded)]
        assert [(one.state, one.reason) for one in ends] == [("rescinded", "answered_elsewhere")] * rounds
    print(f"the loser answered too in {answers} of {rounds}")
    assert answers >= rounds - max(1, rounds // 10), "the loser answered too, in nearly all: else it was no race"


async def race(ana: SipAgent, ben: SipAgent, apart: float) -> tuple[SipAgent, SipAgent, bool]:
    """Both phones ring and answer `apart` seconds from each other; returns who has the caller, who has not, and whether
    the latter's phone sent its 200."""
    legs = [await one.phone.call() for one in (ana, ben)]
    for one in (ana, ben):
        await one.sees(lambda desk: desk["me"]["state"]["kind"] == "ringing", "ringing")

    async def answer(which: int, after: float) -> bool:
        await asyncio.sleep(after)  # the distance of the two answers is what is tried
        try:
            await legs[which].answer(PHONE_HZ)
        except CallFailed:  # its leg had ended before
            return False
        return True

    by_ana, by_ben = await asyncio.gather(answer(0, max(0.0, apart)), answer(1, max(0.0, -apart)))
    await until(lambda: talking(ana.desk) or talking(ben.desk), 10, "somebody talks")
    return (ana, ben, by_ben) if talking(ana.desk) else (ben, ana, by_ana)


async def loser_is_ready(winner: SipAgent, loser: SipAgent) -> None:
    desk = await loser.sees(lambda desk: desk["me"]["routable"], "ready again")
    assert desk["me"]["missed"] == 0
    assert desk["me"]["state"]["kind"] == Standing.ready
    assert (desk["me"]["state"]["why"], desk["me"]["state"]["by"]) == ("answered_elsewhere", winner.row.name)
    assert (desk["offer"], desk["call"]) == (None, None)
    await until(lambda: loser.phone.legs[-1].is_over, 5, "the loser's leg ends")
    assert loser.phone.legs[-1].ended_by is EndedBy.them


async def wrap_up(home: House, winner: SipAgent) -> None:
    desk = await winner.sees(lambda desk: desk["me"]["duty"] == "wrapping", "wrap-up")
    await winner.ask("POST", f"/api/calls/{desk['call']['id']}/wrap-up", {"disposition": "resolved"})
    await winner.sees(lambda desk: desk["me"]["routable"], "ready again")
