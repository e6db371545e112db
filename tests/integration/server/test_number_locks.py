"""Locks of numbers on both databases: those that hold nothing are swept, a few at a time and under no one's hands; and
the chain of permits is read in pages."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncEngine

import dialer.chain.store
import dialer.store
from dialer.chain.store import Verdict, seal, verify
from dialer.store import sweep_numbers
from dialer.tables import dial_permits, dialled_numbers
from kernel.clock import ManualClock
from routing.attempts import AttemptState
from routing.ports import Permit
from routing.tables import attempts
from server.permits import sweep_for_ever
from tests.integration.server.test_permits import AT, NUMBER, ask, attempt, chained, over
from tests.support.waiting import until

pytestmark = pytest.mark.integration

LATER = AT + timedelta(minutes=2)


async def locked(database: AsyncEngine) -> list[str]:
    async with database.connect() as connection:
        query = select(dialled_numbers.c.attempt_id).order_by(dialled_numbers.c.attempt_id)
        return [row.attempt_id for row in await connection.execute(query)]


async def left_behind(database: AsyncEngine, count: int) -> None:
    """Locks of attempts that ended without letting go: every third was never kept, every third lives."""
    for n in range(count):
        id = await attempt(database, f"at-{n:02}")
        await ask(database, id, f"+346001112{n:02}")
        async with database.begin() as connection:
            if n % 3 == 0:
                await connection.execute(update(attempts).where(attempts.c.id == id).values(ended_at=AT))
            elif n % 3 == 1:
                await connection.execute(delete(attempts).where(attempts.c.id == id))


async def test_locks_that_hold_nothing_are_swept_page_by_page_and_the_others_stay(
    database: AsyncEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dialer.store, "AT_ONCE", 4)
    await left_behind(database, 9)
    swept: list[int] = []
    after: str | None = ""
    while after is not None:
        gone, after = await sweep_numbers(database, after, LATER)
        swept.append(gone)
    assert sum(swept) == 6
    assert max(swept) <= 4, "a few at a time"
    assert await locked(database) == ["at-02", "at-05", "at-08"]


async def test_a_lock_that_was_just_taken_is_not_swept_whatever_its_attempt_looks_like(database: AsyncEngine) -> None:
    await left_behind(database, 3)
    assert await sweep_numbers(database, "", AT) == (0, None)
    assert len(await locked(database)) == 3


async def test_a_number_that_was_let_go_for_its_agent_stays_locked_until_its_leg_is_gone(database: AsyncEngine) -> None:
    id = await attempt(database, "at-1", state=AttemptState.ending, let_go_at=AT)
    await ask(database, id)
    await sweep_numbers(database, "", LATER)
    assert await locked(database) == ["at-1"]
    await over(database, id)
    await ask(database, await attempt(database, "at-2"))
    assert await locked(database) == ["at-2"]


async def test_takers_and_sweepers_at_once_leave_one_permit_and_its_lock(database: AsyncEngine) -> None:
    first, *others = [await attempt(database, f"at-{n}") for n in range(9)]
    await ask(database, first)
    async with database.begin() as connection:
        await connection.execute(update(attempts).where(attempts.c.id == first).values(ended_at=AT))
    sweeps = (sweep_numbers(database, "", LATER) for _ in range(4))
    answers = await asyncio.gather(*(ask(database, one) for one in others), *sweeps, return_exceptions=True)
    granted = [one for one in answers if isinstance(one, Permit)]
    assert len(granted) == 1
    assert await locked(database) == [granted[0].attempt_id]


async def test_the_sweeper_runs_by_itself_and_goes_on_after_a_fault(
    database: AsyncEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    await left_behind(database, 3)
    monkeypatch.setattr("server.permits.SWEEP_EVERY", 0.01)
    faults = iter([OSError("the database is away")])
    clock = ManualClock(LATER)

    def now() -> datetime:
        for fault in faults:
            raise fault
        return clock.now()

    task = asyncio.create_task(sweep_for_ever(database, now))

    async def swept() -> bool:
        return await locked(database) == ["at-02"]

    await until(swept, 10, "the old locks are gone")
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def test_the_chain_is_verified_in_pages(database: AsyncEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dialer.chain.store, "CHUNK", 3)
    await chained(database, 8)
    while await seal(database):
        pass
    pages: list[int] = []
    assert await verify(database, LATER, (), pages.append) == Verdict(8, None, 0, ())
    assert (max(pages), sum(pages)) == (3, 16), "eight links and eight attempts"
    async with database.begin() as connection:
        await connection.execute(delete(dial_permits).where(dial_permits.c.seq >= 6))
        await connection.execute(update(dial_permits).where(dial_permits.c.seq == 4).values(number=f"{NUMBER}9"))
    found = await verify(database, LATER)
    assert (found.broken, found.missing, found.others) == (4, ("at-5", "at-6", "at-7"), ("at-3",))
