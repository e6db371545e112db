"""`pop`: from the switch's event that a caller waits to the customer with 50 entries on the agent's desk."""

from __future__ import annotations

import asyncio
import os
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp

from bench.desks import Desk, Ticket
from bench.history_rows import ENTRIES, databases
from bench.machine import cpu_seconds, rss_mb
from bench.pop_house import PopSwitch, numbers, platform, prepare, switch
from bench.report import Findings, Goal, percentile

ONCE = {"p50_ms": Goal("<=", 15), "p99_ms": Goal("<=", 75), "lost": Goal("==", 0), "rss_growth_pct": Goal("<=", 5)}
GOALS = {**ONCE, **{f"postgres_{name}": goal for name, goal in ONCE.items()}}
RATE, SECONDS, WARM_UP = 20, 60, 30
"""Calls a second, for so many seconds, after so many: by then the first of the legs that ended are forgotten, so that
what memory grows by is what would grow for ever."""
DESKS = 200
PATIENCE = 5.0
"""Seconds after the last call in which a pop still counts as late instead of lost."""
Say = Callable[[str], None]


@dataclass(slots=True)
class Pops:
    """When each caller's customer was first seen on a desk, and pops without the whole history."""

    seen: dict[str, float] = field(default_factory=dict)
    short: int = 0

    def take(self, number: str, at: float, entries: int) -> None:
        self.seen.setdefault(number, at)
        self.short += entries != ENTRIES


@dataclass(frozen=True, slots=True)
class Load:
    rate: float
    seconds: int
    warm_up: int
    desks: int

    @property
    def callers(self) -> int:
        return int(self.rate * (self.seconds + self.warm_up))


async def run(quick: bool, say: Say) -> Findings:
    load = Load(RATE / 5, 8, 3, DESKS // 5) if quick else Load(RATE, SECONDS, WARM_UP, DESKS)
    found = Findings({"calls_per_s": load.rate, "seconds": load.seconds, "desks": load.desks, "entries_a_pop": ENTRIES})
    async with databases() as kinds:
        for kind in kinds:
            with tempfile.TemporaryDirectory(prefix="bench-pop-") as folder:
                await _measure(found, kind, Path(folder), await kinds[kind](), load, say)
    found.notes.append(
        "From the moment the simulated switch (a process of its own) makes the CtiHold event to the moment the desk's "
        "socket hands over the message with customer and history. Figures without a prefix are those of SQLite. "
        "limit_fsync_ms is what this disk takes to keep 4 KiB: each pop waits for at least one commit."
    )
    return found


async def _measure(found: Findings, kind: str, folder: Path, url: str, load: Load, say: Say) -> None:
    callers, prefix = numbers(load.callers), "" if kind == "sqlite" else f"{kind}_"
    say(f"{kind}: preparing {load.desks} agents and {len(callers)} customers")
    tickets = await prepare(url, load.desks, callers)
    found.add(f"{prefix}limit_fsync_ms", await asyncio.to_thread(_fsync_ms, folder))
    async with switch(folder, load.desks) as pbx, platform(folder, url, pbx) as (address, pid):
        pops = Pops()
        async with _desks(address, tickets, pops):
            first = int(load.rate * load.warm_up)
            say(f"{load.desks} desks are open; warming up for {load.warm_up} s")
            await _serve(pbx, pops, callers[:first], load.rate)
            say(f"measuring for {load.seconds} s")
            memory, cpu, began = rss_mb(pid), cpu_seconds(pid), time.monotonic()
            await _serve(pbx, pops, callers[first:], load.rate)
            spent = (cpu_seconds(pid) - cpu) / (time.monotonic() - began)
            grown = (rss_mb(pid) - memory) / memory * 100
    _add(found, prefix, _latencies(pbx, pops, callers[first:]), len(callers[first:]))
    found.add(f"{prefix}rss_growth_pct", [grown])
    found.add(f"{prefix}rss_mb", [memory])
    found.add(f"{prefix}core_pct", [spent * 100])
    found.add(f"{prefix}pops_not_whole", [pops.short])


async def _serve(pbx: PopSwitch, pops: Pops, callers: Sequence[str], rate: float) -> None:
    """All of them call in; returns when the last pop was seen, or will not be."""
    await pbx.place(callers, rate)
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline and not all(one in pops.seen for one in callers):  # noqa: ASYNC110 - no event
        await asyncio.sleep(0.1)
    await asyncio.sleep(2)


@asynccontextmanager
async def _desks(address: str, tickets: Sequence[Ticket], pops: Pops) -> AsyncIterator[None]:
    connector = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(connector=connector, cookie_jar=aiohttp.DummyCookieJar()) as client:
        desks = [Desk(address, client, ticket, pops.take) for ticket in tickets]
        try:
            for first in range(0, len(desks), 10):
                await asyncio.gather(*(desk.open() for desk in desks[first : first + 10]))
            yield
            gone = [desk.problem for desk in desks if desk.problem]
            if gone:
                raise RuntimeError(f"{len(gone)} desks lost their connection")
        finally:
            await asyncio.gather(*(desk.close() for desk in desks))


def _latencies(pbx: PopSwitch, pops: Pops, callers: Sequence[str]) -> list[float]:
    both = [one for one in callers if one in pbx.held and one in pops.seen]
    return [(pops.seen[one] - pbx.held[one]) * 1000 for one in both]


def _add(found: Findings, prefix: str, took: Sequence[float], calls: int) -> None:
    for name, share in (("p50_ms", 0.5), ("p99_ms", 0.99)):
        parts = [took[at::5] for at in range(5)]
        found.add(f"{prefix}{name}", [percentile(took, share)])
        found.add(f"{prefix}{name}_fifths", [percentile(part, share) for part in parts])
    found.add(f"{prefix}max_ms", [max(took)])
    found.add(f"{prefix}lost", [calls - len(took)])


def _fsync_ms(folder: Path) -> list[float]:
    """Milliseconds to write 4 KiB and know it on the disk, several times."""
    took = []
    with (folder / "fsync").open("wb") as file:
        for _ in range(50):
            began = time.perf_counter()
            file.write(bytes(4096))
            file.flush()
            os.fsync(file.fileno())
            took.append((time.perf_counter() - began) * 1000)
    return took
