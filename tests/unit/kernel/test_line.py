"""A line: first come, first served; the engine first; who waits does so as long as it moves."""

from __future__ import annotations

import asyncio

import pytest

from kernel import line as line_module
from kernel.line import Crowded, Line

pytestmark = pytest.mark.unit


async def visit(line: Line, name: str, seen: list[str], first: bool = False) -> None:
    async with line.turn(first):
        seen.append(name)
        await asyncio.sleep(0)


async def test_given_many_wait_then_they_come_in_their_order_and_who_is_first_before_them() -> None:
    line, seen = Line(1, 5), list[str]()
    async with line.turn():
        waiting = [asyncio.create_task(visit(line, name, seen)) for name in "abc"]
        await asyncio.sleep(0)
        waiting.append(asyncio.create_task(visit(line, "engine", seen, first=True)))
        await asyncio.sleep(0)
        assert (line.waiting, seen) == (4, [])
    await asyncio.gather(*waiting)

    assert seen == ["engine", "a", "b", "c"]
    assert line.waiting == 0


async def test_given_room_for_two_then_no_more_are_in_it() -> None:
    line, inside, most = Line(2, 5), 0, 0

    async def stay() -> None:
        nonlocal inside, most
        async with line.turn():
            inside += 1
            most = max(most, inside)
            await asyncio.sleep(0.001)
            inside -= 1

    await asyncio.gather(*(stay() for _ in range(9)))

    assert most == 2


@pytest.mark.parametrize("served", [False, True])
async def test_given_somebody_leaves_the_line_then_nobodys_turn_is_lost(served: bool) -> None:
    line, seen = Line(1, 5), list[str]()
    async with line.turn():
        leaving = asyncio.create_task(visit(line, "leaving", seen))
        await asyncio.sleep(0)
        if not served:
            leaving.cancel()
            await asyncio.sleep(0)
    leaving.cancel()
    await asyncio.gather(leaving, return_exceptions=True)

    await asyncio.wait_for(visit(line, "next", seen), 1)
    assert seen == ["next"]


async def test_given_nobody_has_a_turn_for_long_then_who_waits_is_told_why_the_last_one_failed() -> None:
    line = Line(1, 0.05)
    with pytest.raises(LookupError):
        async with line.turn():
            raise LookupError("locked elsewhere")
    async with line.turn():
        with pytest.raises(Crowded) as told:
            async with line.turn():
                raise AssertionError("it had no turn")
    assert isinstance(told.value.__cause__, LookupError)


async def test_given_the_line_moves_then_who_waits_does_so_for_longer_than_a_turn_may_last() -> None:
    line, done = Line(1, 0.1), 0

    async def turn() -> None:
        nonlocal done
        async with line.turn():
            await asyncio.sleep(0.02)
            done += 1

    await asyncio.gather(*(turn() for _ in range(15)))

    assert done == 15


async def test_given_turns_that_last_too_long_then_the_line_does_not_move(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(line_module, "MOVES", 0.0)
    line = Line(1, 0.1)

    async def turn() -> None:
        async with line.turn():
            await asyncio.sleep(0.06)

    found = await asyncio.gather(*(turn() for _ in range(4)), return_exceptions=True)

    assert any(isinstance(one, Crowded) for one in found)
