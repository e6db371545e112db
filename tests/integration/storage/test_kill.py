"""Kill -9 at any moment: what was acknowledged is there, and nothing is there by half."""

from __future__ import annotations

import asyncio
import random
import sys

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from tests.integration.storage.shelves import make_tables, store_on, texts, values
from tests.unit.kernel.words import Ask

pytestmark = pytest.mark.integration

WORKER = """
import asyncio, sys
from kernel.db import connect
from tests.integration.storage.shelves import engine_on, store_on
from tests.unit.kernel.words import Ask, Count

async def main(url, name):
    engine, _, _ = engine_on(store_on(connect(url)))
    await engine.load()
    task = asyncio.create_task(engine.run())
    number = 0
    while True:
        for _ in range(3):
            engine.post(Count(key="facts", caller="+34600123456", leg=f"{name}-{number}"))
        await engine.ask(Ask(actor="u1", key=f"{name}-{number}"))
        print(f"{name}-{number}", flush=True)
        number += 1

asyncio.run(main(*sys.argv[1:]))
"""


async def _work_until_killed(url: str, name: str, seconds: float) -> list[str]:
    """Run a worker, kill it `seconds` after its first answer; returns what it had acknowledged."""
    worker = await asyncio.create_subprocess_exec(
        sys.executable, "-c", WORKER, url, name, stdout=asyncio.subprocess.PIPE
    )
    assert worker.stdout is not None
    first = await asyncio.wait_for(worker.stdout.readline(), 30)
    await asyncio.sleep(seconds)
    worker.kill()
    rest = await worker.stdout.read()
    assert await worker.wait() == -9
    return (first + rest).decode().splitlines()


async def test_what_was_acknowledged_survives_kill_9(database: AsyncEngine, database_url: str) -> None:
    await make_tables(database)
    chance = random.Random(7)
    acknowledged: list[str] = []
    for round_number in range(3):
        acknowledged += await _work_until_killed(database_url, f"r{round_number}", chance.uniform(0.02, 0.3))

    rows, last_seq = await store_on(database).load()
    kept = await texts(database)
    asked = [e for e in await store_on(database).journal(limit=1_000_000) if isinstance(e.message, Ask)]

    assert len(acknowledged) >= 3
    assert set(acknowledged) <= set(kept)
    assert [entry.message.key for entry in asked if isinstance(entry.message, Ask)] == kept
    assert {row.id for row in rows["deadlines"]} == {f"ask-{key}" for key in kept}
    assert set(await values(database)) == {*kept, "facts"}
    entries = await store_on(database).journal(limit=1_000_000)
    assert last_seq == max(entry.seq for entry in entries)
    assert len({entry.seq for entry in entries}) == len(entries)
