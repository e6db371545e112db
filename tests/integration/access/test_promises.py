"""What an outcome's flags bring about, live on both databases: the number cannot be called any more, the promise is on
the customer's card until we called."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from crm_core.donotcall.store import forbid_numbers
from crm_core.donotcall.writes import ForbidNumber
from crm_core.people.audit import check_audit, read_audit
from crm_core.timeline.store import keep_promises
from crm_core.timeline.writes import KeepPromises
from tests.integration.access.world import World, be_offered_a_caller, take_a_call, world
from tests.support.waiting import until

pytestmark = [pytest.mark.integration, pytest.mark.timeout(300)]


@pytest.fixture
async def live(database_url: str, tmp_path: Path) -> AsyncIterator[World]:
    async with world(database_url, tmp_path) as found:
        yield found


async def a_call_to_wrap_up(live: World) -> str:
    await be_offered_a_caller(live, "agent")
    await take_a_call(live, "agent")
    call = live.calls["agent"]
    status, answer = await live.ask("agent", "PUT", f"/api/calls/{call}/customer", {"customer_id": live.customer})
    assert status == 200, answer
    status, answer = await live.ask("agent", "POST", f"/api/calls/{call}/hang-up")
    assert status == 200, answer
    return call


async def finish(live: World, call: str, disposition: str) -> None:
    stints = live.platform.rooms.routing.stints
    await until(lambda: any(one.state == "wrapping" for one in stints.where("interaction_id", call)), 15, "the wrap-up")
    status, answer = await live.ask("agent", "POST", f"/api/calls/{call}/wrap-up", {"disposition": disposition})
    assert status == 200, answer


async def test_given_a_call_that_ends_with_do_not_call_then_its_number_is_forbidden_and_the_trail_says_who(
    live: World,
) -> None:
    call = await a_call_to_wrap_up(live)
    number = live.platform.rooms.routing.interactions[call].number
    await finish(live, call, "do_not_call")
    _, card = await live.ask("agent", "GET", f"/api/dial/number?number={(number or '').replace('+', '%2B')}")
    assert card["forbidden"] == "own"
    entries = (await live.ask("supervisor", "GET", "/api/do-not-call"))[1]["items"]
    assert [(one["pattern"], one["added_by"]) for one in entries] == [(number, live.ids["agent"])]
    trail = await read_audit(live.platform.database)
    (line,) = [one for one in trail if one.action == "do_not_call_added"]
    assert (line.actor, line.ip, line.subject) == (live.ids["agent"], "127.0.0.1", entries[0]["id"])
    assert line.details == {"list": "own", "call": call}
    assert (await check_audit(live.platform.database)).broken is None


async def test_given_a_promised_call_then_it_is_open_until_we_have_called(live: World) -> None:
    call = await a_call_to_wrap_up(live)
    await finish(live, call, "call_back")
    _, card = await live.ask("agent", "GET", f"/api/customers/{live.customer}")
    assert card["callbacks"] == 1
    database, now = live.platform.database, datetime.now(UTC)
    for before, left in ((now - timedelta(hours=1), 1), (now + timedelta(seconds=1), 0)):
        async with database.begin() as connection:
            await keep_promises(connection, [KeepPromises(customer_id=live.customer, before=before)])
        _, card = await live.ask("agent", "GET", f"/api/customers/{live.customer}")
        assert card["callbacks"] == left


@pytest.mark.parametrize("number", [None, "", "anonymous", "112"])
async def test_given_no_number_that_can_be_read_then_nothing_is_forbidden_and_the_trail_says_so(
    live: World, number: str | None
) -> None:
    write = ForbidNumber(number=number, at=datetime.now(UTC), call="ix-1", actor="usr-1", ip="192.0.2.1")
    async with live.platform.database.begin() as connection:
        await forbid_numbers(connection, [write], "ES")
    entries = (await live.ask("supervisor", "GET", "/api/do-not-call"))[1]["items"]
    assert entries == []
    (line,) = [one for one in await read_audit(live.platform.database) if one.action.startswith("do_not_call")]
    assert (line.action, line.actor, line.subject) == ("do_not_call_unreadable", "usr-1", "ix-1")
