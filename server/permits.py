"""Carries the engine's wish for a permit to the office and its answer back; seals what was granted."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Callable
from datetime import datetime
from typing import Any

import structlog
from sqlalchemy.ext.asyncio import AsyncEngine

from dialer.chain.store import seal, unsealed
from dialer.store import sweep_numbers
from kernel.errors import TrunklineError
from kernel.messages import Fact, Order
from routing.dialling import AskPermit, PermitGranted, PermitRefused
from routing.ports import DialPermit, DialRequest

log = structlog.get_logger(__name__)

NO_ANSWER = "The permit for this call could not be kept. Nobody was called; try again in a moment."
SEAL_EVERY = 0.5
SEAL_AGAIN = 5.0
"""Seconds between looks for permits without a seal: usually, and after one that failed."""

SWEEP_EVERY, SWEEP_PAUSE = 60.0, 0.05
"""Seconds between sweeps of the number locks, and between two looks of one sweep."""


class PermitClerk:
    """Every AskPermit is answered by one fact, failure included; nothing is asked twice."""

    def __init__(self, office: DialPermit, post: Callable[[Fact], bool]) -> None:
        self._office, self._post = office, post
        self._tasks: set[asyncio.Task[None]] = set()

    def send(self, order: Order) -> bool:
        """Begin an order; False when it is not one of ours."""
        if not isinstance(order, AskPermit):
            return False
        task = asyncio.create_task(self._ask(order), name=f"permit-{order.attempt_id}")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return True

    async def stop(self) -> None:
        """End what is under way; the attempts end with the next start."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _ask(self, order: AskPermit) -> None:
        ids: dict[str, Any] = {"attempt_id": order.attempt_id, "interaction_id": order.interaction_id}
        request = DialRequest(
            **ids,
            number=order.number,
            purpose=order.purpose,
            asked_by=order.agent_id,
            confirmed=order.confirmed,
            costly=order.costly,
            customer_id=order.customer_id,
        )
        try:
            permit = await self._office.ask(request)
        except TrunklineError as refusal:
            self._post(
                PermitRefused(
                    **ids,
                    error=refusal.id,
                    message=refusal.message,
                    status=refusal.status,
                    details=dict(refusal.details),
                )
            )
        except Exception:
            log.exception("no permit could be asked for", attempt=order.attempt_id)
            self._post(PermitRefused(**ids, error="permit_not_kept", message=NO_ANSWER, status=503))
        else:
            self._post(PermitGranted(**ids, permit_id=permit.id))


async def sweep_for_ever(database: AsyncEngine, now: Callable[[], datetime]) -> None:
    """Forget, a few at a time, locks of numbers whose attempts are over: a kill can leave them."""
    while True:
        try:
            after: str | None = ""
            while after is not None:
                _, after = await sweep_numbers(database, after, now())
                await asyncio.sleep(SWEEP_PAUSE)
        except Exception:
            log.exception("number locks could not be swept; trying again")
        await asyncio.sleep(SWEEP_EVERY)


class Sealer:
    """Chains new permits within a second of their commit, and knows when it does not get to it."""

    def __init__(self, database: AsyncEngine) -> None:
        self._database = database
        self._good = time.monotonic()
        self.trouble: Exception | None = None
        """Why the last round failed; None when it did not."""
        self.unsealed = 0
        self.oldest: datetime | None = None
        """How many permits had no seal after the last round, and when the oldest of them was granted."""

    @property
    def age(self) -> float:
        """Seconds since the last round that left nothing without a seal: a round that hangs shows too."""
        return time.monotonic() - self._good

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            good = await self._round()
            await asyncio.sleep(SEAL_EVERY if good else SEAL_AGAIN)

    async def _round(self) -> bool:
        try:
            while await seal(self._database):
                pass
        except Exception as error:
            log.exception("permits could not be sealed; trying again")
            self.trouble = error
            with contextlib.suppress(Exception):  # who cannot count either is in the same trouble
                self.unsealed, self.oldest = await unsealed(self._database)
            return False
        self.trouble, self.unsealed, self.oldest = None, 0, None
        self._good = time.monotonic()
        return True
