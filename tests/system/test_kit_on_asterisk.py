"""The dialplan kit on a real Asterisk, with callers and agents that speak and listen."""

import asyncio
import re
import time

import pytest

from lab.caller import CALLER_HZ, MUSIC_HZ, PHONE_HZ, EndedBy, Manner, SipCaller
from lab.farend import FAR_HZ, FarEnd
from lab.stage import PHONE, TOKEN, Stage
from lab.tones import read_wave, tone_share
from tests.system.conftest import channels_left

pytestmark = pytest.mark.system

RING_HZ = 425
"""The tone of the kit's ringing, see cti.dialplan.kit."""

OTHER = "cti-phone-04"


async def test_a_caller_who_enters_is_announced_with_number_name_and_dialled_number(stage: Stage) -> None:
    async with stage.beating(), stage.caller("José Núñez Łucja") as call:
        await call.answered()
        entered = await stage.ami.user_event("CtiEnter")
        waiting = await stage.waiting()
        recording = await stage.ami.user_event("CtiRecording")

    assert (entered["Did"], entered["Lang"]) == ("5551234", "en")
    assert (entered["CallerIDNum"], entered["CallerIDName"]) == ("+34600111222", "José Núñez Łucja")
    assert entered["Ix"] == waiting["Ix"] == recording["Ix"]
    assert re.fullmatch(rf"ix-{re.escape(entered['Uniqueid'])}-\d{{6}}", entered["Ix"])
    assert recording["File"] == f"{entered['Ix']}.wav"
    assert (entered["Context"], waiting["Context"]) == ("cti-in", "cti-hold")


async def test_a_number_with_a_plus_is_a_called_number_too(stage: Stage) -> None:
    async with SipCaller(stage.lab.sip, number="anonymous", to="+34915551234") as call:
        await call.answered()
        entered = await stage.ami.user_event("CtiEnter")

    assert entered["Did"] == "+34915551234"


async def test_while_the_platform_lives_a_caller_waits_with_music_without_a_gap(stage: Stage) -> None:
    async with stage.beating(), stage.caller() as call:
        await call.answered()
        await call.audio.heard_tone(MUSIC_HZ)
        await asyncio.sleep(6)  # twice the time after which a silent platform counts as dead
        music = call.audio.share(MUSIC_HZ, 5)
        fallen = [m for m in stage.ami.seen if m.get("UserEvent") == "CtiFallback"]

    assert music >= 0.98
    assert fallen == []
    assert sum(m["Event"] == "MusicOnHoldStart" for m in stage.ami.seen) == 1


async def test_a_silent_platform_leaves_its_callers_in_the_native_queue_within_six_seconds(stage: Stage) -> None:
    async with stage.phone() as phone, stage.caller() as call:
        async with stage.beating() as heart:
            await stage.waiting()
            await call.audio.heard_tone(MUSIC_HZ)
            await asyncio.sleep(2)
        await stage.ami.event("QueueCallerJoin", Queue="cti-fallback")
        took = time.monotonic() - heart.last_beat
        leg = await phone.call()
        await call.audio.heard_tone(PHONE_HZ)
        await leg.audio.heard_tone(CALLER_HZ)
        fallback = await stage.ami.user_event("CtiFallback")
        await leg.hang_up()
        ended = await call.ended()

    assert took < 6.0
    assert fallback["Reason"] == "heartbeat"
    assert ended.ended_by is EndedBy.them


async def test_a_platform_that_never_lived_is_told_apart(stage: Stage) -> None:
    async with stage.caller() as call:
        await call.answered()
        fallback = await stage.ami.user_event("CtiFallback")
        await stage.ami.event("QueueCallerJoin")
        await call.audio.heard_tone(MUSIC_HZ)

    assert fallback["Reason"] == "empty"


async def test_the_fallback_leg_belongs_to_its_caller(stage: Stage) -> None:
    async with stage.phone(Manner.ring) as phone, stage.caller() as call:
        caller = await stage.waiting()
        leg = await phone.call()
        unique = (await stage.ami.event("Newstate", ChannelStateDesc="Ringing"))["Uniqueid"]
        ix = await stage.ami.action("Getvar", Channel=unique, Variable="CTI_IX")
        role = await stage.ami.action("Getvar", Channel=unique, Variable="CTI_ROLE")
        await call.hang_up()
        await leg.ended()

    assert ix["Value"] == caller["Ix"]
    assert role["Value"] == ""


