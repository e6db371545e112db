"""The database that the next test gets is as good as a new one, or is a new one."""

from __future__ import annotations

import asyncio

import asyncpg  # type: ignore[import-untyped]
import pytest

from migrations.tables import metadata
from tests.support.postgres import PostgresCluster, Spares

pytestmark = pytest.mark.integration

EVERYTHING = """
SELECT table_name, (xpath('/row/c/text()', query_to_xml(format('SELECT count(*) AS c FROM %I', table_name), false, true,
'')))[1]::text, md5(query_to_xml(format('SELECT * FROM %I', table_name), true, false, '')::text)
FROM information_schema.tables WHERE table_schema = 'public' ORDER BY 1
"""
"""Each table, how many rows it has, and what they are."""
COUNTERS = "SELECT sequencename, last_value FROM pg_sequences ORDER BY 1"
LETTER = "INSERT INTO dead_letters (seq, at, type, body, error) VALUES (1, now(), 'x', '{}', 'x')"


def ask(cluster: PostgresCluster, name: str, *statements: str) -> list[list[tuple[object, ...]]]:
    """The rows that each statement finds."""

    async def asked() -> list[list[tuple[object, ...]]]:
        connection = await asyncpg.connect(host=str(cluster.folder), user="postgres", database=name)
        try:
            return [[tuple(row) for row in await connection.fetch(one)] for one in statements]
        finally:
            await connection.close()

    return asyncio.run(asked())


def test_given_rows_and_what_the_versions_wrote_taken_away_then_all_is_as_it_was(
    postgres_cluster: PostgresCluster,
) -> None:
    spares = Spares(postgres_cluster)
    name = spares.take()
    before = ask(postgres_cluster, name, EVERYTHING, COUNTERS)
    assert len(before[0]) > len(metadata.tables) // 2
    assert any(count != "0" for _, count, _ in before[0]), "the versions write rows"
    away = [f'DELETE FROM "{table}"' for table, count, _ in before[0] if count != "0"]
    ask(postgres_cluster, name, LETTER, *away)
    assert ask(postgres_cluster, name, EVERYTHING, COUNTERS) != before

    spares.give_back(name)

    assert spares.take() == name
    assert ask(postgres_cluster, name, EVERYTHING, COUNTERS) == before
    postgres_cluster.drop(name)


@pytest.mark.parametrize(
    "change",
    [
        "DROP TABLE permit_head",
        "ALTER TABLE teams RENAME COLUMN name TO title",
        "ALTER TABLE teams ADD CONSTRAINT short CHECK (length(name) < 5000)",
        "CREATE TABLE more (id int)",
        "CREATE SCHEMA more",
        "CREATE FUNCTION more() RETURNS int LANGUAGE sql AS 'SELECT 1'",
        "DROP INDEX ix_journal_subject",
        "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I CONNECTION LIMIT 5', current_database()); END $$",
        "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET work_mem = 64', current_database()); END $$",
    ],
)
def test_given_a_change_of_more_than_rows_then_the_next_gets_a_new_one(
    postgres_cluster: PostgresCluster, change: str
) -> None:
    spares = Spares(postgres_cluster)
    name = spares.take()
    ask(postgres_cluster, name, change)

    spares.give_back(name)

    new = spares.take()
    assert new != name
    spares.give_back(new)
    assert spares.take() == new, "that one is not spoilt"
    postgres_cluster.drop(new)
