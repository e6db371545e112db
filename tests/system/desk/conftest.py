"""A lab Asterisk of their own for the desk's tests, and a platform and browsers per test."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from lab.asterisk import AsteriskLab, LabSettings
from routing.queuerows import Queue
from tests.support.client import why_old
from tests.system.conftest import channels_left
from tests.system.desk.browser import Browsers, browsers
from tests.system.desk.process import PlatformProcess

AGENTS = ("ana", "ben")
QUEUE = Queue("main", "Main", wrap_seconds=6, render_ms=2000)
"""What is looked at is the order of pop and ring; a loaded test machine may need more than 300 ms for a pop."""


@pytest.fixture(scope="session", autouse=True)
def client_is_new() -> None:
    """No test of an old client: it would pass, or fail, for what is not there any more."""
    if old := why_old():
        pytest.fail(old, pytrace=False)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def desk_lab() -> AsyncIterator[AsteriskLab]:
    """An Asterisk whose phones are all browsers."""
    async with AsteriskLab(LabSettings(phones=4)) as lab:
        yield lab


@pytest.fixture
def queue_changes() -> dict[str, Any]:
    """What a test module wants otherwise of the queue."""
    return {}


@pytest.fixture
def cold() -> bool:
    """Whether each start of the platform is the whole of `trunkline run`; see PlatformProcess."""
    return False


@pytest_asyncio.fixture
async def platform(
    desk_lab: AsteriskLab, tmp_path: Path, queue_changes: dict[str, Any], cold: bool
) -> AsyncIterator[PlatformProcess]:
    """A running platform with two agents' accounts; afterwards no channel is left on the switch, and
    the journal through the same code decides the same."""
    process = PlatformProcess(desk_lab, tmp_path, cold=cold)
    await process.prepare(AGENTS, replace(QUEUE, **queue_changes))
    await process.start()
    try:
        yield process
    finally:
        await process.stop()
    assert await channels_left(desk_lab, within=15) == ""
    assert await process.replayed() == []


@pytest_asyncio.fixture
async def agents(platform: PlatformProcess, tmp_path: Path) -> AsyncIterator[Browsers]:
    """Browsers, closed before the platform is stopped."""
    async with browsers(tmp_path) as found:
        yield found
