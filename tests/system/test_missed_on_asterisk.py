"""What a phone does with an offer, on a real Asterisk with SIP phones: whether the agent missed it, how long they rest
before they are offered again (each apart), and when they are paused."""

from __future__ import annotations

from pathlib import Path

import pytest

from lab.asterisk import AsteriskLab
from lab.caller import Manner, SipCaller
from routing.messages import AgentPausedForMisses, OfferEnded, OfferMade
from routing.queuerows import Queue
from routing.rows import Presence
from tests.support.house import LUCIA, House, SipAgent, house
from tests.support.waiting import until

pytestmark = [pytest.mark.system, pytest.mark.timeout(240)]

QUEUE = Queue(
    "main", "Main", render_ms=50, ring_seconds=2, misses_to_pause=2, no_answer_delay=1, reject_delay=3, busy_delay=5
)
REFUSALS = (
    (Manner.decline, "declined", "rejected_on_phone", QUEUE.reject_delay),
    (Manner.busy, "failed", "phone_busy", QUEUE.busy_delay),
)
LATE = 2.0
"""Seconds that the next offer may come after the rest: the next longer rest would show."""


async def test_given_phones_that_refuse_are_busy_or_ring_out_then_each_is_counted_and_rests_as_it_should(
    asterisk_lab: AsteriskLab, tmp_path: Path
) -> None:
    async with (
        house(asterisk_lab, tmp_path, agents=("ana",), queue=QUEUE) as home,
        home.agent("ana", ready=False) as ana,
        SipCaller(asterisk_lab.sip, number=LUCIA, to="5551234") as lucia,
    ):
        ana.phone.manner = REFUSALS[0][0]
        await ana.ask("PUT", "/api/desk/presence", {"presence": "ready"})
        for nth, (manner, state, reason, _) in enumerate(REFUSALS, 1):
            await ended(home, nth)
            assert (ana.row.missed, ana.row.presence) == (0, Presence.ready), f"{manner} is no miss"
            assert (await ends(home))[-1] == (state, reason)
            ana.phone.manner = REFUSALS[nth][0] if nth < len(REFUSALS) else Manner.ring
        await rings_out_twice(home, ana)
        for (_, state, reason, rest), found in zip(REFUSALS, await rests(home), strict=False):
            assert found[:2] == (state, reason)
            assert rest <= found[2] < rest + LATE, reason
        *_, after_a_miss = await rests(home)
        assert after_a_miss[:2] == ("timed_out", "no_answer")
        assert QUEUE.no_answer_delay <= after_a_miss[2] < QUEUE.no_answer_delay + LATE
        assert not lucia.is_over, "the caller waits through all of it"
        assert home.waiting() == 1
        await lucia.hang_up()


async def rings_out_twice(home: House, ana: SipAgent) -> None:
    await until(lambda: ana.row.missed == 1, 20, "missed once")
    assert ana.row.presence is Presence.ready
    await until(lambda: ana.row.missed == 2, 20, "missed twice")
    assert (ana.row.presence, ana.row.pause_reason) == (Presence.paused, "missed")
    desk = await ana.sees(lambda desk: desk["me"]["state"]["kind"] == "missed", "paused for misses")
    assert not desk["me"]["routable"]
    await ended(home, len(REFUSALS) + 2)
    (said,) = [one for one in await home.journalled("AgentPausedForMisses") if isinstance(one, AgentPausedForMisses)]
    assert said.missed == 2
    assert len(ana.phone.legs) == len(await home.journalled("OfferMade")) == len(REFUSALS) + 2, "rung once an offer"


async def ends(home: House) -> list[tuple[str, str]]:
    return [(one.state, one.reason) for one in await home.journalled("OfferEnded")]


async def ended(home: House, offers: int) -> None:
    async def there() -> bool:
        return len(await ends(home)) >= offers

    await until(there, 20, f"{offers} offers are over")


async def rests(home: House) -> list[tuple[str, str, float]]:
    """Each end of an offer that another followed, and the seconds between them."""
    found: list[tuple[str, str, float]] = []
    before = None
    for entry in await home.journal():
        if isinstance(entry.message, OfferEnded):
            before = entry
        elif isinstance(entry.message, OfferMade) and before is not None:
            assert isinstance(before.message, OfferEnded)
            found.append((before.message.state, before.message.reason, (entry.at - before.at).total_seconds()))
    return found
