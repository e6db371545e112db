"""The kit's way of saying something, on a real Asterisk: in the caller's language, never into a talk, never past the
platform's death, and not stuck where there are no sounds."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Awaitable

import pytest

from lab.ami import Message
from lab.asterisk import AsteriskLab, LabSettings
from lab.caller import MUSIC_HZ, PHONE_HZ, Manner, SipCaller
from lab.sounds import LANGUAGE_HZ, SECONDS, Sounds
from lab.stage import Stage
from lab.switchconf import SPANISH_ADDRESS

ENGLISH, SPANISH = LANGUAGE_HZ["en"], LANGUAGE_HZ["es"]


async def say(stage: Stage, caller: Message, value: str) -> None:
    answer = await stage.ami.action("Setvar", Channel=caller["Channel"], Variable="CTI_SAY", Value=value)
    assert answer["Response"] == "Success"


def said(stage: Stage, since: int = 0) -> list[tuple[str, str]]:
    events = (one for one in stage.ami.seen[since:] if one.get("UserEvent") == "CtiSaid")
    return [(one["Step"], one["Result"]) for one in events]


@pytest.mark.system
@pytest.mark.parametrize(("host", "hz"), [("127.0.0.2", ENGLISH), (SPANISH_ADDRESS, SPANISH)])
async def test_what_is_said_is_heard_in_the_language_of_the_channel(stage: Stage, host: str, hz: float) -> None:
    async with (
        stage.beating(),
        SipCaller(stage.lab.sip, number="+34600111222", to="5551234", host=host) as call,
    ):
        caller = await stage.waiting()
        await call.audio.heard_tone(MUSIC_HZ)
        await say(stage, caller, "s1&0&queue-thereare&number:7&queue-callswaiting")
        await call.audio.heard_tone(hz)
        await stage.ami.user_event("CtiSaid")
        assert said(stage) == [("s1", "played")]
        assert call.audio.share(hz, 2.0) > 0.9
        await call.audio.heard_tone(MUSIC_HZ)


@pytest.mark.system
async def test_the_call_ends_after_what_is_said_for_good_bye(stage: Stage) -> None:
    async with stage.beating(), stage.caller() as call:
        caller = await stage.waiting()
        await say(stage, caller, "s1&1&goodbye")
        await call.audio.heard_tone(ENGLISH)
        assert (await stage.gone(caller["Uniqueid"]))["Cause"] == "16"
        assert said(stage) == [("s1", "played")]


@pytest.mark.system
@pytest.mark.parametrize("value", ["s1&0&../../etc/passwd", "s1&0&/etc/passwd", "s1&0&${SHELL(touch x)}", 's"1)&0&a b'])
async def test_a_value_that_is_no_name_of_a_sound_plays_nothing_and_spins_nothing(stage: Stage, value: str) -> None:
    async with stage.beating(), stage.caller() as call:
        caller = await stage.waiting()
        await say(stage, caller, value)
        await stage.ami.user_event("CtiSaid")
        await call.audio.heard_tone(MUSIC_HZ)
        assert [result for _, result in said(stage)] == ["missing"]
        since = stage.ami.mark()
        await asyncio.sleep(3)  # it would be said again by now
        assert said(stage, since) == []


@pytest.mark.system
async def test_where_there_are_no_sounds_nothing_breaks_and_the_caller_waits_on() -> None:
    async with (
        AsteriskLab(LabSettings(phones=4, plain_phones=2, sounds=Sounds.none)) as lab,
        lab.stand_in.client() as ami,
    ):
        await ami.event("FullyBooted")
        stage = Stage(lab, ami)
        async with stage.beating(), stage.caller() as call:
            caller = await stage.waiting()
            await say(stage, caller, "s1&0&queue-thereare&number:7")
            await stage.ami.user_event("CtiSaid")
            await call.audio.heard_tone(MUSIC_HZ)
            await say(stage, caller, "s2&1&goodbye")
            await stage.gone(caller["Uniqueid"])
        assert said(stage) == [("s1", "missing"), ("s2", "missing")]


@pytest.mark.system
@pytest.mark.parametrize("piece", ["queue-thereare", "lab/long"])
async def test_a_platform_that_dies_while_something_is_said_leaves_the_caller_to_the_fallback_in_time(
    stage: Stage, piece: str
) -> None:
    """Within six seconds, and as much later as a piece is longer than two."""
    longest = SECONDS.get(piece, 0.8)
    async with stage.beating() as heart, stage.caller() as call:
        caller = await stage.waiting()
        await say(stage, caller, "&".join(("s1", "0", *[piece] * 12)))
        await call.audio.heard_tone(ENGLISH)
        await asyncio.sleep(random.uniform(0, 1.5))  # death comes at any moment
        await heart.stop()
        died = time.monotonic()
        await stage.ami.user_event("CtiFallback", timeout=15)
        took = time.monotonic() - died
    assert took <= 6 + max(0.0, longest - 2)
    assert said(stage) == [("s1", "cut")]


async def race(rounds: int, stage: Stage) -> None:
    """What is to be said, and an agent who answers, at the same moment: with a redirect 46 of 60 callers were torn out
    of the talk."""
    chance = random.Random()
    spoken = 0
    async with stage.beating(), stage.phone(Manner.answer) as phone:
        for number in range(rounds):
            since = stage.ami.mark()
            async with stage.caller() as call:
                caller = await stage.waiting(since)
                await call.audio.heard_tone(MUSIC_HZ)
                ordered = asyncio.create_task(
                    later(chance.uniform(0, 1.5), say(stage, caller, f"s{number}&0&lab/long"))
                )
                await asyncio.sleep(chance.uniform(0, 2.5))  # the distance of the two is what is tried
                leg = await stage.ring(caller, claim=f"claim-{number}")
                await stage.joined(caller, leg)
                await ordered
                spoken += "MusicOnHoldStop" in {one["Event"] for one in stage.ami.seen[since:]}
                await call.audio.heard_tone(PHONE_HZ)
                await asyncio.sleep(2)  # a second and more: the loop would have looked
                assert call.audio.share(PHONE_HZ, 1.5) > 0.9, "nothing is said into the talk"
                left = [one for one in stage.ami.seen[since:] if one["Event"] == "BridgeLeave"]
                assert left == [], f"round {number}: torn out of the talk"
                assert not call.is_over
                assert not phone.legs[-1].is_over
            await stage.gone(leg)
    print(f"{spoken} of {rounds} were being told something or had been")


async def later(seconds: float, work: Awaitable[None]) -> None:
    await asyncio.sleep(seconds)
    await work


@pytest.mark.system
@pytest.mark.timeout(120)
async def test_five_agents_who_answer_while_something_is_to_be_said_keep_their_callers(stage: Stage) -> None:
    await race(5, stage)


@pytest.mark.soak
@pytest.mark.timeout(900)
async def test_sixty_agents_who_answer_while_something_is_to_be_said_keep_their_callers(stage: Stage) -> None:
    await race(60, stage)
