"""The tests' PostgreSQL: without fsync, with a migrated template that databases are copied from. To make and drop one
costs more than most tests, so the next test gets the same, emptied, unless its tables are not what they were."""

from __future__ import annotations

import asyncio
import io
import os
import signal
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

import asyncpg  # type: ignore[import-untyped]

from lab.postgres import UNSAFE, PostgresCluster, start_postgres
from server.migrate import upgrade

T = TypeVar("T")
TEMPLATE = "trunkline_template"

SHAPE = """
SELECT md5(concat_ws(' ',
    (SELECT string_agg(concat(oid, ' ', relfilenode, ' ', xmin), ' ' ORDER BY oid) FROM pg_class WHERE oid >= 16384),
    (SELECT string_agg(concat(attrelid, ' ', attnum, ' ', xmin), ' ' ORDER BY attrelid, attnum)
        FROM pg_attribute WHERE attrelid >= 16384),
    (SELECT string_agg(concat(oid, ' ', xmin), ' ' ORDER BY oid) FROM pg_constraint WHERE oid >= 16384),
    (SELECT string_agg(concat(oid, ' ', xmin), ' ' ORDER BY oid) FROM pg_trigger WHERE oid >= 16384),
    (SELECT string_agg(concat(oid, ' ', xmin), ' ' ORDER BY oid) FROM pg_proc WHERE oid >= 16384),
    (SELECT string_agg(concat(oid, ' ', xmin), ' ' ORDER BY oid) FROM pg_namespace WHERE nspname NOT LIKE 'pg_%temp%'),
    (SELECT concat(datconnlimit, ' ', datallowconn, ' ', datacl) FROM pg_database WHERE datname = current_database()),
    (SELECT count(*) FROM pg_db_role_setting)))
"""
"""Whatever a test changed but rows: copies of a template are the same in all of it."""
ALONE = """
SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
WHERE datname = current_database() AND backend_type = 'client backend' AND pid <> pg_backend_pid()
"""
GROWN = 8 << 20
"""Bytes more than the template from which on a new copy is better than an emptied one."""

__all__ = ["TEMPLATE", "PostgresCluster", "Spares", "kill", "mortal_cluster", "restart", "start_migrated", "stopped"]


def start_migrated(settings: tuple[str, ...] = UNSAFE) -> PostgresCluster:
    """A running cluster with the migrated template in it."""
    cluster = start_postgres(settings)
    try:
        cluster.run(f"CREATE DATABASE {TEMPLATE}")
        asyncio.run(upgrade(cluster.url(TEMPLATE)))
    except BaseException:
        cluster.stop()
        raise
    return cluster


@dataclass(frozen=True, slots=True)
class AsNew:
    """A migrated database nobody used: its shape and size, the rows that the versions put there, its counters."""

    shape: str
    size: int
    tables: tuple[str, ...]
    rows: dict[str, bytes]
    counters: dict[str, int | None]

    @classmethod
    async def seen(cls, connection: asyncpg.Connection) -> AsNew:
        names = await connection.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")
        tables, rows = tuple(one[0] for one in names), {}
        for name in tables:
            if await connection.fetchval(f'SELECT EXISTS (SELECT FROM "{name}")'):
                kept = io.BytesIO()
                await connection.copy_from_table(name, output=kept, format="binary")
                rows[name] = kept.getvalue()
        counters = await connection.fetch("SELECT sequencename, last_value FROM pg_sequences")
        shape = await connection.fetchval(SHAPE)
        return cls(shape, await _size(connection), tables, rows, {one[0]: one[1] for one in counters})

    async def restored(self, connection: asyncpg.Connection) -> bool:
        """Whether the database is as this one again."""
        await connection.execute(ALONE)
        if await connection.fetchval(SHAPE) != self.shape or await _size(connection) > self.size + GROWN:
            return False
        async with connection.transaction():
            await connection.execute("SET LOCAL session_replication_role = replica")  # in any order, no triggers
            await connection.execute(";".join(f'DELETE FROM "{name}"' for name in self.tables))
            for name, kept in self.rows.items():
                await connection.copy_to_table(name, source=io.BytesIO(kept), format="binary")
            for name, value in self.counters.items():
                await connection.execute("SELECT setval($1::regclass, $2, $3)", name, value or 1, value is not None)
        return True


async def _size(connection: asyncpg.Connection) -> int:
    found: int = await connection.fetchval("SELECT pg_database_size(current_database())")
    return found


@dataclass(slots=True)
class Spares:
    """Migrated, empty databases of a cluster."""

    cluster: PostgresCluster
    _free: list[str] = field(default_factory=list)
    _new: AsNew | None = None

    def take(self) -> str:
        if self._new is None:
            self._new = asyncio.run(self._in(TEMPLATE, AsNew.seen))
        return self._free.pop() if self._free else self.cluster.create(TEMPLATE)

    def give_back(self, name: str) -> None:
        assert self._new is not None
        if asyncio.run(self._in(name, self._new.restored)):
            self._free.append(name)
        else:
            self.cluster.drop(name)

    async def _in(self, name: str, work: Callable[[asyncpg.Connection], Awaitable[T]]) -> T:
        connection = await asyncpg.connect(host=str(self.cluster.folder), user="postgres", database=name)
        try:
            return await work(connection)
        finally:
            await connection.close()


@contextmanager
def mortal_cluster() -> Iterator[PostgresCluster]:
    """One that a test may stop and kill: what it says is committed outlives its processes."""
    cluster = start_migrated(("fsync=off", "full_page_writes=off"))
    try:
        yield cluster
    finally:
        _signal_all(cluster, signal.SIGCONT)
        cluster.stop()


def _family(pid: int) -> list[int]:
    """A process and its children: the server, and one for each connection."""
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except FileNotFoundError:
        return []
    return [pid, *(int(one) for one in children)]


def _signal_all(cluster: PostgresCluster, what: signal.Signals) -> None:
    for pid in reversed(_family(cluster.server.pid)):
        with suppress(ProcessLookupError):  # a worker of the server's own may have ended meanwhile
            os.kill(pid, what)


@contextmanager
def stopped(cluster: PostgresCluster) -> Iterator[None]:
    """The whole server stands still, as when its disk or its machine does."""
    _signal_all(cluster, signal.SIGSTOP)
    try:
        yield
    finally:
        _signal_all(cluster, signal.SIGCONT)


def kill(cluster: PostgresCluster) -> None:
    """SIGKILL of server and connections: what a machine that loses its power leaves."""
    _signal_all(cluster, signal.SIGKILL)
    cluster.server.wait(5)


def restart(cluster: PostgresCluster) -> None:
    (cluster.folder / "data" / "postmaster.pid").unlink(missing_ok=True)
    cluster.start_again()
