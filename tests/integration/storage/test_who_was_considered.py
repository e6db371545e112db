"""Why a caller came to whom: kept once a choice, beside the offers' rows; older databases keep what they have."""

from __future__ import annotations

import json
from collections.abc import Sequence

import pytest
from argon2 import PasswordHasher
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncEngine

from agent_desktop.records import OfferWhy
from crm_core.people.passwords import Hasher
from crm_core.people.service import PeopleService
from kernel.core import Outcome
from kernel.db import connect, readonly
from routing.queuerows import Strategy
from routing.rows import Presence
from routing.tables import choices
from server import migrate
from server.records import SqlCallRecords
from server.shelves import SAVERS, shelf_tables
from server.store import SqlEngineStore
from tests.unit.routing.world import World

pytestmark = pytest.mark.integration

AGENTS = '[{"agent_id":"ana","name":"Ana","verdict":"chosen","reason":"longest_idle","idle_seconds":1.5}]'
OLD_OFFER = """INSERT INTO offers (id, interaction_id, agent_id, endpoint, state, leg, claim, made_at, deadline,
why, leg_live) VALUES ('of-1', 'ix-1', 'ana', 'cti-phone-01', 'accepted', 'leg-1', 'of-1', '2026-03-02 09:00:00.000000',
'2026-03-02 09:00:20.000000', :why, false)"""


async def commit(store: SqlEngineStore, world: World) -> None:
    out, world.out = world.out, Outcome()
    await store.commit(out)


async def kept(database: AsyncEngine) -> list[str]:
    async with readonly(database) as connection:
        return list(await connection.scalars(select(choices.c.id).order_by(choices.c.id)))


async def why(database: AsyncEngine, ix: str) -> Sequence[OfferWhy]:
    hasher = Hasher(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    try:
        return (await SqlCallRecords(database, PeopleService(database, hasher)).why(ix))["offers"]
    finally:
        hasher.close()


async def test_each_choice_is_kept_once_whatever_becomes_of_its_offers(database: AsyncEngine) -> None:
    world, store = World(strategy=Strategy.ring_all), SqlEngineStore(database, shelf_tables(), SAVERS)
    for name in ("ana", "ben"):
        world.agent(name)
    world.agent("cho", Presence.paused)
    ix = world.call("c1")
    first = world.offers(ix)
    await commit(store, world)
    world.wait(60)
    await commit(store, world)

    told = await why(database, ix)
    assert {one["id"] for one in told[:2]} == {offer.id for offer in first.values()}
    assert [offer.choice_id for offer in first.values()] == [min(offer.id for offer in first.values())] * 2
    verdicts = [{agent["agent_id"]: agent["verdict"] for agent in one["agents"]} for one in told[:2]]
    assert verdicts == [{"ana": "chosen", "ben": "chosen", "cho": "rejected"}] * 2
    assert {one["state"] for one in told[:2]} == {"failed"}, "their rows changed since"
    again = await kept(database)
    assert (again[0], len(again)) == (first["ana"].choice_id, len(told) // 2), "one for the two offers of each choice"


async def test_what_older_offers_said_is_moved_and_comes_back_on_the_way_down(database_url: str) -> None:
    await migrate.downgrade(database_url, "0013")
    engine = connect(database_url)
    async with engine.begin() as connection:
        await connection.execute(text(OLD_OFFER), {"why": AGENTS})
    await migrate.upgrade(database_url)

    assert await migrate.differences(database_url) == []
    async with readonly(engine) as connection:
        (row,) = await connection.execute(select(choices))
        choice_id = await connection.scalar(text("SELECT choice_id FROM offers"))
    assert (row.id, row.interaction_id, row.agents) == (choice_id, "ix-1", json.loads(AGENTS))

    await migrate.downgrade(database_url, "0013")
    async with readonly(engine) as connection:
        again = await connection.scalar(text("SELECT why FROM offers"))
    assert (json.loads(again) if isinstance(again, str) else again) == json.loads(AGENTS)
    await engine.dispose()
