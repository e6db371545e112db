"""Whoever waits is answered in time, whatever the work does about being given up."""

from __future__ import annotations

import asyncio

import pytest

from kernel.patience import GivenUp, all_left, within

pytestmark = pytest.mark.unit


class Stubborn:
    """Work that is slow to let go of what it holds."""

    def __init__(self) -> None:
        self.may_end = asyncio.Event()
        self.ended = False

    async def work(self) -> str:
        try:
            await self.may_end.wait()
        except asyncio.CancelledError:
            await self.may_end.wait()
            self.ended = True
            raise
        return "done"


async def quick() -> str:
    return "done"


async def fails() -> str:
    raise LookupError("nothing there")


async def test_given_work_in_time_then_its_result_or_its_error() -> None:
    assert await within(5, quick()) == "done"
    with pytest.raises(LookupError):
        await within(5, fails())


async def test_given_work_that_has_a_time_limit_of_its_own_then_that_is_not_the_end_of_our_patience() -> None:
    async def times_out() -> None:
        raise TimeoutError("of another machine")

    with pytest.raises(TimeoutError, match="another machine") as found:
        await within(5, times_out())
    assert not isinstance(found.value, GivenUp)


async def test_given_work_that_takes_long_to_be_cancelled_then_nobody_waits_for_that() -> None:
    slow = Stubborn()
    with pytest.raises(GivenUp):
        await asyncio.wait_for(within(0.01, slow.work()), 5)
    assert not slow.ended
    slow.may_end.set()
    await all_left()
    assert slow.ended


async def test_given_a_reason_to_wait_on_then_the_result_that_comes_late() -> None:
    slow = Stubborn()
    asked = 0

    def more() -> bool:
        nonlocal asked
        asked += 1
        if asked == 2:
            slow.may_end.set()
        return True

    assert await within(0.01, slow.work(), more) == "done"
    assert asked == 2


async def test_given_whoever_waits_is_cancelled_then_the_work_is_too() -> None:
    slow = Stubborn()
    waiting = asyncio.create_task(within(60, slow.work()))
    await asyncio.sleep(0)
    waiting.cancel()
    slow.may_end.set()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    await all_left()
    assert slow.may_end.is_set()
