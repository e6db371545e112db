"""`python -m lab.sim`: the simulated switch as a process of its own, until it is told to stop or interrupted."""

from __future__ import annotations

import argparse
import asyncio
import os
import signal
from contextlib import AsyncExitStack
from pathlib import Path

from lab.sim.control import ControlServer, state_file
from lab.sim.phones import Policy
from lab.sim.switch import SimSwitch


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m lab.sim", description=__doc__)
    parser.add_argument("--port", type=int, default=5038, help="where AMI listens on the loopback (0: any free port)")
    parser.add_argument("--phones", type=int, default=8, help="the size of the pool of phones")
    parser.add_argument("--files", type=Path, help="a folder for phones.json and ami.json")
    parser.add_argument("--answer-after", type=float, metavar="S", help="phones answer by themselves after S seconds")
    parser.add_argument("--talk", type=float, metavar="S", help="phones that answer hang up after S seconds")
    parser.add_argument("--unregistered", action="store_true", help="phones are lost until they are registered")
    return parser.parse_args()


def _policy(arguments: argparse.Namespace) -> Policy:
    if arguments.answer_after is None:
        return Policy.rings_out()
    return Policy.answers(arguments.answer_after, arguments.talk)


async def _run(arguments: argparse.Namespace) -> None:
    switch = SimSwitch(
        arguments.phones,
        port=arguments.port,
        secret=os.environ.get("TRUNKLINE_AMI_SECRET", ""),
        policy=_policy(arguments),
        registered=not arguments.unregistered,
    )
    async with switch, AsyncExitStack() as noted:
        if arguments.files:
            switch.write_files(arguments.files)
        # The note by which others find this switch comes last: who sees it finds the files of this one.
        control = await noted.enter_async_context(ControlServer(switch, state_file()))
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, control.stopped.set)
        known = f"phones.json and ami.json in {arguments.files}" if arguments.files else "secret from the environment"
        print(f"simulated switch: AMI on 127.0.0.1:{switch.port}, user {switch.user}, {known}", flush=True)
        print(f"control on 127.0.0.1:{control.port} ({state_file()})", flush=True)
        await control.stopped.wait()


if __name__ == "__main__":
    asyncio.run(_run(_arguments()))
