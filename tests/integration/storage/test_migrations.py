"""The versions under migrations/ make exactly the tables that the code defines, on both databases."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import text

from kernel.db import connect
from kernel.errors import Unavailable
from server import migrate
from server.migrate import Standing
from tests.support.postgres import PostgresCluster

pytestmark = pytest.mark.integration


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite+aiosqlite:///{tmp_path}/empty.db"
    cluster: PostgresCluster = request.getfixturevalue("postgres_cluster")
    return cluster.url(cluster.create("template0"))


async def _run(url: str, statement: str) -> None:
    engine = connect(url)
    async with engine.begin() as connection:
        await connection.execute(text(statement))
    await engine.dispose()


async def test_an_upgraded_database_equals_the_tables_in_the_code(database_url: str) -> None:
    assert await migrate.differences(database_url) == []
    assert await migrate.standing(database_url) is Standing.current
    await migrate.check(database_url)


async def test_a_missing_column_is_found(sqlite_url: str) -> None:
    await _run(sqlite_url, "ALTER TABLE teams RENAME COLUMN name TO title")

    assert await migrate.differences(sqlite_url) != []


async def test_upgrading_twice_changes_nothing(database_url: str) -> None:
    await migrate.upgrade(database_url)

    assert await migrate.differences(database_url) == []


async def test_down_to_nothing_and_up_again(database_url: str) -> None:
    await migrate.downgrade(database_url, "base")
    await _run(database_url, "DROP TABLE alembic_version")
    assert await migrate.standing(database_url) is Standing.empty

    await migrate.upgrade(database_url)
    assert await migrate.differences(database_url) == []


async def test_an_empty_database_is_told_apart(empty_url: str) -> None:
    assert await migrate.standing(empty_url) is Standing.empty
    with pytest.raises(Unavailable) as refused:
        await migrate.check(empty_url)
    assert refused.value.id == "schema_not_current"
    assert "trunkline migrate" in str(refused.value.details["cure"])


async def test_somebody_elses_database_is_told_apart(empty_url: str) -> None:
    await _run(empty_url, "CREATE TABLE wordpress (id INTEGER)")

    assert await migrate.standing(empty_url) is Standing.foreign


async def test_a_newer_database_is_told_apart(database_url: str) -> None:
    await _run(database_url, "UPDATE alembic_version SET version_num = '9999'")

    assert await migrate.standing(database_url) is Standing.ahead
    with pytest.raises(Unavailable, match="newer version"):
        await migrate.check(database_url)
