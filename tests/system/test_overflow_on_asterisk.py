"""Callers sent on, on a real Asterisk: to another queue, to more groups and to an outside number by their wait, and
where nobody is there for them, who comes and who waits. They hear music all the while. The house replays the journal at
its end."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from dialer.chain.store import verify
from kernel.clock import SteadyClock
from lab.asterisk import AsteriskLab
from lab.caller import MUSIC_HZ, PHONE_HZ, SipCaller
from lab.farend import FAR_HZ, FarEnd
from routing.setupmessages import ChangeSetUp
from routing.teamwork import Edit
from tests.support.house import LUCIA, House, house
from tests.support.waiting import until

pytestmark = [pytest.mark.system, pytest.mark.timeout(180)]

SALES, SPARE = "902100300", "902100301"
TO_SPARE = {"kind": "queue", "queue_id": "spare"}


async def change(home: House, *edits: Edit) -> None:
    await home.platform.ports.execute(ChangeSetUp(actor="adm", edits=edits))


async def queues(home: House, first: str, second: str, **sales: Any) -> None:
    """Sales, served by one person, with ways out; and the queue beside it, served by another."""
    both = {"everyone": False, "wrap_seconds": 2}
    spare = {"name": "Spare", "members": [second], "dids": [SPARE], **both}
    values = {"name": "Sales", "members": [first], "dids": [SALES], **both, **sales}
    await change(home, Edit("queue", "spare", spare), Edit("queue", "sales", values))


async def test_given_a_wait_then_the_caller_is_served_by_the_other_queue_whose_agent_sees_where_they_came_from(
    asterisk_lab: AsteriskLab, tmp_path: Path
) -> None:
    async with house(asterisk_lab, tmp_path) as home, home.agent("ana", ready=False) as ana, home.agent("ben") as ben:
        tier = {"when": "waited", "seconds": 3, "to": TO_SPARE}
        await queues(home, ana.id, ben.id, overflow=[tier])
        async with SipCaller(asterisk_lab.sip, number=LUCIA, to=SALES) as caller:
            await caller.audio.heard_tone(MUSIC_HZ)
            (before,) = home.interactions()
            await ben.sees(lambda desk: desk["offer"] is not None, "the offer")
            call = ben.desk["call"]
            assert call["came_from"] == {"name": "Sales", "why": "overflow_waited"}
            assert call["queue"]["id"] == "spare"
            await ben.takes()
            await caller.audio.heard_tone(PHONE_HZ)
            (after,) = home.interactions()
            assert (after.id, after.place) == (before.id, before.place), "the place is kept"
            await caller.hang_up()
        (moved,) = await home.journalled("CallerMoved")
        assert (moved.was, moved.queue_id) == ("sales", "spare")


async def test_given_a_wait_then_another_group_serves_the_caller_too(asterisk_lab: AsteriskLab, tmp_path: Path) -> None:
    async with house(asterisk_lab, tmp_path) as home, home.agent("ana", ready=False) as ana, home.agent("ben") as ben:
        await change(home, Edit("group", "second", {"name": "Second"}), Edit("profile", ben.id, {"groups": ["second"]}))
        await queues(home, ana.id, ana.id, overflow=[{"when": "waited", "seconds": 3, "groups": ["second"]}])
        async with SipCaller(asterisk_lab.sip, number=LUCIA, to=SALES) as caller:
            await caller.audio.heard_tone(MUSIC_HZ)
            await ben.takes()
            await caller.audio.heard_tone(PHONE_HZ)
            assert ben.desk["call"]["queue"]["id"] == "sales"
            assert ben.desk["call"]["came_from"] is None
            why = await ben.ask("GET", f"/api/calls/{ben.desk['call']['id']}/why")
            verdicts = {one["agent_id"]: one["verdict"] for one in why["offers"][0]["agents"]}
            assert verdicts == {ana.id: "rejected", ben.id: "chosen"}
            await caller.hang_up()


async def test_given_a_queue_without_anybody_then_who_comes_goes_at_once_and_who_waits_after_the_grace(
    asterisk_lab: AsteriskLab, tmp_path: Path
) -> None:
    async with house(asterisk_lab, tmp_path) as home, home.agent("ana") as ana, home.agent("ben") as ben:
        rules = {"join": ["nobody_ready"], "join_to": TO_SPARE}
        rules |= {"leave": ["all_paused"], "leave_to": TO_SPARE, "grace_seconds": 3}
        await queues(home, ana.id, ben.id, empty=rules)
        async with SipCaller(asterisk_lab.sip, number=LUCIA, to=SALES) as first:
            await ana.takes()
            async with SipCaller(asterisk_lab.sip, number="+34600999000", to=SALES) as second:
                await second.audio.heard_tone(MUSIC_HZ)
                await until(lambda: home.waiting() == 1, 15, "who waits for Ana")
                await ana.ask("PUT", "/api/desk/presence", {"presence": "paused", "reason": "break"})
                await first.hang_up()
                await ben.takes(20)  # Ana's wrap-up is over, she is paused, and the grace is over too
                await second.audio.heard_tone(PHONE_HZ)
                assert ben.desk["call"]["came_from"] == {"name": "Sales", "why": "empty_all_paused"}
                await second.hang_up()
        await ben.sees(lambda desk: desk["me"]["duty"] == "idle", "free again")
        async with SipCaller(asterisk_lab.sip, number="+34600999111", to=SALES) as third:
            await ben.sees(lambda desk: desk["offer"] is not None, "the offer")
            assert ben.desk["call"]["came_from"] == {"name": "Sales", "why": "join_nobody_ready"}
            await ben.takes()
            await third.audio.heard_tone(PHONE_HZ)
            await third.hang_up()


PARTNER = "+34911222333"
OUT = {"kind": "outside", "number": PARTNER}


async def outcome_of(home: House) -> tuple[str, str]:
    """What came of the one number that was called; the journal may be a moment behind."""

    async def told() -> bool:
        return bool(await home.journalled("OutsideEnded"))

    await until(told, 15, "the end of the dial")
    (ended,) = await home.journalled("OutsideEnded")
    return ended.outcome, ended.reason


async def test_given_an_outside_number_then_it_is_dialled_once_and_talks_to_the_caller_who_heard_music_until_then(
    asterisk_lab: AsteriskLab, tmp_path: Path
) -> None:
    async with (
        house(asterisk_lab, tmp_path) as home,
        FarEnd(asterisk_lab.sip, asterisk_lab.ports.trunk) as far,
        home.agent("ana", ready=False) as ana,
    ):
        await queues(home, ana.id, ana.id, overflow=[{"when": "waited", "seconds": 2, "to": OUT}])
        async with SipCaller(asterisk_lab.sip, number=LUCIA, to=SALES) as caller:
            await caller.audio.heard_tone(MUSIC_HZ)
            partner = await far.call()
            await caller.audio.heard_tone(FAR_HZ)
            assert far.dialled == [PARTNER]
            assert partner.number == "+34910000000", "our own number is shown"
            (served,) = home.interactions()
            assert (served.state, served.outside) == ("active", PARTNER)
            await partner.hang_up()
            await caller.ended()
        await until(lambda: not home.interactions(), 10, "the end")
        assert await outcome_of(home) == ("reached", "talked")
        verdict = await verify(home.platform.database, SteadyClock().now())
        assert (verdict.broken, verdict.missing) == (None, ())


@pytest.mark.parametrize(("ending", "outcome"), [("17", "busy"), ("19", "no_answer")])
async def test_given_an_outside_number_that_is_not_reached_then_the_caller_waits_on_and_the_next_tier_follows(
    asterisk_lab: AsteriskLab, tmp_path: Path, ending: str, outcome: str
) -> None:
    number = f"{LUCIA[:-2]}{ending}"
    tiers = [
        {"when": "waited", "seconds": 1, "to": {**OUT, "number": number}},
        {"when": "waited", "seconds": 3, "to": TO_SPARE},
    ]
    async with (
        house(asterisk_lab, tmp_path) as home,
        FarEnd(asterisk_lab.sip, asterisk_lab.ports.trunk) as far,
        home.agent("ana", ready=False) as ana,
        home.agent("ben") as ben,
    ):
        await queues(home, ana.id, ben.id, overflow=tiers)
        async with SipCaller(asterisk_lab.sip, number=LUCIA, to=SALES) as caller:
            await caller.audio.heard_tone(MUSIC_HZ)
            await ben.takes(40)
            await caller.audio.heard_tone(PHONE_HZ)
            assert far.dialled == [number], "once, and never again"
            assert ben.desk["call"]["came_from"] == {"name": "Sales", "why": "overflow_waited"}
            await caller.hang_up()
        assert (await outcome_of(home))[0] == outcome


async def test_given_a_caller_who_hangs_up_while_the_outside_number_rings_then_it_stops_ringing(
    asterisk_lab: AsteriskLab, tmp_path: Path
) -> None:
    number = f"{LUCIA[:-2]}19"
    async with (
        house(asterisk_lab, tmp_path) as home,
        FarEnd(asterisk_lab.sip, asterisk_lab.ports.trunk) as far,
        home.agent("ana", ready=False) as ana,
    ):
        tier = {"when": "waited", "seconds": 1, "to": {**OUT, "number": number}}
        await queues(home, ana.id, ana.id, overflow=[tier])
        async with SipCaller(asterisk_lab.sip, number=LUCIA, to=SALES) as caller:
            rings = await far.call()
            await caller.hang_up()
            await rings.ended()
        assert await outcome_of(home) == ("cancelled", "caller_left")
        assert not list(home.platform.rooms.routing.outside)
