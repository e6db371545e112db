"""A real Asterisk for the whole session, and a check after each test that it was left as it was found."""

import asyncio
import os
import time
from collections.abc import AsyncIterator

import pytest_asyncio

from lab.asterisk import AsteriskLab, LabSettings
from lab.sounds import Sounds
from lab.stage import Stage
from tests.support.leftovers import Leftovers

PHONES = 6
PLAIN_PHONES = 4  # cti-phone-03 to cti-phone-06 are ordinary SIP phones, the first two are browsers
COUNT = "core show channels count"

_left: dict[tuple[str, int | None], Leftovers] = {}
"""By the lab and the run of its Asterisk: a new one has nothing of the old."""


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def asterisk_lab() -> AsyncIterator[AsteriskLab]:
    """One Asterisk with the kit, shared by every test of the session: `LabSettings(phones=6, plain_phones=4)`; it says
    everything in tones."""
    async with AsteriskLab(LabSettings(phones=PHONES, plain_phones=PLAIN_PHONES, sounds=Sounds.tones)) as lab:
        yield lab


async def channels_left(lab: AsteriskLab, within: float = 6.0) -> str:
    """The channels that are still there after some seconds; empty when all are gone. One that an earlier test of this
    switch was told of is neither waited for nor told again: it is printed with that test's name."""
    known = _left.setdefault((lab.name, lab.pid), Leftovers())
    deadline = time.monotonic() + within
    while True:
        concise, count = await lab.rasterisk("core show channels concise"), await lab.rasterisk(COUNT)
        left = known.found(concise, count)
        if not left or time.monotonic() > deadline:
            break
        await asyncio.sleep(0.1)
    for line in known.old(concise):
        print(line)
    if left:
        known.tell(concise, count, os.environ.get("PYTEST_CURRENT_TEST", "a fixture"))
    return "\n".join(left)


@pytest_asyncio.fixture
async def stage(asterisk_lab: AsteriskLab) -> AsyncIterator[Stage]:
    """The shared Asterisk with the platform's part played by hand; no heartbeat yet, and no channel left at the end."""
    async with asterisk_lab.stand_in.client() as ami:
        await ami.event("FullyBooted")
        await ami.action("Setvar", Variable="CTI_HB", Value="")
        await ami.action("Setvar", Variable="CTI_RECORD", Value="")
        yield Stage(asterisk_lab, ami)
    assert await channels_left(asterisk_lab) == ""
