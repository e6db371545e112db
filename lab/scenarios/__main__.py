"""`python -m lab.scenarios`: plays scenarios on either switch and shows, or records, their traces and transcripts.

The recorded traces are what the simulated switch is held to without an Asterisk; the transcripts, all that an AMI
client heard which was never cut off with the steps in their places, are what the platform's core is held to. Record
both on the real one."""

from __future__ import annotations

import argparse
import asyncio
import gzip
from pathlib import Path

from lab.asterisk import AsteriskLab, LabSettings
from lab.scenarios import transcripts
from lab.scenarios.player import Player
from lab.scenarios.script import Step, names, scenario
from lab.scenarios.worlds import PHONES, PLAIN_PHONES, AsteriskWorld, SimWorld
from lab.sim import SimSwitch
from lab.sounds import Sounds

RECORDED = Path("tests/fixtures/switch_traces")
TRANSCRIPTS = Path("tests/fixtures/transcripts")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m lab.scenarios", description=__doc__)
    parser.add_argument("names", nargs="*", help="which scenarios (all of them)")
    parser.add_argument("--switch", choices=("asterisk", "sim"), default="asterisk")
    parser.add_argument(
        "--record", action="store_true", help=f"write the traces to {RECORDED}, of the real switch also {TRANSCRIPTS}"
    )
    return parser.parse_args()


def _tell(name: str, trace: str, record: bool) -> None:
    if record:
        RECORDED.mkdir(parents=True, exist_ok=True)
        (RECORDED / f"{name}.txt").write_text(trace)
        print(f"{name}: {len(trace.splitlines())} lines", flush=True)
    else:
        print(f"##### {name}\n{trace}", flush=True)


def _keep(name: str, transcript: bytes, played: list[tuple[float, Step]]) -> None:
    TRANSCRIPTS.mkdir(parents=True, exist_ok=True)
    woven = transcripts.woven(transcript, played)
    (TRANSCRIPTS / f"{name}.txt.gz").write_bytes(gzip.compress(woven, mtime=0))


async def _main(arguments: argparse.Namespace) -> None:
    chosen = arguments.names or names()
    if arguments.switch == "sim":
        for name in chosen:
            async with SimSwitch(PHONES, registered=False) as switch:
                _tell(name, await Player(SimWorld(switch), scenario(name)).play(), arguments.record)
        return
    async with AsteriskLab(LabSettings(phones=PHONES, plain_phones=PLAIN_PHONES, sounds=Sounds.tones)) as lab:
        for name in chosen:
            async with lab.stand_in.client() as listener:
                await listener.event("FullyBooted")
                begun = len(listener.raw)
                player = Player(AsteriskWorld(lab), scenario(name))
                _tell(name, await player.play(), arguments.record)
            if arguments.record:
                _keep(name, bytes(listener.raw[begun:]), player.played)


if __name__ == "__main__":
    asyncio.run(_main(_arguments()))
