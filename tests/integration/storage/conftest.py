"""Databases with the tables of the small room, for tests of what one of the two kinds does."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from kernel.db import connect
from tests.integration.storage.shelves import make_tables


@pytest.fixture
async def sqlite(sqlite_url: str) -> AsyncIterator[AsyncEngine]:
    async with _with_tables(sqlite_url) as engine:
        yield engine


@pytest.fixture
async def server(postgres_url: str) -> AsyncIterator[AsyncEngine]:
    async with _with_tables(postgres_url) as engine:
        yield engine


@contextlib.asynccontextmanager
async def _with_tables(url: str) -> AsyncIterator[AsyncEngine]:
    engine = connect(url)
    try:
        await make_tables(engine)
        yield engine
    finally:
        await engine.dispose()
