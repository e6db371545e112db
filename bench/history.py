"""`history`: a customer's 50 entries out of a million timeline rows, on SQLite and on PostgreSQL."""

from __future__ import annotations

import random
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from sqlalchemy.ext.asyncio import AsyncEngine

from bench.history_rows import ENTRIES, customer_id, databases, filled
from bench.openloop import open_loop
from bench.report import Findings, Goal, percentile
from crm_core.timeline.service import TimelineService

GOALS = {
    "sqlite_p99_ms": Goal("<=", 5),
    "postgres_p99_ms": Goal("<=", 5),
    "growth_10k_to_1m": Goal("<=", 1.5),
}
SMALL, LARGE = 10_000, 1_000_000
RATE, SECONDS, WARM_UP, RUNS = 100, 10, 3, 5
Say = Callable[[str], None]


@dataclass(slots=True)
class Times:
    """Of each run at one size: percentiles in milliseconds."""

    p50: list[float] = field(default_factory=list)
    p99: list[float] = field(default_factory=list)


async def run(quick: bool, say: Say) -> Findings:
    large, seconds, runs = (LARGE // 10, 1, 3) if quick else (LARGE, SECONDS, RUNS)
    found = Findings(
        {"rows": large, "small_rows": SMALL, "entries_a_customer": ENTRIES, "requests_per_s": RATE, "seconds": seconds}
    )
    growth = []
    async with databases() as kinds:
        for kind, make in kinds.items():
            times = {}
            for rows in (SMALL, large):
                times[rows] = await _measure(f"{kind}, {rows} rows", await make(), rows, (seconds, runs), say)
            found.add(f"{kind}_p99_ms", times[large].p99)
            found.add(f"{kind}_p50_ms", times[large].p50)
            found.add(f"{kind}_p99_ms_at_10k", times[SMALL].p99)
            found.add(f"{kind}_p50_ms_at_10k", times[SMALL].p50)
            growth.append([b / a for a, b in zip(sorted(times[SMALL].p50), sorted(times[large].p50), strict=True)])
            found.add(f"{kind}_growth", growth[-1])
    found.add("growth_10k_to_1m", max(growth, key=statistics.median))
    found.notes.append(
        "A request is TimelineService.page: one query of 50 entries of a customer chosen at random, as the desk asks, "
        "timed from when it was due. Growth is that of the p50; the goal is held against the database that grows more."
    )
    if quick:
        found.notes.append(f"Quick: growth is from {SMALL} to {large} rows.")
    return found


async def _measure(what: str, url: str, rows: int, length: tuple[int, int], say: Say) -> Times:
    """The database is filled, warmed up and asked; `length` is seconds a run and the number of runs."""
    began = time.monotonic()
    say(f"{what}: filling")
    async with filled(url, rows) as database:
        say(f"{what}: filled in {time.monotonic() - began:.0f} s; asking")
        return await _ask(database, rows // ENTRIES, *length)


async def _ask(database: AsyncEngine, customers: int, seconds: int, runs: int) -> Times:
    service, rng, times = TimelineService(database), random.Random(5), Times()
    wanted = [customer_id(rng.randrange(customers)) for _ in range(RATE * seconds)]

    async def page(number: int) -> None:
        found = await service.page(wanted[number])
        if len(found["entries"]) != ENTRIES:
            raise RuntimeError(f"{wanted[number]} has {len(found['entries'])} entries")

    await open_loop(page, RATE, min(len(wanted), RATE * WARM_UP))
    for _ in range(runs):
        took = await open_loop(page, RATE, len(wanted))
        times.p50.append(percentile(took, 0.5))
        times.p99.append(percentile(took, 0.99))
    return times
