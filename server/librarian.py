"""Looks things up for the engine, outside its loop: who is calling, and whether a recording's file is there."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime
from pathlib import Path

import structlog

from crm_core.customers.models import Match as CallerMatch
from crm_core.customers.service import CustomerService
from kernel.faults import FaultPoint, reached
from kernel.messages import Fact, Order
from recordings.files import SoundFile, locate, measure
from recordings.messages import FindRecording, RecordingFound, RecordingMissing
from routing.messages import CallerIdentified, IdentifyCaller
from routing.rows import Match
from server.dberrors import describe_db_error

log = structlog.get_logger(__name__)

AGAIN = (0.2, 1.0, 5.0, 15.0)
"""Seconds to wait before a look-up that failed is tried again; then it is given up."""
SETTLE = (0.2, 0.5, 1.0, 2.0)
"""Seconds between looks at a recording that the switch may still be writing."""
Talk = tuple[str, datetime]
Talks = Callable[[str | None, str | None], Awaitable[Talk | None]]
"""Who talked last with a customer or a number, and when."""


class Librarian:
    """Carries out look-up orders; every order is answered by one fact, failure included."""

    def __init__(
        self,
        customers: CustomerService,
        talks: Talks,
        recordings_dir: Path,
        post: Callable[[Fact], bool],
    ) -> None:
        self._customers = customers
        self._talks = talks
        self._recordings = recordings_dir
        self._post = post
        self._tasks: set[asyncio.Task[None]] = set()

    def send(self, order: Order) -> bool:
        """Begin an order; False when it is not one of ours."""
        if isinstance(order, IdentifyCaller):
            self._start(self._identify(order))
        elif isinstance(order, FindRecording):
            self._start(self._find(order))
        else:
            return False
        return True

    async def stop(self) -> None:
        """End what is under way; the engine's deadlines answer for it."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _start(self, work: Awaitable[None]) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _identify(self, order: IdentifyCaller) -> None:
        looked_up = await self._looked_up(order)
        if looked_up is None:
            match = Match.unknown if order.number else Match.withheld
            self._post(CallerIdentified(interaction_id=order.interaction_id, match=match, failed=True))
            return
        found, talk = looked_up
        self._post(
            CallerIdentified(
                interaction_id=order.interaction_id,
                match=Match(found.kind),
                customer_id=found.customer_id,
                contact_id=found.contact_id,
                candidate_ids=tuple(found.candidate_ids),
                level=found.level,
                owner=found.owner_id,
                last_agent=talk[0] if talk else None,
                last_talk_at=talk[1] if talk else None,
            )
        )

    async def _looked_up(self, order: IdentifyCaller) -> tuple[CallerMatch, Talk | None] | None:
        """Nobody waits for the last try: after a second the caller is offered as unknown, until it succeeds."""
        for pause in (*AGAIN, None):
            try:
                found = await self._customers.identify(order.number)
                return found, await self._talks(found.customer_id, order.number)
            except Exception as error:
                again = "given up" if pause is None else f"again in {pause:g} s"
                cause = " ".join(describe_db_error(error))
                log.warning("a look-up failed", interaction=order.interaction_id, cause=cause, then=again)
            if pause is not None:
                await asyncio.sleep(pause)
        return None

    async def _find(self, order: FindRecording) -> None:
        found = await self._measured(order.file)
        reached(FaultPoint.recording_measured)
        ids = {"recording_id": order.recording_id, "interaction_id": order.interaction_id}
        if isinstance(found, str):
            self._post(RecordingMissing(reason=found, **ids))
        else:
            self._post(RecordingFound(seconds=round(found.seconds, 3), bytes=found.bytes, **ids))

    async def _measured(self, file: str) -> SoundFile | str:
        """Length and size of a finished recording, or the reason why there is none."""
        path = locate(self._recordings, file)
        reason = "no_file"
        if path is None:
            return reason
        for pause in SETTLE:
            await asyncio.sleep(pause)
            try:
                sound = await asyncio.to_thread(measure, path)
            except OSError:
                continue
            except ValueError:
                reason = "unreadable"
                continue
            if sound.seconds > 0:
                return sound
            reason = "empty"
        return reason
