"""A simulated switch with a signed-in AMI client and a heartbeat."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest_asyncio

from lab.sim import SimSwitch
from tests.support.sim import Desk, beat, client


@pytest_asyncio.fixture
async def desk() -> AsyncIterator[Desk]:
    """Two phones that ring, a signed-in AMI client, and a heartbeat."""
    async with SimSwitch(2) as switch, client(switch) as ami:
        beats = asyncio.create_task(beat(ami))
        yield Desk(switch, ami)
        beats.cancel()
        await asyncio.gather(beats, return_exceptions=True)
