"""What a start loads of calls that are over: those of which something goes on, as in the memory before."""

from __future__ import annotations

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from kernel.core import Outcome
from routing.rows import InteractionState
from server.shelves import SAVERS, shelf_tables
from server.store import SqlEngineStore
from tests.unit.routing.world import World

pytestmark = pytest.mark.integration

SHELVES = ("interactions", "offers")


async def test_an_abandoned_call_is_loaded_until_no_phone_rings_for_it(database: AsyncEngine) -> None:
    world, store = World(), SqlEngineStore(database, shelf_tables(), SAVERS)
    world.agent("ana")
    over = world.call("c1")
    world.caller_leaves(over)
    ix = world.call("c2")
    offer = world.ring(ix)
    world.caller_leaves(ix)
    await store.commit(world.out)
    rows, _ = await store.load()
    assert [(one.id, one.state) for one in rows["interactions"]] == [(ix, InteractionState.abandoned)]
    assert {name: rows[name] for name in SHELVES} == {name: list(world.core.shelves[name]) for name in SHELVES}

    world.out = Outcome()
    world.agent_leg_ends(ix, offer)
    await store.commit(world.out)
    rows, _ = await store.load()
    assert {name: rows[name] for name in SHELVES} == {"interactions": [], "offers": []}
