"""A turn that fails on the snapshot, which nobody foresaw: the platform heals by itself, and serves callers."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from cti.facts import Snapshot
from cti.reconcile import Known, Repair
from cti.reconcile import repairs as real
from lab.sim import Policy, SimSwitch
from lab.sim.queue import RING_LIMIT
from routing.queuerows import Queue
from routing.rows import Standing
from tests.support.simhouse import on_sim
from tests.support.waiting import until

pytestmark = pytest.mark.integration


async def test_given_a_turn_that_fails_on_the_first_snapshot_then_the_next_is_taken_in_and_callers_are_served(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    numbers: list[int] = []

    def repairs(known: Known, snapshot: Snapshot) -> Iterator[Repair]:
        numbers.append(snapshot.number)
        if snapshot.number == numbers[0]:
            raise ArithmeticError("nobody foresaw this")
        return real(known, snapshot)

    monkeypatch.setattr("cti.calls.repairs", repairs)
    queue = Queue("main", "Main", render_ms=20)
    async with SimSwitch(1, policy=Policy.rings_out()) as switch, on_sim(switch, tmp_path, queue) as home:
        assert numbers == [1, 2], "the first failed, the second was asked for on the same link"
        await home.ready(("ana",))
        call = switch.call_in("+34600111222", "Lucía", "555")
        await home.phone("ana").until("RINGING")
        home.phone("ana").answer()
        await until(lambda: home.row("ana").standing is Standing.talking, 10, "they talk")
        call.hang_up()
        await home.wraps_up("ana")


@pytest.mark.timeout(90)
async def test_given_snapshots_that_all_fail_then_the_switchs_own_queue_has_the_caller_until_one_does_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody can be served meanwhile, so no heartbeat says that somebody is."""
    broken = False

    def repairs(known: Known, snapshot: Snapshot) -> Iterator[Repair]:
        if broken:
            raise ArithmeticError("nobody foresaw this")
        return real(known, snapshot)

    monkeypatch.setattr("cti.calls.repairs", repairs)
    queue = Queue("main", "Main", render_ms=20)
    async with SimSwitch(1, policy=Policy.rings_out()) as switch, on_sim(switch, tmp_path, queue) as home:
        broken = True
        switch.faults.cut()
        call = switch.call_in("+34600111222", "Lucía", "555")
        await until(lambda: call.channel.context == "cti-fallback", 15, "the switch's own queue has the caller")
        broken = False
        back = RING_LIMIT + 15  # whom the queue rings a phone for is left to it until that is over
        await until(lambda: call.channel.context == "cti-hold", back, "the platform has the caller back")
        assert home.state.line_up
        call.hang_up()
        await until(lambda: not switch.exchange.channels, 10, "all is over")
