"""`queue`: the platform's queue beside Asterisk's own, on the same switch, phones and callers, in turns."""

from __future__ import annotations

import asyncio
import os
import sys
import tempfile
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import aiohttp

from bench import queue_peer
from bench.desks import Desk
from bench.machine import ROOT
from bench.pop_house import ended_after, platform, prepare
from bench.queue_watch import Served, overtaken, served, spread
from bench.report import Findings, Goal, percentile
from lab import sipp
from lab.asterisk import AsteriskLab, LabSettings
from lab.caller import TRUNK
from lab.plans import CallPlan
from routing.queuerows import Queue

GOALS = {"median_ratio_vs_app_queue": Goal("<=", 1), "spread_ratio_vs_app_queue": Goal("<=", 1)}
AGENTS, RATE, SECONDS, ROUNDS = 20, 10.0, 40, 3
TALK = (1.4, 2.4)
"""Seconds of a talk, any length as likely: 10 calls a second are 19 of 20 agents' work."""
WARM_UP = 5
"""The first seconds of each round, in which agents are still free."""
STAY = 60.0
"""No caller gives up before."""
OURS = "5551234"
QUEUE = Queue("main", "Main", wrap_seconds=60)
SEED = 20261122
Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Load:
    agents: int
    rate: float
    seconds: int
    rounds: int


@dataclass(frozen=True, slots=True)
class Reached:
    """The lab as the platform is told of it."""

    port: int
    secret: str
    phones: str


class WorkingDesk(Desk):
    """An agent who is done with a call as soon as it is over."""

    _over = ""

    async def _take(self, text: str, at: float) -> None:
        await super()._take(text, at)
        call = self.news(text).get("call") if '"wrapping"' in text else None
        if call and call["stint"]["state"] == "wrapping" and call["id"] != self._over:
            self._over = call["id"]
            await self.ask("POST", f"/api/calls/{call['id']}/wrap-up", {"disposition": "resolved"})


async def run(quick: bool, say: Say) -> Findings:
    load = Load(4, RATE / 5, 12, 1) if quick else Load(AGENTS, RATE, SECONDS, ROUNDS)
    settings = LabSettings(phones=load.agents, plain_phones=load.agents, record="never")
    ours: list[list[Served]] = []
    peers: list[list[Served]] = []
    lost = {"": 0, "app_queue_": 0}
    with tempfile.TemporaryDirectory(prefix="bench-queue-") as name:
        async with AsteriskLab(settings, say) as lab, _phones(lab, Path(name)):
            await queue_peer.install(lab, load.agents)
            for number in range(load.rounds):
                say(f"round {number + 1} of {load.rounds}: Asterisk's own queue")
                found, gone = await _round(lab, load, queue_peer.NUMBER)
                peers.append(found)
                lost["app_queue_"] += gone
                say(f"round {number + 1} of {load.rounds}: the platform")
                async with _platform(lab, load, Path(name) / f"round-{number}"):
                    found, gone = await _round(lab, load, OURS)
                ours.append(found)
                lost[""] += gone
    return _findings(load, ours, peers, lost)


async def _round(lab: AsteriskLab, load: Load, to: str) -> tuple[list[Served], int]:
    """All callers of a round, less those of the warm-up; and how many were never served."""
    count = int(load.rate * load.seconds)
    plans = [CallPlan(f"+346{number:08d}", "Somebody", to, STAY) for number in range(count)]
    async with lab.observer.client() as ami:
        await ami.action("Events", EventMask="call")
        await sipp.run(plans, lab.sip, TRUNK, load.rate)
        await queue_peer.quiet(lab)
        found, lost = served(ami.seen, load.agents)
    return found[int(load.rate * WARM_UP) :], lost


@asynccontextmanager
async def _phones(lab: AsteriskLab, folder: Path) -> AsyncIterator[None]:
    host, port = lab.sip
    words: Sequence[object] = (lab.phones, host, port, *TALK, SEED)
    command = (sys.executable, "-m", "bench.queue_phones", *map(str, words))
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    async with ended_after(command, env, folder, asyncio.subprocess.PIPE) as process:
        assert process.stdout is not None
        async with asyncio.timeout(60):
            if not await process.stdout.readline():
                raise RuntimeError(f"the phones ended: {(folder / 'processes.log').read_text()[-500:]}")
        yield


@asynccontextmanager
async def _platform(lab: AsteriskLab, load: Load, folder: Path) -> AsyncIterator[None]:
    """The platform with an open desk for each phone, and a new database."""
    await asyncio.to_thread(folder.mkdir)
    url = f"sqlite+aiosqlite:///{folder}/queue.db"
    tickets = await prepare(url, load.agents, (), QUEUE)
    access = Reached(lab.ami.port, lab.ami.secret, str(lab.phones))
    async with platform(folder, url, access) as (address, _), aiohttp.ClientSession() as client:
        desks = [WorkingDesk(address, client, one, lambda *_: None) for one in tickets]
        try:
            for one in desks:
                await one.open()
            yield
            if problems := [one.problem for one in desks if one.problem]:
                raise RuntimeError(f"{len(problems)} desks were lost: {problems[0]}")
        finally:
            await asyncio.gather(*(one.close() for one in desks))


def _findings(
    load: Load, ours: Sequence[Sequence[Served]], peers: Sequence[Sequence[Served]], lost: dict[str, int]
) -> Findings:
    found = Findings({"agents": load.agents, "calls_per_s": load.rate, "seconds": load.seconds, "rounds": load.rounds})
    for prefix, rounds in (("", ours), ("app_queue_", peers)):
        late = [[one.late_ms for one in each] for each in rounds]
        found.add(f"{prefix}median_ms", [percentile(one, 0.5) for one in late])
        found.add(f"{prefix}p95_ms", [percentile(one, 0.95) for one in late])
        found.add(f"{prefix}waited_s", [percentile([one.waited for one in each], 0.5) for each in rounds])
        found.add(f"{prefix}spread_s", [spread(one) for one in rounds])
        found.add(f"{prefix}overtaken_pct", [overtaken(one) for one in rounds])
        found.add(f"{prefix}lost", [lost[prefix]])
    for ratio, figure in (("median_ratio", "median_ms"), ("spread_ratio", "spread_s")):
        mine, theirs = found.figures[figure].median, found.figures[f"app_queue_{figure}"].median
        found.add(f"{ratio}_vs_app_queue", [mine / theirs])
    found.notes.append(
        "median_ms: from answerable (the caller is there, and agents for all who came before and for this one) to the "
        "bridge, by the switch's own times. spread_s: how unevenly five waited who came one after the other. "
        "Agents have no wrap-up in Asterisk's queue; the platform's agents finish theirs over the API as it begins. "
        "The platform shows each caller on a desk first and rings when the desk says it is drawn."
    )
    return found
