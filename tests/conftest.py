"""Fixtures that every room's tests share: a migrated database of each kind, one per test."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio
import structlog
from hypothesis import settings
from sqlalchemy.ext.asyncio import AsyncEngine

from kernel.db import connect
from tests.support import sqlite
from tests.support.postgres import PostgresCluster, Spares, start_migrated

structlog.configure(
    processors=[
        structlog.stdlib.add_log_level,
        structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback),
    ]
)
"""As the platform logs: a pretty traceback of a platform that runs inside the test would hold up its loop."""

settings.register_profile("shared", deadline=None)
settings.load_profile("shared")
"""How long one example takes says more of the neighbours on the machine than of the code."""


@pytest.fixture(scope="session")
def postgres_cluster() -> Iterator[PostgresCluster]:
    """A PostgreSQL of this test process (each xdist worker has its own), started when first asked for."""
    cluster = start_migrated()
    yield cluster
    cluster.stop()


@pytest.fixture(scope="session")
def sqlite_template() -> Path:
    """A migrated SQLite file to copy."""
    return asyncio.run(sqlite.template())


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    """The URL of a migrated, empty SQLite database."""
    path = tmp_path / "trunkline.db"
    shutil.copyfile(sqlite_template, path)
    return f"{sqlite.PREFIX}{path}"


@pytest.fixture(scope="session")
def postgres_spares(postgres_cluster: PostgresCluster) -> Spares:
    return Spares(postgres_cluster)


@pytest.fixture
def postgres_url(postgres_spares: Spares) -> Iterator[str]:
    """The URL of a migrated, empty PostgreSQL database."""
    name = postgres_spares.take()
    yield postgres_spares.cluster.url(name)
    postgres_spares.give_back(name)


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """The URL of a migrated, empty database; the test runs once on each kind."""
    url: str = request.getfixturevalue("sqlite_url" if request.param == "sqlite" else "postgres_url")
    return url


@pytest_asyncio.fixture
async def database(database_url: str) -> AsyncIterator[AsyncEngine]:
    """An open, migrated, empty database; the test runs once on each kind."""
    engine = connect(database_url)
    yield engine
    await engine.dispose()
