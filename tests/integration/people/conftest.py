"""A people service on both databases, with a hash that is quick."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from argon2 import PasswordHasher
from sqlalchemy.ext.asyncio import AsyncEngine

from crm_core.people.passwords import Hasher
from crm_core.people.rows import NewStaff, Staff
from crm_core.people.service import SYSTEM, PeopleService
from kernel.access import Role

NOW = datetime(2025, 3, 3, 9, 0, tzinfo=UTC)
PASSWORD = "correct horse battery"


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