async def test_who_waited_longest_is_served_first_by_the_fallback_queue(stage: Stage) -> None:
    async with stage.beating() as heart, stage.caller("Anna") as first:
        anna = await stage.waiting()
        await asyncio.sleep(2.1)  # waiting time is counted in whole seconds
        async with stage.caller("Björn") as second:
            await second.answered()
            await heart.stop()
            await asyncio.sleep(1.5)
            # Anna's loop begins anew, so that she comes to the queue after Björn.
            await stage.ami.action("Redirect", Channel=anna["Channel"], Context="cti-hold", Exten="s", Priority=1)
            late = await stage.ami.event("QueueCallerJoin", CallerIDName="Anna")
            joined = [m["CallerIDName"] for m in stage.ami.seen if m["Event"] == "QueueCallerJoin"]
            async with stage.phone() as phone:
                await phone.call()
                await first.audio.heard_tone(PHONE_HZ)
                assert second.audio.share(PHONE_HZ) == 0.0

    assert joined == ["Björn", "Anna"]
    assert late["Position"] == "1"


async def test_a_phone_that_the_fallback_queue_rings_for_a_dialled_customer_shows_their_number(stage: Stage) -> None:
    """Not ours, which is what the dialled leg itself was shown with."""
    number, ours = "+34600111222", "+34910000000"
    async with FarEnd(stage.lab.sip, stage.lab.ports.trunk) as far, stage.phone() as phone:
        async with stage.beating():
            agent, customer = await stage.dial(number, ours)
            dialler, called = await phone.call(), await far.call()
            await dialler.audio.heard_tone(FAR_HZ)
        await stage.ami.action("Hangup", Channel=agent, Cause=44)  # the phone is lost, and the platform silent
        await dialler.ended()
        rung = await phone.call()
        await rung.audio.heard_tone(FAR_HZ)
        await called.hang_up()
        await stage.gone(customer)

    assert (called.number, dialler.number, rung.number) == (ours, number, number)


async def test_caller_and_agent_hear_each_other_and_each_side_is_recorded(stage: Stage) -> None:
    async with stage.beating(), stage.phone() as phone, stage.caller() as call:
        caller = await stage.waiting()
        await call.audio.heard_tone(MUSIC_HZ)
        asked = time.monotonic()
        await stage.joined(caller, await stage.ring(caller))
        took = time.monotonic() - asked
        leg = await phone.call()
        await call.audio.heard_tone(PHONE_HZ)
        await leg.audio.heard_tone(CALLER_HZ)
        await asyncio.sleep(1)
        music_in_talk = call.audio.share(MUSIC_HZ, 1)
        await call.hang_up()
        await leg.ended()

    customer = await stage.lab.recording(caller["Ix"], "rx")
    heard = await stage.lab.recording(caller["Ix"], "tx")
    mixed = await stage.lab.recording(caller["Ix"])
    assert took < 1.0
    assert leg.number == "+34600111222"
    assert music_in_talk == 0.0
    assert tone_share(customer, CALLER_HZ) > 0.9 > 0.1 > tone_share(customer, PHONE_HZ)
    assert tone_share(heard, PHONE_HZ) > 0.9 > 0.1 > tone_share(heard, CALLER_HZ)
    assert tone_share(mixed, CALLER_HZ) > 0.8 < tone_share(mixed, PHONE_HZ)
    assert tone_share(mixed, MUSIC_HZ) < 0.1
    assert abs(len(read_wave(customer)[0]) - len(read_wave(heard)[0])) <= 800
    assert mixed.stat().st_mode & 0o444 == 0o444


async def test_nothing_is_recorded_when_recording_is_switched_off(stage: Stage) -> None:
    await stage.ami.action("Setvar", Variable="CTI_RECORD", Value="never")
    async with stage.beating(), stage.phone(), stage.caller() as call:
        caller = await stage.waiting()
        await stage.joined(caller, await stage.ring(caller))
        await call.audio.heard_tone(PHONE_HZ)

    assert [m for m in stage.ami.seen if m["Event"] == "MixMonitorStart"] == []
    assert list(stage.lab.recordings_dir.glob(f"{caller['Ix']}*")) == []


async def test_an_agent_without_the_claim_gets_stale_and_the_caller_stays(stage: Stage) -> None:
    async with stage.beating(), stage.phone(), stage.caller() as call:
        caller = await stage.waiting()
        leg = await stage.ring(caller)
        await stage.ami.action("Setvar", Channel=caller["Channel"], Variable="CTI_CLAIM", Value="claim-2")
        done = await stage.ami.user_event("CtiBridgeDone")
        await stage.gone(leg)
        await call.audio.heard_tone(MUSIC_HZ)
        joined = [m for m in stage.ami.seen if m["Event"] == "BridgeEnter"]

    assert (done["Result"], done["Claim"], done["Uniqueid"]) == ("STALE", TOKEN, leg)
    assert joined == []


