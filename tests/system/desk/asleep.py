"""A computer that sleeps: every process of a browser stands still and goes on later, not knowing that time passed."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path


@asynccontextmanager
async def asleep(folder: Path, seconds: float) -> AsyncIterator[None]:
    """Stop the browsers whose fake microphone lies in `folder`; they go on after the block, at least so much later."""
    loop = asyncio.get_running_loop()
    stopped = _processes(folder)
    assert stopped, "a browser"
    begun = loop.time()
    for pid in stopped:
        os.kill(pid, signal.SIGSTOP)
    try:
        yield
        await asyncio.sleep(max(0.0, begun + seconds - loop.time()))  # a sleep of that length is what is wanted
    finally:
        for pid in stopped:
            os.kill(pid, signal.SIGCONT)


def _processes(folder: Path) -> list[int]:
    """The browser and all that it started."""
    parents: dict[int, int] = {}
    found: set[int] = set()
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                parents[int(entry.name)] = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
                command = (entry / "cmdline").read_bytes()
            except OSError:
                continue
            if b"chromium" in command and str(folder).encode() in command:
                found.add(int(entry.name))
    while more := {pid for pid, parent in parents.items() if parent in found} - found:
        found |= more
    return sorted(found)
