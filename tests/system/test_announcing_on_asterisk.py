"""Callers who wait are told their place, by the whole platform on a real Asterisk: heard in their language, put off and
hushed for an offer, never in the way of a talk; the platform killed while it is said, sounds missing, a link cut."""

from __future__ import annotations

import asyncio
import random
import time
from dataclasses import replace
from pathlib import Path

import pytest

from cti.events import CallerHeard
from lab.asterisk import AsteriskLab, LabSettings
from lab.caller import MUSIC_HZ, PHONE_HZ, SipCaller
from lab.sounds import LANGUAGE_HZ, Sounds
from lab.switchconf import SPANISH_ADDRESS
from routing.announcements import Announce
from routing.announcing import CallerTold
from routing.setupmessages import ChangeSetUp
from routing.teamwork import Edit
from tests.support.faulty_link import FaultyLink
from tests.support.house import LUCIA, QUEUE, House, SipAgent, house, talking
from tests.support.waiting import until
from tests.system.desk.process import PlatformProcess

ENGLISH, SPANISH = LANGUAGE_HZ["en"], LANGUAGE_HZ["es"]
TELLS = replace(QUEUE, announce=Announce(position=True, first_seconds=0, every_seconds=15))
LONG = Edit("announcement", "next", {"name": "Next", "sounds": {"en": ["lab/long", "lab/short"]}})


async def told(home: House) -> list[CallerTold]:
    return [one for one in await home.journalled("CallerTold") if isinstance(one, CallerTold)]


async def heard(home: House) -> list[CallerHeard]:
    return [one for one in await home.journalled("CallerHeard") if isinstance(one, CallerHeard)]


@pytest.mark.system
@pytest.mark.timeout(180)
async def test_given_callers_in_line_then_each_hears_the_place_in_the_own_language_and_the_next_when_it_is_better(
    asterisk_lab: AsteriskLab, tmp_path: Path
) -> None:
    async with house(asterisk_lab, tmp_path, queue=TELLS) as home:
        async with SipCaller(asterisk_lab.sip, number=LUCIA, to="5551234") as first:
            await first.audio.heard_tone(ENGLISH, within=10)
            async with SipCaller(asterisk_lab.sip, number="+34600999000", to="5551234", host=SPANISH_ADDRESS) as second:
                await second.audio.heard_tone(SPANISH, within=10)
                await second.audio.heard_tone(MUSIC_HZ, within=10)
                await until(lambda: all(one.told.step is None for one in home.interactions()), 10, "both were told")
                await first.hang_up()
                await second.audio.heard_tone(SPANISH, within=25)
                await second.hang_up()
        await until(lambda: home.waiting() == 0, 10, "both are gone")
        said = await told(home)
        assert [(one.position, one.announcements) for one in said] == [
            (1, ("next",)), (2, ("position",)), (1, ("next",)),
        ]  # fmt: skip
        assert said[1].sounds == ("queue-thereare", "number:2", "queue-callswaiting")
        assert [one.done for one in await heard(home)][:2] == [True, True]


@pytest.mark.system
@pytest.mark.timeout(240)
async def test_given_offers_around_what_is_said_five_times_then_nobody_is_torn_out_of_a_talk(
    asterisk_lab: AsteriskLab, tmp_path: Path
) -> None:
    await offers_around(5, asterisk_lab, tmp_path)


@pytest.mark.soak
@pytest.mark.timeout(2400)
async def test_given_offers_around_what_is_said_sixty_times_then_nobody_is_torn_out_of_a_talk(
    asterisk_lab: AsteriskLab, tmp_path: Path
) -> None:
    await offers_around(60, asterisk_lab, tmp_path)


async def offers_around(rounds: int, lab: AsteriskLab, folder: Path) -> None:
    """The agent becomes free, and answers, at random moments before, while and after the caller is told something."""
    chance = random.Random()
    async with (
        house(lab, folder, agents=("ana",), queue=TELLS) as home,
        home.agent("ana", ready=False) as ana,
        lab.stand_in.client() as ami,
    ):
        await home.platform.ports.execute(ChangeSetUp(actor="adm", edits=(LONG,)))
        for number in range(rounds):
            since = ami.mark()
            await ana.phone.register()  # the registration of a plain phone ends after five minutes
            await ana.ask("PUT", "/api/desk/presence", {"presence": "paused", "reason": "break"})
            async with SipCaller(lab.sip, number=LUCIA, to="5551234") as lucia:
                await until(lambda: home.waiting() == 1, 10, "a caller waits")
                await asyncio.sleep(chance.uniform(0.5, 6.5))  # what is said begins after 2 to 3 s and takes 3.4 s
                await ana.ask("PUT", "/api/desk/presence", {"presence": "ready"})
                leg = await ana.phone.call()
                await asyncio.sleep(chance.uniform(0, 1))
                await leg.answer(PHONE_HZ)
                await ana.sees(talking, "a talk")
                await lucia.audio.heard_tone(PHONE_HZ)
                await asyncio.sleep(2)  # a second and more: the loop would have looked
                assert lucia.audio.share(PHONE_HZ, 1.5) > 0.9, "nothing is said into the talk"
                left = [one for one in ami.seen[since:] if one["Event"] == "BridgeLeave"]
                assert left == [], f"round {number}: torn out of the talk"
                assert not lucia.is_over
                await lucia.hang_up()
            await wrap_up(ana)
        cut = sum(not one.done for one in await heard(home))
        print(f"told {len(await told(home))} times in {rounds} rounds, {cut} were cut short")


