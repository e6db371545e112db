"""A running desktop for each test."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from agent_desktop.app import HUB
from kernel.access import Role
from tests.integration.desktop.harness import Desktop, running


@pytest.fixture
async def desktop(sqlite_url: str, tmp_path: Path) -> AsyncIterator[Desktop]:
    """A desktop with two agents (ann, bob) and an administrator (root)."""
    async with running(sqlite_url, tmp_path) as found:
        await found.person("ann")
        await found.person("bob")
        await found.person("root", Role.admin)
        await found.app[HUB].ready.wait()
        yield found
