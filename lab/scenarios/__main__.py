"""`python -m lab.scenarios`: plays scenarios on either switch and shows, or records, their traces.

The recorded traces are what the simulated switch is held to without an Asterisk; record them on the real one."""

from __future__ import annotations

import argparse
import asyncio
from pathlib import Path

from lab.asterisk import AsteriskLab, LabSettings
from lab.scenarios.player import Player
from lab.scenarios.script import names, scenario
from lab.scenarios.worlds import PHONES, PLAIN_PHONES, AsteriskWorld, SimWorld
from lab.sim import SimSwitch

RECORDED = Path("tests/fixtures/switch_traces")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m lab.scenarios", description=__doc__)
    parser.add_argument("names", nargs="*", help="which scenarios (all of them)")
    parser.add_argument("--switch", choices=("asterisk", "sim"), default="asterisk")
    parser.add_argument("--record", action="store_true", help=f"write the traces to {RECORDED}")
    return parser.parse_args()


def _tell(name: str, trace: str, record: bool) -> None:
    if record:
        RECORDED.mkdir(parents=True, exist_ok=True)
        (RECORDED / f"{name}.txt").write_text(trace)
        print(f"{name}: {len(trace.splitlines())} lines", flush=True)
    else:
        print(f"##### {name}\n{trace}", flush=True)


async def _main(arguments: argparse.Namespace) -> None:
    chosen = arguments.names or names()
    if arguments.switch == "sim":
        for name in chosen:
            async with SimSwitch(PHONES, registered=False) as switch:
                _tell(name, await Player(SimWorld(switch), scenario(name)).play(), arguments.record)
        return
    async with AsteriskLab(LabSettings(phones=PHONES, plain_phones=PLAIN_PHONES)) as lab:
        for name in chosen:
            _tell(name, await Player(AsteriskWorld(lab), scenario(name)).play(), arguments.record)


if __name__ == "__main__":
    asyncio.run(_main(_arguments()))
