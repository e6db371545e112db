"""The whole platform while its machine's clock is set: what is due after an offer, a ring, a rest and a wrap-up comes
as long after as it should, and once."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from lab.sim import Policy, SimSwitch
from routing.dues import MatchDue, OfferDue, RenderDue, WrapUpDue
from routing.messages import OfferEnded, OfferMade, StintEnded
from routing.offers import GRACE
from routing.queuerows import Queue
from routing.rows import Duty
from tests.support.simhouse import SimHouse, on_sim
from tests.support.waiting import until
from tests.support.walls import Wall, wall

__all__ = ["wall"]
pytestmark = pytest.mark.timeout(120)

QUEUE = Queue("main", "Main", render_ms=1000, ring_seconds=1, misses_to_pause=0, no_answer_delay=1, wrap_seconds=1)
HOUR, DAY = 3600.0, 86400.0
AT_LEAST = 0.98
"""Our time closes the gap to the wall's by one in a hundred at most."""
LATE = 20.0
"""Seconds that a loaded machine may be late: far less than what the clock is set by."""


@dataclass(frozen=True, slots=True)
class Set:
    """The clock is set by `jumps` seconds in turn, each time while something is due. `at`: the time that comes while
    the first is due."""

    name: str
    jumps: tuple[float, ...]
    at: datetime | None = None


SETS = (
    Set("an hour on and back", (HOUR, -HOUR, HOUR, -HOUR)),
    Set("summer time begins where the clock keeps local time", (HOUR, 0, 0, 0), datetime(2026, 3, 29, 1, tzinfo=UTC)),
    Set("a leap day forgotten and put right", (-DAY, DAY, 0, 0), datetime(2028, 3, 1, tzinfo=UTC)),
    Set("a leap second that comes twice", (-1, 0, 0, 0), datetime(2017, 1, 1, tzinfo=UTC)),
)
MORE_SETS = (
    Set("an hour back twice and on twice", (-HOUR, -HOUR, HOUR, HOUR)),
    Set("summer time ends where the clock keeps local time", (-HOUR, 0, 0, 0), datetime(2026, 10, 25, 1, tzinfo=UTC)),
    Set("a leap day begins", (0, 0, 0, 0), datetime(2028, 2, 29, tzinfo=UTC)),
    Set("seconds left out and come twice", (1, -1, -1, 1)),
)


@asynccontextmanager
async def lasts(seconds: float, what: str) -> AsyncIterator[None]:
    """The block ends when what was just begun is over: after `seconds` that really passed."""
    began = time.monotonic()
    yield
    passed = time.monotonic() - began
    # it began up to a poll before the block
    assert seconds * AT_LEAST - 0.1 <= passed <= seconds + LATE, f"{what} took {passed:.2f} s in place of {seconds}"


@pytest.mark.integration
@pytest.mark.parametrize("clock", SETS, ids=lambda one: one.name)
async def test_given_a_clock_that_is_set_then_each_deadline_comes_when_due_and_once(
    clock: Set, wall: Wall, tmp_path: Path
) -> None:
    await set_over_a_miss_and_a_talk(clock, wall, tmp_path)


@pytest.mark.soak
@pytest.mark.parametrize("clock", MORE_SETS, ids=lambda one: one.name)
async def test_given_a_clock_that_is_set_in_other_ways_then_each_deadline_comes_when_due_and_once(
    clock: Set, wall: Wall, tmp_path: Path
) -> None:
    await set_over_a_miss_and_a_talk(clock, wall, tmp_path)


async def set_over_a_miss_and_a_talk(clock: Set, wall: Wall, tmp_path: Path) -> None:
    if clock.at is not None:
        wall.stand_at(clock.at - timedelta(seconds=100))
    async with SimSwitch(1, policy=Policy.rings_out()) as switch, on_sim(switch, tmp_path, QUEUE) as home:
        await home.ready(("ana",))
        if clock.at is not None:
            wall.pass_until(clock.at - timedelta(seconds=0.3))
        await a_missed_call_and_a_taken_one(home, switch, wall, clock.jumps)
        assert home.platform.heartbeat.beating
        ends = [one for one in await journalled(home) if isinstance(one, OfferEnded)]
        assert [(one.state, one.reason) for one in ends] == [("timed_out", "no_answer")]
        await each_once(home)


async def a_missed_call_and_a_taken_one(
    home: SimHouse, switch: SimSwitch, wall: Wall, jumps: tuple[float, ...]
) -> None:
    """The clock is set while the offer is shown, while the phone rings, while the agent rests, and in the wrap-up."""
    phone = home.phone("ana")
    call = switch.call_in("+34600111222")
    await until(lambda: home.row("ana").duty is Duty.reserved, 10, "offered")
    async with lasts(QUEUE.render_ms / 1000, "the time to show the offer"):
        wall.ahead += jumps[0]
        await until(lambda: phone.state == "RINGING", LATE, "rings after the time to show it")
    switch.faults.drop(["Hangup", "OriginateResponse"])  # so that our own deadline has to end the ring
    async with lasts(QUEUE.ring_seconds + GRACE.total_seconds(), "the ring"):
        wall.ahead += jumps[1]
        await until(lambda: home.row("ana").missed == 1, LATE, "the ring is over")
    switch.faults.clear()
    async with lasts(QUEUE.no_answer_delay, "the rest"):
        wall.ahead += jumps[2]
        phone.policy = Policy.answers()
        await until(lambda: any(one.ended_at is None for one in home.state.offers), LATE, "offered again")
    await until(lambda: home.row("ana").duty is Duty.busy, LATE, "joined")
    call.hang_up()
    await until(lambda: home.row("ana").duty is Duty.wrapping, LATE, "wrap-up")
    async with lasts(QUEUE.wrap_seconds, "the wrap-up"):
        wall.ahead += jumps[3]
        await until(lambda: home.row("ana").duty is Duty.idle, LATE, "the wrap-up is over by itself")


async def journalled(home: SimHouse) -> list[object]:
    return [one.message for one in await home.platform.store.journal(limit=200_000)]


async def each_once(home: SimHouse) -> None:
    """What the journal says came: of two offers and one talk. It may be a moment behind what is in memory."""

    async def is_saved() -> bool:
        return any(isinstance(one, StintEnded) for one in await journalled(home))

    await until(is_saved, 10, "the end of the wrap-up is in the journal")
    said = await journalled(home)
    came = Counter(type(one) for one in said)
    assert came[OfferMade] == came[RenderDue] == 2
    assert (came[OfferDue], came[MatchDue], came[WrapUpDue], came[StintEnded]) == (1, 1, 1, 1)
    keys = Counter(one.key for one in said if isinstance(one, RenderDue | OfferDue | WrapUpDue))
    assert set(keys.values()) == {1}
