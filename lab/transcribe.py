"""Records AMI transcripts: the raw bytes that the platform's user gets while real calls do what their names say.

Run `python -m lab.transcribe [DIRECTORY] [NAME...]` to record them again; numbers and names in them are invented."""

import asyncio
import contextlib
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

from lab.ami import Message
from lab.asterisk import AsteriskLab, LabSettings
from lab.caller import CALLER_HZ, MUSIC_HZ, PHONE_HZ, Leg, Manner
from lab.stage import Stage

TARGET = Path("tests/fixtures/ami")
OTHER = "cti-phone-04"


async def wait_and_hang_up(stage: Stage) -> None:
    async with stage.beating(), stage.caller() as call:
        caller = await stage.waiting()
        await call.audio.heard_tone(MUSIC_HZ)
        await call.hang_up()
        await stage.gone(caller["Uniqueid"])


@contextlib.asynccontextmanager
async def talking(stage: Stage) -> AsyncIterator[tuple[Leg, Leg, Message, str]]:
    """A caller joined with an agent: their legs, the caller's CtiHold and the agent's channel."""
    async with stage.beating(), stage.phone() as phone, stage.caller() as call:
        caller = await stage.waiting()
        agent = await stage.joined(caller, await stage.ring(caller))
        leg = await phone.call()
        await call.audio.heard_tone(PHONE_HZ)
        await leg.audio.heard_tone(CALLER_HZ)
        yield call, leg, caller, agent


async def caller_hangs_up(stage: Stage) -> None:
    async with talking(stage) as (call, leg, caller, _agent):
        await call.hang_up()
        await leg.ended()
        await stage.gone(caller["Uniqueid"])


async def agent_hangs_up(stage: Stage) -> None:
    async with talking(stage) as (call, leg, caller, _agent):
        await leg.hang_up()
        await call.ended()
        await stage.gone(caller["Uniqueid"])


async def hold_and_resume(stage: Stage) -> None:
    async with talking(stage) as (call, leg, caller, agent):
        await stage.hold(caller, agent)
        await call.audio.heard_tone(MUSIC_HZ)
        await leg.audio.heard_silence()
        await stage.resume(caller, agent)
        await call.audio.heard_tone(PHONE_HZ)
        await call.hang_up()
        await stage.gone(caller["Uniqueid"])


async def fallback_with_answer(stage: Stage) -> None:
    async with stage.phone() as phone, stage.caller("Łucja Żółć") as call:
        caller = await stage.waiting()
        leg = await phone.call()
        await call.audio.heard_tone(PHONE_HZ)
        await leg.hang_up()
        await call.ended()
        await stage.gone(caller["Uniqueid"])


async def caller_gives_up_while_ringing(stage: Stage) -> None:
    async with stage.beating(), stage.phone(Manner.ring) as phone, stage.caller() as call:
        caller = await stage.waiting()
        leg = await stage.ring(caller)
        ringing = await phone.call()
        await stage.ami.event("Newstate", Uniqueid=leg, ChannelStateDesc="Ringing")
        await call.hang_up()
        await stage.gone(caller["Uniqueid"])
        await stage.ami.action("Hangup", Channel=leg, Cause=26)
        await ringing.ended()
        await stage.ami.event("OriginateResponse")
        await stage.gone(leg)


async def caller_gone_before_answer(stage: Stage) -> None:
    """The agent answers when the caller has left: the leg reports STALE."""
    async with stage.beating(), stage.phone(Manner.ring) as phone, stage.caller() as call:
        caller = await stage.waiting()
        leg = await stage.ring(caller)
        ringing = await phone.call()
        await call.hang_up()
        await stage.gone(caller["Uniqueid"])
        await ringing.answer()
        await stage.ami.user_event("CtiBridgeDone", Result="STALE")
        await stage.gone(leg)


async def _failed_offer(stage: Stage, manner: Manner, timeout: int = 20) -> None:
    async with stage.beating(), stage.phone(manner) as phone, stage.caller() as call:
        caller = await stage.waiting()
        leg = await stage.ring(caller, timeout=timeout)
        await phone.call()
        await stage.ami.event("OriginateResponse", Response="Failure")
        await stage.gone(leg)
        await call.hang_up()
        await stage.gone(caller["Uniqueid"])


async def agent_no_answer(stage: Stage) -> None:
    await _failed_offer(stage, Manner.ring, timeout=3)


async def agent_busy(stage: Stage) -> None:
    await _failed_offer(stage, Manner.busy)


async def agent_declined(stage: Stage) -> None:
    await _failed_offer(stage, Manner.decline)


async def agent_unregistered(stage: Stage) -> None:
    """An offer to a phone that is not there."""
    async with stage.beating(), stage.caller() as call:
        caller = await stage.waiting()
        await stage.ring(caller)
        await stage.ami.event("OriginateResponse", Response="Failure")
        await call.hang_up()
        await stage.gone(caller["Uniqueid"])


async def stale_claim(stage: Stage) -> None:
    async with stage.beating(), stage.phone() as phone, stage.caller() as call:
        caller = await stage.waiting()
        leg = await stage.ring(caller)
        await stage.ami.action("Setvar", Channel=caller["Channel"], Variable="CTI_CLAIM", Value="")
        await phone.call()
        await stage.gone(leg)
        await call.hang_up()
        await stage.gone(caller["Uniqueid"])


async def snapshots(stage: Stage) -> None:
    """Lists of a switch with nothing on it, with a caller waiting, and with that caller talking."""
    await stage.snapshot()
    async with stage.beating(), stage.caller() as waiting:
        first = await stage.waiting()
        await stage.snapshot()
        await waiting.hang_up()
        await stage.gone(first["Uniqueid"])
    stage.ami.seen.clear()
    async with talking(stage) as (call, _leg, caller, _agent):
        await stage.snapshot()
        await call.hang_up()
        await stage.gone(caller["Uniqueid"])


async def register_and_unregister(stage: Stage) -> None:
    async with stage.phone(endpoint=OTHER):
        await stage.ami.event("DeviceStateChange", Device=f"PJSIP/{OTHER}", State="NOT_INUSE")
    await stage.ami.event("DeviceStateChange", Device=f"PJSIP/{OTHER}", State="UNAVAILABLE")


SCENARIOS: tuple[Callable[[Stage], Awaitable[None]], ...] = (
    wait_and_hang_up,
    caller_hangs_up,
    agent_hangs_up,
    hold_and_resume,
    fallback_with_answer,
    caller_gives_up_while_ringing,
    caller_gone_before_answer,
    agent_no_answer,
    agent_busy,
    agent_declined,
    agent_unregistered,
    stale_claim,
    snapshots,
    register_and_unregister,
)


async def record(target: Path, names: set[str]) -> None:
    """Play the scenarios one after the other, each in an AMI session of its own."""
    async with AsteriskLab(LabSettings(name="transcribe", phones=4, plain_phones=2)) as lab:
        for scenario in SCENARIOS:
            name = scenario.__name__
            if names and name not in names:
                continue
            async with lab.stand_in.client() as ami:
                await ami.event("FullyBooted")
                await scenario(Stage(lab, ami))
                await asyncio.sleep(0.3)  # what trails after the last awaited event belongs to the transcript
            (target / f"{name}.txt").write_bytes(bytes(ami.raw))
            print(f"{name}: {len(ami.raw)} bytes")


if __name__ == "__main__":
    directory = Path(sys.argv[1]) if len(sys.argv) > 1 else TARGET
    directory.mkdir(parents=True, exist_ok=True)
    asyncio.run(record(directory, set(sys.argv[2:])))
