"""A day of work in one page: call after call, without growth of memory and without lag."""

from __future__ import annotations

import json
import os
import statistics
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import pytest

from lab.asterisk import AsteriskLab
from lab.caller import SipCaller
from tests.system.desk.browser import AgentBrowser, Browsers
from tests.system.desk.process import CUSTOMERS, PlatformProcess

MB = 1_000_000
HEAP_GROWTH = 3 * MB
NODES_GROWTH = 400
LISTENERS_GROWTH = 60
LONGEST_MS = 500
"""No hand waits longer than this for the page, on a machine that runs switch and platform besides."""
LONGEST_TASKS = """() => new PerformanceObserver(list => {
    for (const one of list.getEntries()) (window.__long ??= []).push(one.duration);
}).observe({type: 'longtask', buffered: true})"""


@dataclass(frozen=True, slots=True)
class Reading:
    """The page after so many calls, with all garbage collected."""

    calls: int
    heap: float
    nodes: float
    listeners: float
    pop_ms: float
    long_tasks: int
    longest_ms: float


@pytest.mark.system
@pytest.mark.timeout(280)
async def test_twelve_calls_leave_nothing_behind(
    desk_lab: AsteriskLab, platform: PlatformProcess, agents: Browsers
) -> None:
    await a_day(12, 4, desk_lab, platform, agents)


@pytest.mark.soak
@pytest.mark.timeout(3600)
async def test_eight_hours_of_two_hundred_calls_leave_nothing_behind(
    desk_lab: AsteriskLab, platform: PlatformProcess, agents: Browsers
) -> None:
    await a_day(200, 20, desk_lab, platform, agents)


async def a_day(calls: int, settled: int, lab: AsteriskLab, platform: PlatformProcess, agents: Browsers) -> None:
    """Compare the page after `settled` calls with the page after all of them."""
    ana = await (await (await agents.agent("ana", platform.url)).sign_in()).ready()
    devtools = await ana.page.context.new_cdp_session(ana.page)
    await devtools.send("Performance.enable")
    await ana.page.evaluate(LONGEST_TASKS)
    pops: list[float] = []
    readings: list[Reading] = []
    for number in range(1, calls + 1):
        pops.append(await one_call(number, ana, lab))
        if number % settled == 0:
            readings.append(await read(number, devtools, ana, pops[-settled:]))
    keep(readings)
    first, last = readings[0], readings[-1]
    assert last.heap - first.heap < HEAP_GROWTH, readings
    assert last.nodes - first.nodes < NODES_GROWTH, readings
    assert last.listeners - first.listeners < LISTENERS_GROWTH, readings
    assert last.pop_ms < 2 * first.pop_ms + 100, readings
    assert max(one.longest_ms for one in readings) < LONGEST_MS, readings
    assert last.long_tasks <= first.long_tasks + settled // 2, readings


async def one_call(number: int, ana: AgentBrowser, lab: AsteriskLab) -> float:
    """Answer, write a note, sometimes hold, look somebody up or read on; hang up, say what came of it. Returns the
    milliseconds from the offer to the pop."""
    page, keys = ana.page, ana.page.keyboard
    caller = CUSTOMERS[number % 4][1] if number % 4 < len(CUSTOMERS) else f"+3460055{number:04d}"
    async with SipCaller(lab.sip, number=caller, to="5551234") as leg:
        await ana.ringing(within=30)
        marks = await ana.marks()
        await keys.press("Control+Shift+A")
        await ana.until("d => d.call && d.call.stint.state === 'joined'", "a talk", 30)
        await keys.press("Control+Shift+O")
        await keys.type(f"Note of call {number}")
        await keys.press("Escape")
        if number % 3 == 0:
            await keys.press("Control+Shift+H")
            await ana.state("held", 30)
            await keys.press("Control+Shift+H")
            await ana.state("active", 30)
        if number % 2 == 0:
            await look_up(ana)
        await leg.hang_up()
        await ana.until("d => d.me.duty === 'wrapping'", "wrap-up", 30)
        if number % 4 == 3:
            await page.locator(".wrapup textarea").fill("")
            await keys.press("Escape")
        await page.locator(".wrapup").focus()
        await keys.press("1")
        await keys.press("Enter")
        await ana.until("d => d.me.routable", "ready again", 30)
        await page.evaluate("() => { window.__peers.length = 0; }")
    return marks["pop_rendered"] - marks["offer_received"]


async def look_up(ana: AgentBrowser) -> None:
    """Find somebody else beside the call, and close them again."""
    keys = ana.page.keyboard
    await keys.press("Control+K")
    await keys.type("oliver")
    await ana.page.locator(".found").first.wait_for()
    await keys.press("Enter")
    await ana.page.locator(".strip .closable .btn").first.click()


async def read(calls: int, devtools: Any, ana: AgentBrowser, pops: list[float]) -> Reading:
    for _ in range(2):
        await devtools.send("HeapProfiler.collectGarbage")
    found = {one["name"]: one["value"] for one in (await devtools.send("Performance.getMetrics"))["metrics"]}
    tasks = await ana.page.evaluate("() => { const found = window.__long ?? []; window.__long = []; return found; }")
    return Reading(
        calls=calls,
        heap=found["JSHeapUsedSize"],
        nodes=found["Nodes"],
        listeners=found["JSEventListeners"],
        pop_ms=round(statistics.median(pops), 1),
        long_tasks=len(tasks),
        longest_ms=round(max(tasks, default=0)),
    )


def keep(readings: list[Reading]) -> None:
    """Write the readings where whoever runs the soak wants them."""
    if path := os.environ.get("TRUNKLINE_READINGS"):
        Path(path).write_text(json.dumps([asdict(one) for one in readings], indent=1))