async def test_one_of_several_agents_who_waits_for_the_platforms_word_hears_ringing_and_then_it_is_over(
    stage: Stage,
) -> None:
    """No dead line, and no longer than five seconds: then the phone is free for the switch's own queue."""
    async with stage.beating(), stage.phone() as phone, stage.caller() as call:
        caller = await stage.waiting()
        leg = await stage.ring(caller, claim="", exten="any")
        await stage.ami.action("Setvar", Channel=caller["Channel"], Variable="CTI_CLAIM", Value="claim-of-another")
        line = await phone.call()
        answered = time.monotonic()
        await line.audio.heard_tone(RING_HZ)
        done = await stage.ami.user_event("CtiBridgeDone")
        waited = time.monotonic() - answered
        await stage.gone(leg)
        await call.audio.heard_tone(MUSIC_HZ)

    assert (done["Result"], done["Uniqueid"]) == ("STALE", leg)
    assert 4 < waited < 8


async def test_an_agent_of_several_who_gets_the_caller_late_hears_them_and_no_ringing(stage: Stage) -> None:
    async with stage.beating(), stage.phone() as phone, stage.caller() as call:
        caller = await stage.waiting()
        leg = await stage.ring(caller, exten="any")
        await stage.ami.action("Setvar", Channel=caller["Channel"], Variable="CTI_CLAIM", Value="")
        line = await phone.call()
        await line.audio.heard_tone(RING_HZ)
        await stage.ami.action("Setvar", Channel=caller["Channel"], Variable="CTI_SHARED", Value="1")
        await stage.ami.action("Setvar", Channel=caller["Channel"], Variable="CTI_CLAIM", Value=TOKEN)
        await stage.joined(caller, leg)
        await line.audio.heard_tone(CALLER_HZ)
        await call.audio.heard_tone(PHONE_HZ)
        await asyncio.sleep(1.2)  # so long must it be without ringing
        assert line.audio.share(RING_HZ, 1) == 0.0


async def test_an_empty_claim_on_both_sides_is_no_claim(stage: Stage) -> None:
    async with stage.beating(), stage.phone(), stage.caller():
        caller = await stage.waiting()
        await stage.ring(caller, claim="")
        done = await stage.ami.user_event("CtiBridgeDone")

    assert done["Result"] == "STALE"


async def test_of_two_agents_with_two_claims_one_gets_the_caller(stage: Stage) -> None:
    async with stage.beating(), stage.phone(), stage.phone(endpoint=OTHER), stage.caller() as call:
        caller = await stage.waiting()
        late = await stage.ring(caller, claim="claim-1")
        good = await stage.ring(caller, claim="claim-2", endpoint=OTHER)
        await stage.joined(caller, good)
        done = await stage.ami.user_event("CtiBridgeDone", Uniqueid=late)
        await call.audio.heard_tone(PHONE_HZ)

    assert done["Result"] == "STALE"


async def test_hold_gives_the_caller_music_and_the_agent_silence_and_resume_joins_them_again(stage: Stage) -> None:
    async with stage.beating(), stage.phone() as phone, stage.caller() as call:
        caller = await stage.waiting()
        agent = await stage.joined(caller, await stage.ring(caller))
        leg = await phone.call()
        await call.audio.heard_tone(PHONE_HZ)
        await stage.hold(caller, agent)
        await stage.ami.user_event("CtiHeld", Ix=caller["Ix"])
        await stage.ami.user_event("CtiIdle", Ix=caller["Ix"])
        await call.audio.heard_tone(MUSIC_HZ)
        await leg.audio.heard_silence()
        mark = stage.ami.mark()
        await stage.resume(caller, agent)
        await stage.ami.event("BridgeEnter", Channel=caller["Channel"], since=mark)
        await call.audio.heard_tone(PHONE_HZ)
        await leg.audio.heard_tone(CALLER_HZ)
        await call.hang_up()

    mixed = await stage.lab.recording(caller["Ix"])
    assert tone_share(mixed, MUSIC_HZ) < 0.1
    assert tone_share(mixed, PHONE_HZ) > 0.8


