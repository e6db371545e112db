"""A people service on both databases, with a hash that is quick."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from argon2 import PasswordHasher
from sqlalchemy import Connection, event
from sqlalchemy.ext.asyncio import AsyncEngine

from crm_core.people.passwords import Hasher
from crm_core.people.rows import NewStaff, Staff
from crm_core.people.service import SYSTEM, PeopleService
from kernel.access import Role

NOW = datetime(2025, 3, 3, 9, 0, tzinfo=UTC)
PASSWORD = "correct horse battery"


LOCKING = re.compile(r"\s*(UPDATE|DELETE)\b|.*\bFOR UPDATE\s*$", re.DOTALL)


@pytest.fixture(autouse=True)
def head_first(request: pytest.FixtureRequest) -> Iterator[None]:
    """Whatever a test does: no transaction locks rows and then the head of the audit trail, for another that has the
    head may wait for these rows."""
    if "database" not in request.fixturenames:
        yield
        return
    engine: AsyncEngine = request.getfixturevalue("database")
    before: dict[object, list[str]] = {}
    wrong: list[tuple[str, ...]] = []

    @event.listens_for(engine.sync_engine, "begin")
    def begins(connection: Connection) -> None:
        before[connection.connection.dbapi_connection] = []

    @event.listens_for(engine.sync_engine, "before_cursor_execute")
    def runs(connection: Connection, _cursor: object, statement: str, *_more: object) -> None:
        locked = before.setdefault(connection.connection.dbapi_connection, [])
        if "FROM audit_head" in statement and not statement.startswith("DELETE"):
            if locked and locked[0] != "head":
                wrong.append((*locked, statement))
            locked.insert(0, "head")
        elif LOCKING.match(statement):
            locked.append(statement)

    yield
    event.remove(engine.sync_engine, "begin", begins)
    event.remove(engine.sync_engine, "before_cursor_execute", runs)
    assert wrong == []


@pytest.fixture
def hasher() -> Iterator[Hasher]:
    quick = Hasher(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    yield quick
    quick.close()


@pytest.fixture
def people(database: AsyncEngine, hasher: Hasher) -> PeopleService:
    return PeopleService(database, hasher)


@pytest.fixture
async def ana(people: PeopleService) -> Staff:
    """An agent who can sign in."""
    return await people.create_staff(NewStaff("Ana", "Ana López", PASSWORD, (Role.agent,)), SYSTEM, NOW)
