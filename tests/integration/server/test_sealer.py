"""A sealer that fails or hangs shows in health and figures, and goes on by itself; dials and refusals are counted."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from dialer.chain.store import verify
from dialer.office import PermitOffice, Rules
from dialer.tables import permit_head
from kernel.clock import ManualClock
from kernel.engine import Published
from kernel.messages import Event
from routing.dialling import DialEnded, DialRefused
from routing.ports import DialRequest
from server import readiness
from server.figures import Tally
from server.permits import Sealer
from tests.support.waiting import until

pytestmark = pytest.mark.integration

AT = datetime(2026, 3, 2, 9, tzinfo=UTC)


async def granted(database: AsyncEngine) -> None:
    office = PermitOffice(database, ManualClock(AT), Rules("ES", "PJSIP/{number}@trunk", 20))
    await office.ask(DialRequest("at-1", "ix-1", "+34600111222", "manual", "usr-1"))


async def test_given_sealing_fails_then_health_warns_until_it_works_again(
    database: AsyncEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("server.permits.SEAL_AGAIN", 0.05)
    monkeypatch.setattr("server.permits.SEAL_EVERY", 0.05)
    await granted(database)
    async with database.begin() as connection:
        await connection.execute(text("DROP TABLE permit_head"))
    sealer = Sealer(database)
    work = asyncio.create_task(sealer.run())
    await until(lambda: sealer.trouble is not None and sealer.unsealed == 1, 10, "the failure is noted")
    found = readiness._permits(sealer)
    assert (found.ok, found.warning) == (True, True)
    assert "1 permits have no seal" in found.words
    assert sealer.oldest == AT

    async with database.begin() as connection:
        await connection.run_sync(permit_head.create)
    await until(lambda: sealer.trouble is None, 10, "it is sealed after all")
    work.cancel()
    assert not readiness._permits(sealer).warning
    assert (sealer.unsealed, sealer.oldest) == (0, None)
    assert (await verify(database, AT)).links == 1


async def test_given_a_sealer_that_hangs_then_health_warns(
    database: AsyncEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    sealer = Sealer(database)
    monkeypatch.setattr(readiness, "SEALS_WITHIN", 0.0)
    assert "does not come to an end" in readiness._permits(sealer).words


def test_given_dials_that_end_or_are_refused_then_they_are_counted_by_outcome_and_rule() -> None:
    tally, ids = Tally(), {"attempt_id": "at-1", "interaction_id": "ix-1"}
    events: tuple[Event, ...] = (
        DialEnded(**ids, outcome="busy", reason="cause_17"),
        DialEnded(**ids, outcome="busy", reason="cause_17"),
        DialRefused(**ids, error="do_not_call", message="", status=409),
        DialEnded(**ids, outcome="refused", reason="do_not_call"),
    )
    tally.heard(Published(1, AT, (), events))
    assert tally.dials == {"busy": 2, "refused": 1}
    assert tally.refusals == {"do_not_call": 1}
