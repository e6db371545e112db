"""The heartbeat that the dialplan watches: it beats only while the engine's loop can commit."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import ClassVar

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from cti.switch import Switch
from kernel.db import engine_pulse
from kernel.engine import Engine
from kernel.handling import Handles, on
from kernel.messages import Fact, Write
from kernel.turn import Turn
from kernel.writes import upsert

log = structlog.get_logger(__name__)

BEAT = 0.5
SOON = 0.05
STALE = timedelta(seconds=1.5)
"""Without a commit for so long the platform is silent. The dialplan gives up 3 to 4 s after the last beat: so the
switch's own queue takes over at most 6 s after the last commit, and a database that is locked for less than 3 s costs
nobody anything."""


STOOD_STILL = timedelta(seconds=BEAT + 0.75)
"""A pause of that length between two beats: another platform may be at work by now, so a commit is waited for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pulse(Fact):
    """Asks the engine to prove that it can commit."""

    journalled: ClassVar[bool] = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SavePulse(Write):
    at: datetime


async def save_pulse(connection: AsyncConnection, writes: Sequence[SavePulse]) -> None:
    """Keep the time of the last pulse."""
    await upsert(connection, engine_pulse, [{"id": "engine", "at": writes[-1].at}])


class PulseHandler(Handles):
    """Turns a pulse into a write, so that it needs a commit."""

    @on(Pulse)
    def _pulse(self, fact: Pulse, turn: Turn) -> None:
        turn.save(SavePulse(at=turn.at))


class Heartbeat:
    """Beats twice a second while the engine commits; silent otherwise."""

    def __init__(self, engine: Engine, switch: Switch) -> None:
        self._engine = engine
        self._switch = switch
        self._count = 0
        self._stood: datetime | None = None
        self.beating = False

    @property
    def saving(self) -> bool:
        """False while nothing can be saved; true also before the first beat."""
        return self.beating or self._count == 0

    @property
    def age(self) -> float:
        """Seconds since the last commit; 0 before the first."""
        last = self._engine.last_commit
        return 0.0 if last is None else (self._engine.clock.now() - last).total_seconds()

    async def run(self) -> None:
        """Until cancelled."""
        self._engine.post(Pulse())
        for _ in range(round(BEAT / SOON)):  # after a start the first commit is what everybody waits for
            if self._engine.last_commit is not None:
                break
            await asyncio.sleep(SOON)
        while True:
            self._engine.post(Pulse())
            self._beat()
            asleep = self._engine.clock.now()
            await asyncio.sleep(BEAT)
            if self._engine.clock.now() - asleep > STOOD_STILL:
                self._stood = self._engine.clock.now()

    def _beat(self) -> None:
        last = self._engine.last_commit
        alive = last is not None and self._engine.clock.now() - last < STALE
        if last is not None and self._stood is not None and last <= self._stood:
            alive = False
        if alive != self.beating:
            log.log(30 if not alive else 20, "heartbeat", beating=alive, store_error=self._engine.store_error)
        self.beating = alive
        if alive:
            self._count += 1
            self._switch.beat(self._count)
