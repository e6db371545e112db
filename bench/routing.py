"""`routing`: who gets which caller, among up to 10,000 agents and 10,000 who wait, beside a scan over all agents."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TypeVar

from bench.report import Findings, Goal, percentile
from bench.routing_floor import Floor, Scan, Size
from routing.rows import Duty

GOALS = {"p99_ms": Goal("<=", 2), "ratio_vs_scan": Goal(">=", 50)}
AGENTS, WAITING = (100, 1_000, 10_000), (10, 1_000, 10_000)
SIZES = tuple(Size(agents, waiting) for agents in AGENTS for waiting in WAITING)
DECISIONS, SCANS, WARM_UP, RUNS = 2_000, 30, 200, 5
Say = Callable[[str], None]
T = TypeVar("T")


@dataclass(slots=True)
class Times:
    """Milliseconds of one run: of each decision (by the clock on the wall too), of each arrival that nobody is free
    for, of each scan."""

    decided: list[float] = field(default_factory=list)
    wall: list[float] = field(default_factory=list)
    arrived: list[float] = field(default_factory=list)
    scanned: list[float] = field(default_factory=list)
    bare: list[float] = field(default_factory=list)


async def run(quick: bool, say: Say) -> Findings:
    tenth = 10 if quick else 1
    sizes = [Size(max(10, one.agents // tenth), max(1, one.waiting // tenth)) for one in SIZES]
    largest = sizes[-1]
    runs, decisions = (3, DECISIONS // tenth) if quick else (RUNS, DECISIONS)
    found = Findings(
        {"agents": largest.agents, "waiting": largest.waiting, "queues": largest.queues, "skills": largest.skills,
         "decisions_a_run": decisions}
    )  # fmt: skip
    means = {}
    for size in dict.fromkeys(sizes):
        say(f"{size.agents} agents, {size.waiting} waiting")
        times = [_busy(Floor(size, seed), decisions) for seed in range(runs)]
        name = "" if size == largest else f"_{size.agents}_agents_{size.waiting}_waiting"
        means[size] = [statistics.mean(one.decided) for one in times]
        found.add(f"p99_ms{name}", [percentile(one.decided, 0.99) for one in times])
        found.add(f"p50_ms{name}", [percentile(one.decided, 0.5) for one in times])
        found.add(f"decisions_per_s{name}", [1000 / mean for mean in means[size]])
        if size == largest:
            _beside_the_scan(found, times)
    found.add("growth", [b / a for a, b in zip(means[sizes[0]], means[largest], strict=True)])
    say(f"{largest.agents} agents, all free, callers come")
    free = [_free(Floor(Size(largest.agents, 0), seed, everybody_free=True), decisions) for seed in range(runs)]
    found.add("free_p99_ms", [percentile(one, 0.99) for one in free])
    found.add("free_p50_ms", [percentile(one, 0.5) for one in free])
    found.notes += _notes(sizes[0], largest)
    return found


def _notes(least: Size, largest: Size) -> Iterator[str]:
    yield (
        "By the processor time of the thread, for a wall clock tells of the neighbours on the machine too; "
        "wall_p99_ms is by that one."
    )
    yield (
        "A decision: all are busy, one agent becomes free; from then until the matchmaker has read the changed rows "
        "again, chosen, said why of every agent, and taken in what became of it. Rows are written outside that time."
    )
    yield (
        f"Growth is that of the mean from {least.agents} agents and {least.waiting} waiting to {largest.agents} and "
        f"{largest.waiting}. Free: everybody is free and nobody waits; a caller comes."
    )
    yield (
        "The scan looks at all agents and says why of each, as the platform did; the callers' order is given to it. "
        "The bare scan only finds the caller and those who could. Both are made on the same rows, between decisions."
    )


def _beside_the_scan(found: Findings, times: list[Times]) -> None:
    found.add("wall_p99_ms", [percentile(one.wall, 0.99) for one in times])
    found.add("arrival_p99_ms", [percentile(one.arrived, 0.99) for one in times])
    for name, of in (("scan", [one.scanned for one in times]), ("bare_scan", [one.bare for one in times])):
        found.add(f"{name}_ms", [statistics.mean(one) for one in of])
        ratios = [statistics.mean(scans) / statistics.mean(one.decided) for scans, one in zip(of, times, strict=True)]
        found.add(f"ratio_vs_{name}", ratios)


def _busy(floor: Floor, decisions: int) -> Times:
    """Agents become free one by one while many wait; each served caller is followed by another."""
    times, scan, agents = Times(), Scan(floor), [one.id for one in floor.state.agents]
    for number in range(-WARM_UP, decisions):
        agent_id = floor.rng.choice(agents)
        floor.becomes(agent_id, Duty.idle)
        if number >= 0 and number % max(1, decisions // SCANS) == 0:
            times.bare.append(_timed(scan.first)[0])
            times.scanned.append(_timed(scan.decide)[0])
        decided = _decide(floor)
        floor.becomes(agent_id, Duty.busy)
        floor.arrive()
        arrived, _, _ = _timed(lambda: floor.matchmaker.next(floor.at))
        floor.settle()
        if number >= 0 and decided is not None:
            times.decided.append(decided[0])
            times.wall.append(decided[1])
            times.arrived.append(arrived)
    return times


def _free(floor: Floor, decisions: int) -> list[float]:
    """A caller comes while everybody is free; who was chosen is free again when the next has come."""
    times = []
    for number in range(-WARM_UP, decisions):
        floor.arrive()
        chosen: list[str] = []
        decided = _decide(floor, chosen)
        for agent_id in chosen:
            floor.becomes(agent_id, Duty.idle)
        floor.settle()
        if number >= 0 and decided is not None:
            times.append(decided[0])
    return times


def _decide(floor: Floor, chosen: list[str] | None = None) -> tuple[float, float] | None:
    """Milliseconds of one decision and of taking in what became of it, of the processor and on the wall; None when
    nobody could be offered."""
    took, on_wall, choice = _timed(lambda: floor.matchmaker.next(floor.at))
    if choice is None:
        return None
    for agent_id in choice.agents:
        floor.offer(choice.caller, agent_id)
        if chosen is not None:
            chosen.append(agent_id)
    more, more_on_wall, nobody = _timed(lambda: floor.matchmaker.next(floor.at))
    if nobody is not None:
        raise RuntimeError(f"{nobody.caller} is offered too, though nobody became free")
    floor.leave(choice.caller)
    return took + more, on_wall + more_on_wall


def _timed(work: Callable[[], T]) -> tuple[float, float, T]:
    """Milliseconds of the processor, and on the wall."""
    on_wall, began = time.perf_counter(), time.thread_time()
    found = work()
    took = time.thread_time() - began
    return took * 1000, (time.perf_counter() - on_wall) * 1000, found
