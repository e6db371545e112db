"""The queue of a browser's socket keeps the order, whoever waits and gives up meanwhile."""

from __future__ import annotations

import asyncio
import json

import pytest

from agent_desktop.outgoing import FastJson, Outgoing

pytestmark = pytest.mark.unit


async def test_what_was_put_before_and_while_somebody_waits_comes_in_order() -> None:
    queue = Outgoing()
    await queue.put(1)
    await queue.put(2)
    assert [await queue.get(), await queue.get()] == [1, 2]
    waiting = asyncio.ensure_future(asyncio.wait_for(queue.get(), 1))
    await asyncio.sleep(0)
    for number in (3, 4):
        queue.put_nowait(number)
    assert await waiting == 3
    assert (queue.qsize(), queue.get_nowait()) == (1, 4)


async def test_given_a_reader_that_gave_up_then_the_next_one_has_the_message() -> None:
    queue = Outgoing()
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(queue.get(), 0.01)
    await queue.put("kept")
    assert await queue.get() == "kept"
    assert queue.empty()


@pytest.mark.parametrize(
    "value", [["change", {"seq": 1, "set": {"name": "Ñandú 😀", "n": None, "f": 1.5, "on": True}}], {}]
)
def test_it_writes_what_browsers_read(value: object) -> None:
    assert json.loads(FastJson.dumps(value, separators=(",", ":"))) == value
