"""Tasks that work beside a test: one that failed must not be taken for one that had nothing to say."""

from __future__ import annotations

import asyncio


def still_works(task: asyncio.Task[None] | None) -> None:
    """Raises what a task that was to go on for ever ended with."""
    if task is not None and task.done():
        task.result()
        raise AssertionError(f"{task.get_name()} has nothing to do any more")


async def call_off(*tasks: asyncio.Task[None] | None) -> None:
    """Cancel them and wait; raises the error of one that had failed before. Cancelled more than once if need be: in
    Python 3.11 `asyncio.wait_for` swallows it when what it waits for comes at the same moment."""
    wanted = [task for task in tasks if task is not None]
    left = set(wanted)
    while left:
        for task in left:
            task.cancel()
        _, left = await asyncio.wait(left, timeout=1)
    for task in wanted:
        if not task.cancelled():
            task.result()
