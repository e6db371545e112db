"""Carries the engine's wish for a permit to the office and its answer back; seals what was granted."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import structlog
from sqlalchemy.ext.asyncio import AsyncEngine

from dialer.chain.store import seal
from kernel.errors import TrunklineError
from kernel.messages import Fact, Order
from routing.dialling import AskPermit, PermitGranted, PermitRefused
from routing.ports import DialPermit, DialRequest

log = structlog.get_logger(__name__)

NO_ANSWER = "The permit for this call could not be kept. Nobody was called; try again in a moment."
SEAL_EVERY = 0.5
SEAL_AGAIN = 5.0
"""Seconds between looks for permits without a seal: usually, and after one that failed."""


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


async def seal_for_ever(database: AsyncEngine) -> None:
    """Chain new permits within a second of their commit."""
    while True:
        pause = SEAL_EVERY
        try:
            while await seal(database):
                pass
        except Exception:
            log.exception("permits could not be sealed; trying again")
            pause = SEAL_AGAIN
        await asyncio.sleep(pause)
