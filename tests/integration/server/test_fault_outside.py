"""The platform killed at each step of sending a caller to an outside number: asked once, dialled once at most, under
one permit (P3); the caller talks to it or waits on, and is never lost (P1)."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest
from sqlalchemy import text

from dialer.chain.store import verify
from kernel.clock import SteadyClock
from kernel.db import connect, readonly
from routing.queuerows import Queue
from routing.tiers import Destination, Goes, Tier, When
from tests.integration.server.test_fault_points import STEP, kept_up
from tests.support.counts import counted
from tests.support.sim_process import SimProcess
from tests.support.waiting import until
from tests.system.desk.process import LUCIA, PlatformProcess

NUMBER = "+34911222333"
TIER = Tier(When.waited, 1, to=Destination(Goes.outside, number=NUMBER))
QUEUE = Queue("main", "Main", overflow=(TIER,))
FIRST = ("permit_kept", "after_commit:RingOutside", "action_sent:RingOutside", "between_actions:RingOutside")
MESSAGES = ("AskPermit", "PermitGranted", "RingOutside", "AgentLegRinging", "AgentLegUp", "Joined")
MORE = tuple(
    f"{point}:{about}"
    for point in ("before_commit", "mid_transaction", "after_commit", "after_publish", "after_send")
    for about in MESSAGES
)
ON_POSTGRESQL = ("permit_kept", "after_commit:RingOutside")
FEW = (*((words, "sqlite") for words in FIRST), *((words, "postgresql") for words in ON_POSTGRESQL))
MANY = (
    *((words, "sqlite") for words in MORE if words not in FIRST),
    *((words, "postgresql") for words in dict.fromkeys((*FIRST, *MORE)) if words not in ON_POSTGRESQL),
)


@pytest.mark.timeout(400)
@pytest.mark.parametrize(("words", "database_url"), counted(FEW, MANY), indirect=["database_url"])
async def test_killed_while_a_caller_is_sent_outside_nobody_is_dialled_twice_and_the_caller_is_there(
    words: str, tmp_path: Path, database_url: str
) -> None:
    async with SimProcess(tmp_path, phones=2) as switch:
        platform = PlatformProcess(switch, tmp_path, database_url=database_url)
        await platform.prepare((), QUEUE)
        await platform.start(TESTING="true", FAULT_POINT=words)
        try:
            async with kept_up(platform) as deaths:
                caller = await switch.call_in(LUCIA)
                await until(lambda: deaths == [-signal.SIGKILL], STEP, f"the platform passes {words}")
                await platform.ready()

                async def decided() -> bool:
                    """The dial has come to its end, or to a talk; the caller is there all the while."""
                    rows = await dials(platform.database_url)
                    return bool(rows) and all(state in ("bridged", "ended") for state, _ in rows)

                await until(decided, STEP, "what became of the dial")
                assert caller in [one["id"] for one in await switch.channels()], "the caller is there"
                await switch.end(caller)

                async def nothing_left() -> bool:
                    return await switch.channels() == []

                await until(nothing_left, STEP, "no channel is left")

                async def over() -> bool:
                    return all(state == "ended" for state, _ in await dials(platform.database_url))

                await until(over, STEP, "the dial is over")
        finally:
            await platform.stop()
        legs, numbers = await switch.originated(), await switch.dialled()
    assert len(legs) == len(set(legs)), "a leg was ordered twice"
    assert numbers in ([], [NUMBER]), "dialled once at most"
    rows = await dials(platform.database_url)
    print(f"{words}: {rows}, dialled {len(numbers)}")
    assert numbers == [] or rows[0][1] in ("reached", "unknown", "dropped", "cancelled", "failed")
    assert await platform.replayed() == []


async def dials(database_url: str) -> list[tuple[str, str | None]]:
    """State and outcome of each dial; every permit is whole."""
    database = connect(database_url)
    try:
        verdict = await verify(database, SteadyClock().now())
        assert (verdict.broken, verdict.missing) == (None, ())
        async with readonly(database) as connection:
            found = await connection.execute(text("SELECT state, outcome FROM outside_dials"))
            rows = [(row.state, row.outcome) for row in found]
            assert len(rows) <= 1, "asked once"
            permits = (await connection.execute(text("SELECT count(*) FROM dial_permits"))).scalar_one()
            assert permits <= 1
            return rows
    finally:
        await database.dispose()