async def wrap_up(ana: SipAgent) -> None:
    desk = await ana.sees(lambda desk: desk["me"]["duty"] == "wrapping", "wrap-up")
    await ana.ask("POST", f"/api/calls/{desk['call']['id']}/wrap-up", {"disposition": "resolved"})
    await ana.sees(lambda desk: desk["me"]["routable"], "ready again")


@pytest.mark.system
@pytest.mark.timeout(180)
async def test_given_a_switch_without_sounds_then_callers_wait_on_and_are_told_nothing_twice(tmp_path: Path) -> None:
    settings = LabSettings(phones=4, plain_phones=2, record="never", sounds=Sounds.none)
    async with AsteriskLab(settings) as lab, house(lab, tmp_path, queue=TELLS) as home:
        async with SipCaller(lab.sip, number=LUCIA, to="5551234") as lucia:
            await until(lambda: bool(home.interactions()) and home.interactions()[0].told.count > 0, 15, "told")
            await until(lambda: home.interactions()[0].told.step is None, 10, "the switch says what it lacks")
            await lucia.audio.heard_tone(MUSIC_HZ)
            await asyncio.sleep(17)  # more than the least interval
            assert home.interactions()[0].told.count == 1
            await lucia.hang_up()
        assert [(one.done, one.missing) for one in await heard(home)] == [(False, True)]


@pytest.mark.system
@pytest.mark.timeout(180)
async def test_given_a_caller_who_hangs_up_while_something_is_said_then_the_visit_ends_as_any_other(
    asterisk_lab: AsteriskLab, tmp_path: Path
) -> None:
    async with house(asterisk_lab, tmp_path, queue=TELLS) as home:
        async with SipCaller(asterisk_lab.sip, number=LUCIA, to="5551234") as lucia:
            await lucia.audio.heard_tone(ENGLISH, within=10)
            await lucia.hang_up()
        await until(lambda: home.waiting() == 0, 10, "gone")
        (ended,) = await home.journalled("InteractionEnded")
        assert (ended.state, ended.reason) == ("abandoned", "abandoned")
        core = home.platform.engine.core
        assert not [one.id for one in core.deadlines if one.id.startswith(("announce-", "told-"))]


@pytest.mark.system
@pytest.mark.timeout(180)
async def test_given_the_link_cut_while_something_is_said_then_its_end_is_seen_when_the_link_is_back(
    asterisk_lab: AsteriskLab, tmp_path: Path
) -> None:
    access = asterisk_lab.ami
    async with (
        FaultyLink(access.host, access.port) as link,
        house(asterisk_lab, tmp_path, queue=TELLS, port=link.port) as home,
    ):
        async with SipCaller(asterisk_lab.sip, number=LUCIA, to="5551234") as lucia:
            await lucia.audio.heard_tone(ENGLISH, within=10)
            link.refuse()
            await lucia.audio.heard_tone(MUSIC_HZ, within=10)
            link.heal()
            await until(lambda: home.platform.rooms.routing.line_up, 15, "the link is back")
            await until(lambda: home.interactions()[0].told.step is None, 15, "what became of it is known")
            assert not lucia.is_over
            await lucia.hang_up()
        assert [one.done for one in await heard(home)] == [True]


@pytest.mark.system
@pytest.mark.timeout(180)
async def test_given_the_platform_killed_while_something_is_said_then_the_caller_is_in_the_fallback_in_six_seconds(
    tmp_path: Path,
) -> None:
    settings = LabSettings(phones=4, plain_phones=2, record="never", sounds=Sounds.tones)
    async with AsteriskLab(settings) as lab:
        platform = PlatformProcess(lab, tmp_path, cold=True)
        await platform.prepare(("ana",), TELLS)
        await platform.start()
        async with lab.stand_in.client() as ami, SipCaller(lab.sip, number=LUCIA, to="5551234") as lucia:
            try:
                await lucia.audio.heard_tone(ENGLISH, within=15)
                since = ami.mark()
                await platform.kill()
                died = time.monotonic()
                await ami.user_event("CtiFallback", since=since, timeout=15)
                assert time.monotonic() - died <= 6
                await platform.launch()
                await ami.user_event("CtiHold", since=since, timeout=30)
                await lucia.audio.heard_tone(MUSIC_HZ, within=10)
                assert not lucia.is_over
                await lucia.hang_up()
            finally:
                await platform.stop()
        assert await platform.replayed() == []
