"""What a supervisor reads of past calls, on both databases: the list by pages and teams, and one call's decisions."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest
from argon2 import PasswordHasher
from sqlalchemy.ext.asyncio import AsyncEngine

from crm_core.people.passwords import Hasher
from crm_core.people.rows import NewStaff
from crm_core.people.service import SYSTEM, PeopleService
from kernel.access import Actor, Role
from kernel.core import Outcome
from routing.messages import DeclineOffer, PickCall
from server.records import SqlCallRecords
from server.shelves import SAVERS, shelf_tables
from server.store import SqlEngineStore
from tests.unit.routing.world import World

pytestmark = pytest.mark.integration

NOW = datetime(2026, 3, 2, tzinfo=UTC)
PASSWORD = "quiet-lantern-81"


@pytest.fixture
async def people(database: AsyncEngine) -> AsyncIterator[PeopleService]:
    hasher = Hasher(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    yield PeopleService(database, hasher)
    hasher.close()


async def staff(people: PeopleService, login: str, team_id: str | None = None) -> str:
    new = NewStaff(login, login.title(), PASSWORD, (Role.agent,), team_id=team_id)
    return (await people.create_staff(new, SYSTEM, NOW)).id


async def commit(database: AsyncEngine, world: World) -> None:
    out, world.out = world.out, Outcome()
    await SqlEngineStore(database, shelf_tables(), SAVERS).commit(out)


async def test_a_calls_story_says_in_order_what_was_decided_and_nothing_of_the_person(
    database: AsyncEngine, people: PeopleService
) -> None:
    world = World(misses_to_pause=0)
    world.agent("ana")
    ix = world.call("c1.1", "+34600111222")
    world.say(DeclineOffer(actor="ana", offer_id=world.offer_to(ix).id))
    world.say(PickCall(actor="ana", interaction_id=ix))
    world.answer(ix)
    world.caller_leaves(ix)
    await commit(database, world)

    story = await SqlCallRecords(database, people).story(ix, 100)

    told = [one["type"] for one in story]
    wanted = ["CallerArrived", "CallerIdentified", "OfferMade", "OfferEnded", "PickCall", "OfferMade", "StintJoined"]
    found = iter(told)
    assert [one for one in wanted if one in found] == wanted, told
    made = [one["facts"] for one in story if one["type"] == "OfferMade"]
    assert [one.get("picked", False) for one in made] == [False, True]
    (picked,) = [one for one in story if one["type"] == "PickCall"]
    assert (picked["kind"], picked["actor"], picked["error"]) == ("command", "ana", None)
    assert "600111222" not in json.dumps(story)
    assert [one["seq"] for one in story] == sorted(one["seq"] for one in story)
    assert len(await SqlCallRecords(database, people).story(ix, 3)) == 3


async def test_the_list_has_calls_of_the_asker_s_teams_and_those_of_nobody_by_pages(
    database: AsyncEngine, people: PeopleService
) -> None:
    north = (await people.teams.create("North", SYSTEM, NOW)).id
    south = (await people.teams.create("South", SYSTEM, NOW)).id
    ana, ben = await staff(people, "ana", north), await staff(people, "ben", south)
    world = World(misses_to_pause=0, reject_delay=600)
    alone = world.call("c0.1")
    world.caller_leaves(alone)
    calls = []
    for agent in (ana, ben):
        world.wait(60)
        world.agent(agent)
        calls.append(world.call(f"c{len(calls) + 1}.1"))
        world.say(DeclineOffer(actor=agent, offer_id=world.offer_to(calls[-1], agent).id))
        world.caller_leaves(calls[-1])
    await commit(database, world)
    records = SqlCallRecords(database, people)
    watching = Actor("sue", frozenset({Role.supervisor}), frozenset({north}))

    mine = await records.latest(None, 10, None, watching)
    everybody = await records.latest(None, 10, None, None)
    first = await records.latest(None, 2, None, None)
    rest = await records.latest(first[-1]["id"], 2, None, None)

    assert [one["id"] for one in mine] == [calls[0], alone]
    assert [one["id"] for one in everybody] == [calls[1], calls[0], alone]
    assert [one["id"] for one in first + rest] == [one["id"] for one in everybody]
    assert (mine[0]["agents"], mine[0]["state"], mine[0]["waited"]) == ([ana], "abandoned", 0.0)
    assert await records.latest(None, 10, "elsewhere", None) == []
    assert (await records.line(alone) or {})["agents"] == []
    assert await records.line("ix-none") is None
