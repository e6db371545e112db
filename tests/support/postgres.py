"""The tests' PostgreSQL: without fsync, with a migrated template that each test's database is copied from."""

from __future__ import annotations

import asyncio

from lab.postgres import UNSAFE, PostgresCluster, start_postgres
from server.migrate import upgrade

TEMPLATE = "trunkline_template"

__all__ = ["TEMPLATE", "PostgresCluster", "start_migrated"]


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
