"""A switch of our own for `make run`: a lab Asterisk, or the simulated switch. One that survived a kill is taken up."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from cti.ami.settings import AmiSettings
from lab import begin, daemon, state
from lab.farend import FarEnd
from lab.sim.control import SimControl, is_running
from server.pbx import Pbx

NAME = "run"
PHONES = 8
SIM_ANSWERS_AFTER = "4"
TRUNK = "PJSIP/{number}@trunk"
CALLER_NUMBER = "+34910000000"
Say = Callable[[str], None]


@asynccontextmanager
async def asterisk(why: str, say: Say) -> AsyncIterator[Pbx]:
    """The lab Asterisk, ended with the platform."""
    if any(lab.name == NAME for lab in state.running()):
        say("Taking up the lab Asterisk that still runs")
        reach = begin.Reach.noted(NAME)
    else:
        say("Getting an Asterisk ready: about a minute the first time on a machine, a second later on")
        reach = await begin.asterisk(NAME, PHONES, 0, say)
    try:
        lab = state.find(NAME)
        async with FarEnd((lab.sip_host, lab.sip_port), lab.trunk_port):
            yield _pbx("lab", why, reach)
    finally:
        await asyncio.to_thread(_end)


def _end() -> None:
    lab = state.find(NAME)
    daemon.end(lab.pid, lab.name)
    daemon.clear(Path(lab.home))
    state.forget(NAME)
    begin.env_file(NAME).unlink(missing_ok=True)


@asynccontextmanager
async def simulated(why: str, say: Say) -> AsyncIterator[Pbx]:
    """The simulated switch, ended with the platform. Its phones answer by themselves after some seconds."""
    if is_running():
        say("Taking up the simulated switch that still runs")
        reach = begin.Reach.noted(NAME)
    else:
        reach = await asyncio.to_thread(begin.sim, NAME, PHONES, say, "--answer-after", SIM_ANSWERS_AFTER)
    try:
        yield _pbx("sim", why, reach)
    finally:
        async with SimControl.found() as control:
            await control.down()


def _pbx(kind: str, why: str, reach: begin.Reach) -> Pbx:
    ami = AmiSettings(port=reach.ami_port, username=reach.ami_user, secret=reach.ami_secret)
    return Pbx(kind, why, ami, reach.phones_file, reach.ws_base, reach.recordings_dir)
