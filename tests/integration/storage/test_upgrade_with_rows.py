"""A database of an older version with rows in every table, brought up to date while somebody talks: each row is still
there, the stores read it, and the platform goes on with the call."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, Date, DateTime, MetaData, Table, func, insert, select
from sqlalchemy import types as sql
from sqlalchemy.ext.asyncio import AsyncEngine

from crm_core.customers.service import CustomerService
from crm_core.donotcall.service import DoNotCallService
from crm_core.people.audit.store import check_audit
from crm_core.people.passwords import Hasher
from crm_core.people.service import PeopleService
from crm_core.people.store import sessions_of
from crm_core.people.teams import Teams
from crm_core.tickets.service import TicketService
from crm_core.timeline.service import TimelineService
from cti.ami.settings import AmiSettings
from kernel.clock import SteadyClock
from kernel.db import connect
from lab.sim import Policy, SimSwitch
from migrations.tables import metadata
from recordings.store import list_recordings
from routing.messages import SetPresence, SignInAgent
from routing.queuerows import Queue
from routing.rows import Duty, Presence
from server import migrate
from server.pbx import Pbx
from server.platform import Platform, running
from server.shelves import SAVERS, shelf_tables
from server.store import SqlEngineStore
from tests.support.house import REGION, prepare
from tests.support.waiting import until

pytestmark = [pytest.mark.integration, pytest.mark.timeout(180)]

QUEUE = Queue("main", "Main", render_ms=20, ring_seconds=20)
NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
MADE_ANEW = {"0002": {"dial_permits"}, "0008": set[str](), "0020": set[str]()}
"""Tables whose rows a later version does not keep: no version before 0005 ever granted a permit."""
MEANT: dict[str, dict[str, Any]] = {
    "deadlines": {"id": "old", "type": "MatchDue", "body": {"key": "old"}},
    "tickets": {"status": "open", "priority": "normal"},
    "sessions": {"revoked_at": None, "expires_at": datetime(2099, 1, 1, tzinfo=UTC), "stage": "open", "places": []},
    "do_not_call": {"list": "internal", "pattern": "+34600999000", "expires_at": None},
    "attempts": {"state": "ended", "outcome": "reached"},
    "recordings": {"state": "stored"},
    "profiles": {"groups": []},
}
"""What a row must say to be readable, where any text would not do."""

Rows = dict[str, list[dict[str, Any]]]


@pytest.mark.parametrize("revision", ["0002", "0008", "0020"])
async def test_given_an_older_database_in_use_when_it_is_upgraded_then_nothing_is_lost_and_the_call_is_shown(
    database_url: str, tmp_path: Path, revision: str
) -> None:
    await prepare(database_url, ("ana",), QUEUE)
    async with SimSwitch(1, policy=Policy.answers()) as switch:
        async with platform_on(switch, database_url, tmp_path) as platform:
            await platform.ports.execute(SignInAgent(actor="ana", agent_id="ana", name="Ana"))
            await platform.ports.execute(SetPresence(actor="ana", agent_id="ana", presence=Presence.ready))
            call = switch.call_in("+34600111222")
            await until(lambda: talks(platform), 20, "they talk")
            (before,) = platform.rooms.routing.interactions
        await migrate.downgrade(database_url, revision)
        await work(database_url, fill_what_is_empty)
        old = await work(database_url, all_rows)
        assert [name for name, rows in old.items() if not rows] == [], "rows in every table"

        await migrate.upgrade(database_url)

        await migrate.check(database_url)
        await same_rows(database_url, old, MADE_ANEW[revision])
        await stores_read(database_url, old)
        async with platform_on(switch, database_url, tmp_path) as platform:
            await until(lambda: talks(platform), 20, "the call is shown")
            (found,) = platform.rooms.routing.interactions
            assert (found.id, found.number, found.answered_at) == (before.id, before.number, before.answered_at)
            call.hang_up()
            await until(lambda: platform.rooms.routing.agents["ana"].duty is Duty.wrapping, 10, "wrap-up")


def talks(platform: Platform) -> bool:
    ana = platform.rooms.routing.agents["ana"]
    calls = [one.state for one in platform.rooms.routing.interactions]
    return ana.duty is Duty.busy and ana.standing == "talking" and calls == ["active"]


@asynccontextmanager
async def platform_on(switch: SimSwitch, url: str, folder: Path) -> AsyncIterator[Platform]:
    phones = folder / "phones.json"
    phones.write_text(json.dumps({"phones": [{"endpoint": name, "secret": "long-enough"} for name in switch.phones]}))
    ami = AmiSettings(port=switch.port, username=switch.user, secret=switch.secret, backoff_first=0.02)
    database = connect(url)
    try:
        async with running(database, Pbx("asterisk", "", ami, phones, "ws://{host}:1", folder), REGION) as platform:
            await until(lambda: platform.rooms.routing.line_up, 10, "the link")
            yield platform
    finally:
        await database.dispose()


# ── rows ────────────────────────────────────────────────────────────────────────────────────────────────


async def work(url: str, what: Any) -> Any:
    database = connect(url)
    try:
        async with database.begin() as connection:
            return await connection.run_sync(what)
    finally:
        await database.dispose()


def tables_of(connection: Connection) -> list[Table]:
    """The tables as the database itself tells of them: those of the old version."""
    found = MetaData()
    found.reflect(connection)
    return [table for table in found.sorted_tables if table.name != "alembic_version"]


def fill_what_is_empty(connection: Connection) -> None:
    for table in tables_of(connection):
        if not connection.scalar(select(func.count()).select_from(table)):
            meant = {name: one for name, one in MEANT.get(table.name, {}).items() if name in table.c}
            connection.execute(insert(table).values({**any_row(connection, table), **meant}))


def any_row(connection: Connection, table: Table) -> dict[str, Any]:
    """A value for every column."""
    row: dict[str, Any] = {}
    for column in table.columns:
        if column.foreign_keys:
            (key,) = column.foreign_keys
            row[column.name] = connection.scalar(select(key.column).limit(1))
        else:
            row[column.name] = any_value(column.type)
    return row


def any_value(kind: Any) -> Any:
    match kind:
        case sql.Boolean():
            return False
        case sql.Integer():
            return 1
        case sql.Numeric() | sql.Float():
            return 1.5
        case DateTime():
            return NOW if kind.timezone else NOW.replace(tzinfo=None)
        case Date():
            return date(2026, 11, 21)
        case sql.JSON():
            return {}
        case _:
            return "old"


def all_rows(connection: Connection) -> Rows:
    return {
        table.name: [dict(one) for one in connection.execute(select(table)).mappings()]
        for table in tables_of(connection)
    }


async def same_rows(url: str, old: Rows, made_anew: set[str]) -> None:
    """Each old row with all its old columns; `made_anew` are tables that begin again."""
    new: Rows = await work(url, all_rows)
    considered = {one["id"]: one["agents"] for one in new["choices"]}
    new["offers"] = [{**one, "why": considered[one["choice_id"]]} for one in new["offers"]]  # moved by 0014
    for name in old.keys() - made_anew:
        known = list(old[name][0])
        kept = sorted(repr([one[column] for column in known]) for one in new[name])
        had = sorted(repr([one[column] for column in known]) for one in old[name])
        assert kept == had, name


async def stores_read(url: str, old: Rows) -> None:
    """As the platform, the desk and the administration read them."""
    database, clock = connect(url), SteadyClock()
    try:
        store = SqlEngineStore(database, shelf_tables(), SAVERS)
        found, last = await store.load()
        assert last >= max(one["seq"] for one in old["journal"])
        for shelf in ("agents", "interactions", "legs", "phones", "deadlines", "queues"):
            assert {one.id for one in found[shelf]} == {one["id"] for one in old[shelf]}, shelf
        assert len(await store.journal(limit=200_000)) == len(old["journal"])
        await offices_read(database, clock, old)
        async with database.connect() as connection:
            for table in metadata.sorted_tables:  # with the types of the code
                (await connection.execute(select(table))).all()
            heard = await list_recordings(connection)
            assert {one.id for one in heard} == {one["id"] for one in old["recordings"]}
            staff_id = old["sessions"][0]["staff_id"]
            assert {one.id for one in await sessions_of(connection, staff_id, clock.now())} == {
                one["id"] for one in old["sessions"]
            }
    finally:
        await database.dispose()


async def offices_read(database: AsyncEngine, clock: SteadyClock, old: Rows) -> None:
    customers = CustomerService(database, REGION, clock)
    for row in old["customers"]:
        assert (await customers.get(row["id"])).name == row["name"]
    for name, read in (("contacts", customers.contacts), ("devices", customers.devices)):
        for row in old[name]:
            assert row["id"] in {one.id for one in await read(row["customer_id"])}
    for row in old["tickets"]:
        assert (await TicketService(database, clock).get(row["id"]))["subject"] == row["subject"]
    for row in old["timeline"]:
        page = await TimelineService(database).page(row["customer_id"])
        assert row["id"] in {one["id"] for one in page["entries"]}
    assert {one.team.id for one in await Teams(database).all()} == {one["id"] for one in old["teams"]}
    hasher = Hasher()
    assert {one.id for one in await PeopleService(database, hasher).list_staff()} == {one["id"] for one in old["staff"]}
    hasher.close()
    trail = await check_audit(database)
    assert (trail.lines, trail.broken) == (len(old["audit"]), None)
    entries = await DoNotCallService(database, REGION, clock).entries("OLD")  # by the reason
    assert {one.id for one in entries} == {one["id"] for one in old.get("do_not_call", [])}
    assert await DoNotCallService(database, REGION, clock).entries("999000") == entries, "by the end of the number"
