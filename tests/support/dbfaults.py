"""A database that is away while a block runs: locked by another process, standing still, dead, on a full disk."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from tests.support.disks import fill
from tests.support.postgres import PostgresCluster, kill, restart, stopped

LOCK = """
import sqlite3, sys
held = sqlite3.connect(sys.argv[1], timeout=30, isolation_level=None)
held.execute("BEGIN EXCLUSIVE")
print("held", flush=True)
sys.stdin.read()
"""


@asynccontextmanager
async def locked(path: Path) -> AsyncIterator[None]:
    """Another process has the whole SQLite file to itself."""
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", LOCK, str(path), stdin=pipe, stdout=pipe)
    assert process.stdout is not None
    assert await process.stdout.readline() == b"held\n"
    try:
        yield
    finally:
        await asyncio.wait_for(process.communicate(b""), 10)


@asynccontextmanager
async def without_room(folder: Path) -> AsyncIterator[None]:
    fill(folder / "ballast")
    try:
        yield
    finally:
        (folder / "ballast").unlink()


@asynccontextmanager
async def standing_still(cluster: PostgresCluster) -> AsyncIterator[None]:
    with stopped(cluster):
        yield


@asynccontextmanager
async def dead(cluster: PostgresCluster) -> AsyncIterator[None]:
    """Killed; started anew in the end."""
    kill(cluster)
    try:
        yield
    finally:
        await asyncio.to_thread(restart, cluster)