async def test_the_shell_of_a_caller_who_is_taken_ends_only_when_asterisk_lists_it_again(stage: Stage) -> None:
    """Else it may stay in Asterisk's list for ever: see docs/asterisk-notes.md, "Shells"."""
    said = stage.lab.log_file.with_name("shells.log")
    await stage.lab.rasterisk(f"logger add channel {said.name} verbose(3)")
    async with stage.beating(), stage.phone(), stage.caller() as call:
        caller = await stage.waiting()
        agent = await stage.joined(caller, await stage.ring(caller))
        for _ in range(5):
            mark = stage.ami.mark()
            await stage.hold(caller, agent)
            await stage.ami.user_event("CtiHeld", since=mark)
            await stage.ami.user_event("CtiIdle", since=mark)
            mark = stage.ami.mark()
            await stage.resume(caller, agent)
            await stage.ami.event("BridgeEnter", Channel=agent, since=mark)
        await call.hang_up()
        await stage.gone(caller["Uniqueid"])
    assert await channels_left(stage.lab) == ""
    await stage.lab.rasterisk(f"logger remove channel {said.name}")

    text = said.read_text()
    shell = rf'"Surrogate/{re.escape(caller["Channel"])}"'
    looked = re.findall(rf"Executing \[h@(cti-\w+):3\] GotoIf\({shell}, \"[01]\?end:look\"\)", text)
    listed = re.findall(rf"Executing \[h@(cti-\w+):3\] GotoIf\({shell}, \"1\?end:look\"\)", text)
    assert len(looked) >= len(listed) == 6, "one join and five resumes, each shell has seen itself listed"
    assert set(listed) == {"cti-hold", "cti-held"}


async def test_a_held_caller_stays_with_the_agent_when_the_platform_dies(stage: Stage) -> None:
    async with stage.phone() as phone, stage.caller() as call:
        async with stage.beating():
            caller = await stage.waiting()
            agent = await stage.joined(caller, await stage.ring(caller))
            leg = await phone.call()
            await stage.hold(caller, agent)
            await stage.ami.user_event("CtiHeld")
        await asyncio.sleep(5)
        fallen = [m for m in stage.ami.seen if m.get("UserEvent") == "CtiFallback"]
        await call.audio.heard_tone(MUSIC_HZ)
        assert not leg.is_over

    assert fallen == []


async def test_a_held_caller_whose_agent_vanishes_while_the_platform_is_dead_goes_to_the_fallback(stage: Stage) -> None:
    async with stage.phone() as phone, stage.caller() as call:
        async with stage.beating():
            caller = await stage.waiting()
            agent = await stage.joined(caller, await stage.ring(caller))
            leg = await phone.call()
            await stage.hold(caller, agent)
            await stage.ami.user_event("CtiHeld")
        await leg.hang_up()
        await stage.ami.user_event("CtiFallback", Ix=caller["Ix"])
        await phone.call()
        await call.audio.heard_tone(PHONE_HZ)


async def test_a_held_caller_whose_agent_vanishes_waits_for_an_order_of_the_living_platform(stage: Stage) -> None:
    async with stage.beating(), stage.phone() as phone, stage.caller() as call:
        caller = await stage.waiting()
        agent = await stage.joined(caller, await stage.ring(caller))
        leg = await phone.call()
        await stage.hold(caller, agent)
        await stage.ami.user_event("CtiHeld")
        await leg.hang_up()
        await stage.ami.user_event("CtiAfter", Ix=caller["Ix"])
        mark = stage.ami.mark()
        await stage.ami.action("Redirect", Channel=caller["Channel"], Context="cti-hold", Exten="s", Priority=1)
        await stage.waiting(since=mark)
        await call.audio.heard_tone(MUSIC_HZ)


async def test_a_caller_from_hold_is_not_dropped_when_the_platform_dies_before_its_order(stage: Stage) -> None:
    async with stage.beating() as heart, stage.phone() as phone, stage.caller() as call:
        caller = await stage.waiting()
        agent = await stage.joined(caller, await stage.ring(caller))
        leg = await phone.call()
        await stage.hold(caller, agent)
        await stage.ami.user_event("CtiHeld")
        await leg.hang_up()
        await stage.ami.user_event("CtiAfter", Ix=caller["Ix"])
        await heart.stop()
        await stage.ami.user_event("CtiFallback", Ix=caller["Ix"])
        await phone.call()
        await call.audio.heard_tone(PHONE_HZ)


