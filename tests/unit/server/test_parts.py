"""A part of the platform that dies ends the process with an error, so that its supervisor starts it anew."""

from __future__ import annotations

import asyncio

import pytest

from kernel.errors import Displaced, Unavailable
from server.platform import _task
from server.serve import _until_stopped

pytestmark = pytest.mark.unit


async def test_given_a_part_that_fails_then_the_process_ends_with_an_error_that_names_it() -> None:
    async def fails() -> None:
        raise ZeroDivisionError("unforeseen")

    broken: asyncio.Future[str] = asyncio.get_running_loop().create_future()
    async with _task(fails(), "engine", broken):
        with pytest.raises(Unavailable) as ended:
            await asyncio.wait_for(_until_stopped(asyncio.Event(), broken), 5)
    assert (ended.value.id, ended.value.details["part"]) == ("part_stopped", "engine")


async def test_given_another_platform_has_the_database_then_the_process_ends_with_an_error_that_says_so() -> None:
    async def displaced() -> None:
        raise Displaced

    broken: asyncio.Future[str] = asyncio.get_running_loop().create_future()
    async with _task(displaced(), "engine", broken):
        with pytest.raises(Unavailable, match="out of service") as ended:
            await asyncio.wait_for(_until_stopped(asyncio.Event(), broken), 5)
    assert ended.value.id == "displaced"


async def test_given_parts_that_work_when_somebody_stops_the_platform_then_it_ends_without_one() -> None:
    stop = asyncio.Event()
    broken: asyncio.Future[str] = asyncio.get_running_loop().create_future()
    async with _task(asyncio.Event().wait(), "engine", broken):
        stop.set()
        await asyncio.wait_for(_until_stopped(stop, broken), 5)
    assert not broken.done()
