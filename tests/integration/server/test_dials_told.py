"""What became of a dial is told over a restart: of each agent the last one that ended lately, on both databases."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from agent_desktop.deskview import Person
from agent_desktop.ports import State
from agent_desktop.projection import Projection
from kernel.clock import ManualClock
from kernel.codec import plain
from routing.attempts import AttemptState
from server.ports import SHOWN_FOR
from server.records import last_dials
from tests.integration.server.test_permits import AT, attempt

pytestmark = pytest.mark.integration

ANA = Person("usr-1", "Ana", "ana", ("agent",), "en")


async def test_of_each_agent_the_last_dial_is_told_for_a_quarter_of_an_hour(database: AsyncEngine) -> None:
    over = {"state": AttemptState.ended, "outcome": "failed", "reason": "restarted"}
    later = AT + timedelta(seconds=20)
    await attempt(database, "at-9", **over, ended_at=AT)
    await attempt(database, "at-10", **over, asked_at=later, ended_at=later)
    await attempt(database, "at-11", **over, agent_id="usr-2", ended_at=AT)
    await attempt(database, "at-12", agent_id="usr-3")
    clock = ManualClock(AT + timedelta(seconds=30))
    found = {one.agent_id: one.id for one in await last_dials(database, clock.now())}
    assert found == {"usr-1": "at-10", "usr-2": "at-11"}
    clock.advance(SHOWN_FOR)
    assert await last_dials(database, clock.now()) == []


async def test_a_desk_made_after_a_restart_says_what_came_of_the_last_dial(database: AsyncEngine) -> None:
    over = {"state": AttemptState.ended, "outcome": "failed", "reason": "restarted", "ended_at": AT}
    await attempt(database, "at-9", **over)
    await attempt(database, "at-10", **over | {"reason": "cause_38"}, asked_at=AT - timedelta(minutes=1))
    found = await last_dials(database, AT)
    projection = Projection()
    projection.reset(State(1, {"attempts": {one.id: plain(one) for one in found}}))
    dial = projection.desk(ANA)["dial"]
    assert (dial["id"], dial["outcome"], dial["why"]) == ("at-9", "failed", "restarted")


async def test_a_cause_of_the_switch_is_no_reason_for_a_reader(database: AsyncEngine) -> None:
    await attempt(database, "at-1", state=AttemptState.ended, outcome="failed", reason="cause_38", ended_at=AT)
    (found,) = await last_dials(database, AT)
    projection = Projection()
    projection.reset(State(1, {"attempts": {found.id: plain(found)}}))
    assert projection.desk(ANA)["dial"]["why"] is None