async def test_an_idle_agent_leg_ends_when_its_held_caller_leaves(stage: Stage) -> None:
    async with stage.beating(), stage.phone() as phone, stage.caller() as call:
        caller = await stage.waiting()
        agent = await stage.joined(caller, await stage.ring(caller))
        leg = await phone.call()
        await stage.hold(caller, agent)
        await stage.ami.user_event("CtiIdle")
        await call.hang_up()
        ended = await leg.ended(within=3)

    assert ended.ended_by is EndedBy.them


async def test_after_the_agent_hangs_up_the_caller_has_five_seconds_for_an_order(stage: Stage) -> None:
    async with stage.beating(), stage.phone() as phone, stage.caller() as call:
        caller = await stage.waiting()
        await stage.joined(caller, await stage.ring(caller))
        await (await phone.call()).hang_up()
        hung_up = time.monotonic()
        await stage.ami.user_event("CtiAfter", Ix=caller["Ix"])
        ended = await call.ended()
        took = time.monotonic() - hung_up

    assert ended.ended_by is EndedBy.them
    assert 4.8 < took < 5.8


async def test_after_the_agent_hangs_up_a_dead_platform_does_not_keep_the_caller(stage: Stage) -> None:
    async with stage.phone() as phone, stage.caller() as call:
        async with stage.beating():
            caller = await stage.waiting()
            await stage.joined(caller, await stage.ring(caller))
            leg = await phone.call()
        await leg.hang_up()
        hung_up = time.monotonic()
        await call.ended()
        took = time.monotonic() - hung_up
        again = [m for m in stage.ami.seen if m.get("UserEvent") == "CtiFallback"]

    assert took < 4.0
    assert again == []


async def test_a_caller_who_hangs_up_takes_the_agent_leg_along(stage: Stage) -> None:
    async with stage.beating(), stage.phone() as phone, stage.caller() as call:
        caller = await stage.waiting()
        await stage.joined(caller, await stage.ring(caller))
        leg = await phone.call()
        await call.hang_up()
        ended = await leg.ended(within=2)
        done = await stage.ami.user_event("CtiBridgeDone")

    assert ended.ended_by is EndedBy.them
    assert (done["Result"], done["Claim"]) == ("SUCCESS", TOKEN)


@pytest.mark.parametrize(("manner", "cause"), [(Manner.busy, "17"), (Manner.decline, "21"), (Manner.ring, "19")])
async def test_an_agent_who_does_not_take_the_call_leaves_the_caller_waiting(
    stage: Stage, manner: Manner, cause: str
) -> None:
    async with stage.beating(), stage.phone(manner), stage.caller() as call:
        caller = await stage.waiting()
        leg = await stage.ring(caller, timeout=2)
        gone = await stage.gone(leg)
        await call.audio.heard_tone(MUSIC_HZ)
        phantom = [m for m in stage.ami.seen if "OutgoingSpoolFailed" in m.get("Channel", "")]

    assert gone["Cause"] == cause
    assert phantom == []


async def test_a_second_originate_with_the_same_leg_id_makes_no_second_call(stage: Stage) -> None:
    async with stage.beating(), stage.phone(Manner.ring) as phone, stage.caller():
        caller = await stage.waiting()
        leg = await stage.ring(caller)
        await phone.call()
        stage.legs -= 1
        assert await stage.ring(caller) == leg
        await stage.ami.event("OriginateResponse", Response="Failure")
        made = [m for m in stage.ami.seen if m["Event"] == "Newchannel" and m["Uniqueid"] == leg]
        await stage.ami.action("Hangup", Channel=leg, Cause=26)
        await stage.gone(leg)

    assert len(made) == 1


async def test_a_pool_phone_can_dial_the_tone_test_and_nothing_else(stage: Stage) -> None:
    async with stage.phone() as phone:
        test = await phone.dial("600")
        await test.answered()
        await test.audio.heard_tone(440)
        await test.hang_up()
        other = await phone.dial("0034911222333")
        refused = await other.ended()

    assert (refused.ended_by, refused.status) == (EndedBy.refused, 404)


async def test_the_platform_may_not_run_programs_or_change_the_switch(stage: Stage) -> None:
    run = await stage.ami.action(
        "Originate", Channel=f"PJSIP/{PHONE}", Application="System", Data="true", Async="true", Timeout=1000
    )
    command = await stage.ami.action("Command", Command="core show uptime")
    config = await stage.ami.action("GetConfig", Filename="manager.conf")

    assert {run["Response"], command["Response"], config["Response"]} == {"Error"}
