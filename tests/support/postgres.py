"""The tests' PostgreSQL: without fsync, with a migrated template that each test's database is copied from."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from lab.postgres import UNSAFE, PostgresCluster, start_postgres
from server.migrate import upgrade

TEMPLATE = "trunkline_template"

__all__ = ["TEMPLATE", "PostgresCluster", "kill", "mortal_cluster", "restart", "start_migrated", "stopped"]


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
