"""What /health/ready says of each part, in words for the one who has to act."""

from __future__ import annotations

import time
from collections.abc import Mapping

from sqlalchemy import text

from agent_desktop.health import Check, Verdict
from config.settings import Settings
from cti.switch import LinkState, LinkStatus
from kernel.clock import NOTABLE, clock_words
from kernel.db import glance
from server.dberrors import describe_db_error
from server.figures import free_bytes
from server.permits import Sealer
from server.platform import Platform
from server.store import SqlEngineStore

BACKLOG = 1000
"""Messages in the inbox from which on the engine is called overloaded."""
SEALS_WITHIN = 10.0
"""Seconds without a finished look for permits to seal that are worth a warning."""
LONG_COMMIT = 1.5
"""Seconds after which a commit without an answer says that the database gives none."""
LEAST_DISK = 1024**3
"""Free bytes below which a disk is worth a warning."""


def checks(platform: Platform, settings: Settings) -> Mapping[str, Check]:
    """The parts by name. A warning leaves the platform ready: calls go on."""

    async def database() -> Verdict:
        try:
            async with glance(platform.database) as connection:
                await connection.execute(text("SELECT 1"))
        except Exception as error:  # whatever the driver says is translated
            return Verdict(False, " ".join(describe_db_error(error)))
        return Verdict(True, "answers")

    async def engine() -> Verdict:
        return _engine(platform)

    async def switch() -> Verdict:
        return _switch(platform.switch.status)

    async def phones() -> Verdict:
        return _phones(platform)

    async def disk() -> Verdict:
        return _disk(settings)

    async def recordings() -> Verdict:
        return _recordings(platform)

    async def permits() -> Verdict:
        return _permits(platform.sealer)

    async def clock() -> Verdict:
        return _clock(platform)

    found = (database, engine, switch, phones, disk, recordings, permits, clock)
    return {one.__name__: one for one in found}


def _switch(status: LinkStatus) -> Verdict:
    if status.state is not LinkState.up or status.problems:
        return Verdict(False, "; ".join(status.problems) or status.detail)
    return Verdict(True, "; ".join(status.warnings) or status.detail, bool(status.warnings))


def _engine(platform: Platform) -> Verdict:
    trouble = platform.store.trouble or (TimeoutError() if _waits(platform.store) else None)
    if trouble is not None:
        return Verdict(False, " ".join(("cannot save:", *describe_db_error(trouble))))
    if platform.engine.backlog > BACKLOG:
        return Verdict(False, f"{platform.engine.backlog} messages wait in its inbox")
    beating = platform.heartbeat.beating
    return Verdict(beating, "saves" if beating else f"has not saved for {platform.heartbeat.age:.0f} s")


def _waits(store: SqlEngineStore) -> bool:
    """Whether a commit waits for an answer; the driver itself gives up much later."""
    return store.committing_since is not None and time.monotonic() - store.committing_since > LONG_COMMIT


def _phones(platform: Platform) -> Verdict:
    pool = platform.phones.endpoints
    if not pool:
        return Verdict(False, "no pool of phones; run `trunkline doctor`")
    leased = sum(one.endpoint in pool for one in platform.rooms.routing.agents)
    if leased >= len(pool):
        words = f"all {len(pool)} in the pool are leased: who signs in now gets none"
        return Verdict(True, f"{words}; `trunkline install-dialplan --write --phones N` on the switch makes more", True)
    return Verdict(True, f"{len(pool)} in the pool, {leased} leased")


def _disk(settings: Settings) -> Verdict:
    low = []
    for what, folder in (("the database", settings.data_dir), ("recordings", settings.recordings_dir)):
        free = free_bytes(folder)
        if free < LEAST_DISK:
            low.append(f"{free / 1024**2:.0f} MB free for {what}")
    if low:
        return Verdict(True, f"{'; '.join(low)}: free space, or recordings and then everything else stop", True)
    return Verdict(True, "has room")


def _recordings(platform: Platform) -> Verdict:
    lost = platform.tally.ended["recordings", "lost"]
    problems = platform.tally.problems
    if not problems and not lost:
        return Verdict(True, "no recording failed since the start")
    words = ", ".join(f"{count} {name}" for name, count in sorted(problems.items())) or f"{lost} lost"
    cure = "look at the disk of the recordings and at Asterisk's log; calls go on without them"
    return Verdict(True, f"recordings that failed since the start: {words}; {cure}", True)


def _permits(sealer: Sealer) -> Verdict:
    """A warning: calls go on; what was granted meanwhile is chained later."""
    if sealer.trouble is None and sealer.age < SEALS_WITHIN:
        return Verdict(True, "each has its seal")
    words = f"{sealer.unsealed} permits have no seal" if sealer.trouble else "the sealer does not come to an end"
    cause = " ".join(describe_db_error(sealer.trouble)) if sealer.trouble else "look at the database's locks"
    return Verdict(True, f"{words}, none was sealed for {sealer.age:.0f} s: {cause}", True)


def _clock(platform: Platform) -> Verdict:
    ahead = platform.clock.ahead
    return Verdict(True, clock_words(ahead), abs(ahead) > NOTABLE)
