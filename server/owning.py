"""Whose database it is: the engine that read it last. What an engine that was killed had at the server already may
still be carried out there; by then another has read the rows, and it must not be."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from kernel.bundle import Hold
from kernel.db import engine_owner
from kernel.errors import Displaced

ENGINE = "engine"


async def take(connection: AsyncConnection) -> int:
    """Make the database ours; returns the token that says so. It waits for what its owner is saving."""
    insert = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
    first = insert(engine_owner).values(id=ENGINE, token=1)
    following = first.on_conflict_do_update(index_elements=["id"], set_={"token": engine_owner.c.token + 1})
    return int((await connection.execute(following.returning(engine_owner.c.token))).scalar_one())


def hold(token: int | None) -> Hold | None:
    """What a commit of the owner of that token asks for: who takes the database over waits for its end."""
    if token is None:
        return None
    return Hold(engine_owner.name, engine_owner.c.token.name, token)


async def ensure(connection: AsyncConnection, token: int | None) -> None:
    """The same as a question of its own, in a transaction that saves row by row; raises Displaced."""
    if token is not None:
        ours = select(engine_owner.c.id).where(engine_owner.c.token == token)
        if await connection.scalar(ours.with_for_update(read=True)) is None:
            raise Displaced
