"""The platform's figures for Prometheus: counted as commits pass by, or looked up when somebody asks."""

from __future__ import annotations

import asyncio
import shutil
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from prometheus_client import CollectorRegistry, Histogram
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from cti.switch import LinkState
from kernel.engine import Published
from routing.attempts import Outcome
from routing.dialling import DialEnded, DialRefused
from routing.messages import OfferEnded

if TYPE_CHECKING:
    from server.platform import Platform

COMMIT = (0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
LAG = (0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5)
SCHEDULED = Path("/proc/thread-self/schedstat")
LOOK = 0.1
"""Seconds between two looks at the event loop."""
WAITING = frozenset({"queued", "offered", "in_fallback"})
TALKING = frozenset({"active", "held"})
OVER = {
    "offers": ("accepted", "declined", "timed_out", "rescinded", "failed"),
    "recordings": ("stored", "lost", "purged"),
}


class Tally:
    """Counts what ends: offers by outcome, recordings by what became of them. The row of an offer that is over is saved
    again when its leg is gone, so its end is counted by the event; one whose leg got to the talk ends without."""

    def __init__(self) -> None:
        self.ended: Counter[tuple[str, str]] = Counter()
        self.problems: Counter[str] = Counter()
        self.dials: Counter[str] = Counter()
        self.refusals: Counter[str] = Counter()

    def heard(self, published: Published) -> None:
        """A listener of the outlet."""
        for event in published.events:
            if isinstance(event, DialEnded):
                self.dials[event.outcome] += 1
            elif isinstance(event, DialRefused):
                self.refusals[event.error] += 1
            elif isinstance(event, OfferEnded):
                self.ended["offers", event.state] += 1
        for change in published.changes:
            state = str(getattr(change.row, "state", ""))
            if change.shelf == "offers":
                self.ended["offers", state] += state == "accepted" and getattr(change.row, "ended_at", None) is not None
            elif state in OVER.get(change.shelf, ()):
                self.ended[change.shelf, state] += 1
                if problem := getattr(change.row, "problem", None):
                    self.problems[str(problem)] += 1


class Loop:
    """How late the event loop comes: everything that people see and callers hear waits as long."""

    def __init__(self, late: Histogram, held: Histogram) -> None:
        self._late, self._held = late, held

    async def watch(self) -> None:
        """Until cancelled. `held` is what is left of the lag without the time in which this thread was ready to run
        and other threads had the cores: what the platform's own work on the loop keeps everybody waiting."""
        while True:
            began, waited = time.perf_counter(), queued_seconds()
            await asyncio.sleep(LOOK)
            late = max(0.0, time.perf_counter() - began - LOOK)
            self._late.observe(late)
            self._held.observe(max(0.0, late - (queued_seconds() - waited)))


class Figures(Collector):
    """All of them, over a running platform."""

    def __init__(self, platform: Platform, folders: dict[str, Path]) -> None:
        self._platform = platform
        self._folders = folders

    def register(self, registry: CollectorRegistry) -> Loop:
        """Into `registry`; the answer wants to be run."""
        registry.register(self)
        commits = Histogram("trunkline_commit_seconds", "Seconds a commit took", registry=registry, buckets=COMMIT)
        self._platform.store.on_commit = commits.observe
        words = "Seconds the event loop came late"
        late = Histogram("trunkline_event_loop_lag_seconds", words, registry=registry, buckets=LAG)
        words = "The same without the time in which other threads had the cores"
        return Loop(late, Histogram("trunkline_event_loop_held_seconds", words, registry=registry, buckets=LAG))

    def collect(self) -> Iterable[Metric]:
        yield from self._calls()
        yield from self._agents()
        yield from self._engine()
        yield from self._dials()
        yield from self._switch()
        yield from self._disks()

    def _calls(self) -> Iterator[Metric]:
        state, now = self._platform.rooms.routing, self._platform.clock.now()
        waiting = GaugeMetricFamily("trunkline_calls_waiting", "Callers whom nobody serves yet", labels=["queue"])
        longest = GaugeMetricFamily("trunkline_longest_wait_seconds", "How long the first waits", labels=["queue"])
        talking = GaugeMetricFamily("trunkline_calls_talking", "Callers with an agent", labels=["queue"])
        for queue in state.queues:
            calls = [one for one in state.interactions if one.queue_id == queue.id]
            if not (queue.active or calls):
                continue
            waits = [one.queued_at or one.arrived_at for one in calls if one.state in WAITING]
            waiting.add_metric([queue.id], len(waits))
            longest.add_metric([queue.id], max(0.0, (now - min(waits)).total_seconds()) if waits else 0.0)
            talking.add_metric([queue.id], sum(one.state in TALKING for one in calls))
        yield from (waiting, longest, talking)
        yield _counter("trunkline_offers", "Offers by outcome", "outcome", self._ended("offers"))
        yield _counter("trunkline_recordings", "Recordings by their end", "state", self._ended("recordings"))
        problems = self._platform.tally.problems
        yield _counter("trunkline_recording_problems", "Recordings with less sound than talk", "problem", problems)

    def _ended(self, shelf: str) -> dict[str, int]:
        return {state: self._platform.tally.ended[shelf, state] for state in OVER[shelf]}

    def _agents(self) -> Iterator[Metric]:
        found = Counter((one.presence, one.duty, one.device) for one in self._platform.rooms.routing.agents)
        agents = GaugeMetricFamily("trunkline_agents", "Agents by state", labels=["presence", "duty", "device"])
        for (presence, duty, device), count in found.items():
            agents.add_metric([presence, duty, device], count)
        yield agents

    def _engine(self) -> Iterator[Metric]:
        platform, core = self._platform, self._platform.engine.core
        yield _counter("trunkline_messages", "Messages handled by type", "type", core.counts)
        rows = GaugeMetricFamily("trunkline_rows", "Rows in memory by shelf", labels=["shelf"])
        for name, shelf in core.shelves.items():
            rows.add_metric([name], len(shelf))
        yield rows
        yield GaugeMetricFamily("trunkline_backlog", "Messages in the inbox", value=platform.engine.backlog)
        dead = core.counts["dead_letters"] + platform.store.buried
        yield CounterMetricFamily("trunkline_dead_letters", "Messages and rows nobody could handle", value=dead)
        failures = platform.store.failures
        yield CounterMetricFamily("trunkline_commit_failures", "Commits that failed, each try", value=failures)
        age = platform.heartbeat.age
        yield GaugeMetricFamily("trunkline_commit_age_seconds", "Seconds since the last commit", value=age)
        beating = float(platform.heartbeat.beating)
        yield GaugeMetricFamily("trunkline_heartbeat", "1 while the switch gets its heartbeat", value=beating)
        ignored = platform.rooms.book.ignored
        yield _counter("trunkline_ignored_facts", "Late or repeated facts by type", "type", ignored)

    def _dials(self) -> Iterator[Metric]:
        tally, sealer = self._platform.tally, self._platform.sealer
        outcomes = {one.value: tally.dials[one.value] for one in Outcome}
        yield _counter("trunkline_dials", "Attempts to call a number, by outcome", "outcome", outcomes)
        yield _counter("trunkline_dials_refused", "Attempts without a permit, by rule", "reason", tally.refusals)
        words = "Permits that had no seal after the last look"
        yield GaugeMetricFamily("trunkline_permits_unsealed", words, value=sealer.unsealed)
        oldest = (self._platform.clock.now() - sealer.oldest).total_seconds() if sealer.oldest else 0.0
        words = "Seconds since the oldest of them was granted"
        yield GaugeMetricFamily("trunkline_permits_unsealed_age_seconds", words, value=max(0.0, oldest))
        words = "Seconds since the sealer last left nothing without a seal"
        yield GaugeMetricFamily("trunkline_sealer_age_seconds", words, value=sealer.age)

    def _switch(self) -> Iterator[Metric]:
        switch = self._platform.switch
        yield _counter("trunkline_switch_link", "What the link to the switch counted", "what", switch.counts)
        up = switch.status.state is LinkState.up
        yield GaugeMetricFamily("trunkline_switch_up", "1 while the link to the switch is up", value=float(up))
        words = "Wrong with the switch although it is up"
        yield GaugeMetricFamily("trunkline_switch_problems", words, value=len(switch.status.problems))
        words = "Seconds our time is ahead of this machine's clock"
        yield GaugeMetricFamily(
            "trunkline_clock_ahead_seconds", words, value=self._platform.clock.ahead.total_seconds()
        )

    def _disks(self) -> Iterator[Metric]:
        free = GaugeMetricFamily("trunkline_disk_free_bytes", "Free space by what is kept there", labels=["what"])
        for what, folder in self._folders.items():
            free.add_metric([what], free_bytes(folder))
        yield free


def queued_seconds() -> float:
    """How long this thread was ready and had no core, ever; 0 where the kernel does not tell."""
    try:
        return int(SCHEDULED.read_text().split()[1]) / 1e9
    except (OSError, ValueError, IndexError):
        return 0.0


def free_bytes(folder: Path) -> int:
    """Free space where `folder` is or would be; 0 when that cannot be told."""
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    try:
        return shutil.disk_usage(folder).free
    except OSError:
        return 0


def _counter(name: str, words: str, label: str, found: Mapping[str, int]) -> Metric:
    family = CounterMetricFamily(name, words, labels=[label])
    for key, count in found.items():
        family.add_metric([key], count)
    return family
