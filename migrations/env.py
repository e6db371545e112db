"""Alembic's entry: runs on the connection that `server.migrate` hands over, or opens its own for the alembic tool."""

from __future__ import annotations

import asyncio
from typing import Literal

from alembic import context
from sqlalchemy import JSON, Connection

from kernel.db import UtcDateTime, connect
from migrations.tables import metadata


def render_item(kind: str, item: object, _autogen: object) -> str | Literal[False]:
    """Write our own types in plain SQLAlchemy: a version must not change with the code."""
    if kind == "type" and isinstance(item, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(item, JSON):
        return 'sa.JSON().with_variant(postgresql.JSONB(), "postgresql")'
    return False


def run(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=metadata,
        render_as_batch=True,
        compare_type=True,
        render_item=render_item,
    )
    with context.begin_transaction():
        context.run_migrations()


async def run_by_itself() -> None:
    url = context.config.get_main_option("sqlalchemy.url")
    if not url:
        raise SystemExit("No database is named. Use `trunkline migrate`, or set sqlalchemy.url.")
    engine = connect(url)
    async with engine.begin() as connection:
        await connection.run_sync(run)
    await engine.dispose()


given = context.config.attributes.get("connection")
if given is not None:
    run(given)
else:
    asyncio.run(run_by_itself())
