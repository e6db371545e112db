"""The small room of the unit tests on a real database."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Column, Integer, MetaData, String, Table, UniqueConstraint, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from kernel.clock import ManualClock
from kernel.core import Core, Outcome
from kernel.engine import Engine, Published
from kernel.messages import Message, Order
from server.store import Saver, ShelfTable, SqlEngineStore
from tests.unit.kernel.words import START, CounterRow, Room, SaveLine

tables = MetaData()
counters = Table(
    "test_counters",
    tables,
    Column("id", String(100), primary_key=True),
    Column("value", Integer, nullable=False),
    Column("colour", String(10), nullable=False),
)
lines = Table(
    "test_lines",
    tables,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("text", String(100), nullable=False),
    UniqueConstraint("text"),
)


async def save_lines(connection: AsyncConnection, writes: Sequence[SaveLine]) -> None:
    await connection.execute(insert(lines), [{"text": write.text} for write in writes])


async def make_tables(database: AsyncEngine) -> None:
    async with database.begin() as connection:
        await connection.run_sync(tables.create_all)


def store_on(database: AsyncEngine, live: Any = None, vital: bool = False) -> SqlEngineStore:
    shelf = ShelfTable(CounterRow, counters, live)
    return SqlEngineStore(database, {"counters": shelf}, {SaveLine: Saver(save_lines, vital)})


def taken(core: Core, *messages: Message) -> Outcome:
    """The outcome of turns that all succeed."""
    out = Outcome()
    for message in messages:
        core.take(message, START, out)
    return out


async def texts(database: AsyncEngine) -> list[str]:
    async with database.connect() as connection:
        return list((await connection.execute(select(lines.c.text).order_by(lines.c.id))).scalars())


async def values(database: AsyncEngine) -> dict[str, int]:
    async with database.connect() as connection:
        rows = await connection.execute(select(counters.c.id, counters.c.value))
        return {row.id: row.value for row in rows}


class Heard:
    """An outlet that keeps what it is given."""

    def __init__(self) -> None:
        self.published: list[Published] = []
        self.orders: list[Order] = []

    def publish(self, published: Published) -> None:
        self.published.append(published)

    def send(self, order: Order) -> None:
        self.orders.append(order)


def engine_on(store: SqlEngineStore) -> tuple[Engine, Room, Heard]:
    room, heard = Room(), Heard()
    return Engine(Core([room.counters], [room]), store, heard, ManualClock(START)), room, heard
