"""The engine loop: one ordered inbox, one commit for what was drained, then publish and send; only questions go out
meanwhile."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Protocol

from kernel.clock import Clock
from kernel.core import Core, Outcome
from kernel.errors import Displaced, Unavailable
from kernel.faults import FaultPoint, reached
from kernel.messages import Event, Message, Order, Question
from kernel.shelf import Change

log = logging.getLogger(__name__)


LATE = timedelta(seconds=3.5)
"""A commit that took longer: by now the switch may have taken callers itself, for the heartbeat stopped meanwhile."""


@dataclass(frozen=True, slots=True)
class Published:
    """What one commit changed; `seq` is the journal's last line in it."""

    seq: int
    at: datetime
    changes: tuple[Change, ...]
    events: tuple[Event, ...]


class Store(Protocol):
    """Keeps the journal and the shelves."""

    async def load(self) -> tuple[dict[str, list[Any]], int]:
        """Live rows by shelf, and the journal's last `seq`."""
        ...

    async def commit(self, outcome: Outcome) -> None:
        """Save all of it in one transaction; raises when it could not, having saved nothing."""
        ...


class Outlet(Protocol):
    """Where committed results go. Neither call may block or raise."""

    def publish(self, published: Published) -> None: ...

    def send(self, order: Order) -> None: ...


@dataclass(slots=True)
class _Envelope:
    message: Message
    reply: asyncio.Future[object] | None = None
    taken: bool = False


@dataclass(slots=True)
class _Read:
    """A question about the state, answered between two turns, after the commit of all before it."""

    question: Callable[[], object]
    reply: asyncio.Future[object] = field(default_factory=lambda: asyncio.get_running_loop().create_future())


class Engine:
    """Owns a Core. Everything that changes calls, agents, offers or queues comes in through `post` and `ask`.

    When the store fails, the loop keeps the drained batch and tries again for ever, `retry` seconds apart at
    most, while the inbox grows to `room` messages; facts beyond that are refused by `post` returning False
    (the link then closes and the snapshot after reconnecting brings what was missed). Only when another platform has
    taken the database over does it end, raising Displaced. `on_late` is called before what a late commit ordered is
    sent.
    """

    def __init__(self, core: Core, store: Store, outlet: Outlet, clock: Clock, room: int = 100_000) -> None:
        self.core = core
        self.clock = clock
        self.last_commit: datetime | None = None
        self.store_error: str | None = None
        self.on_late: Callable[[], None] = lambda: None
        self._behind = False
        self._store = store
        self._outlet = outlet
        self._inbox: asyncio.Queue[_Envelope | _Read] = asyncio.Queue(room)
        self._batch = 256
        self._retry = 1.0

    @property
    def backlog(self) -> int:
        """Messages waiting in the inbox."""
        return self._inbox.qsize()

    async def load(self) -> None:
        """Read the state; call once before `run`."""
        rows, last_seq = await self._store.load()
        self.core.load(rows, last_seq)

    def post(self, message: Message) -> bool:
        """Put a message on the inbox; never blocks, never raises. False when there is no room left."""
        try:
            self._inbox.put_nowait(_Envelope(message))
        except asyncio.QueueFull:
            return False
        return True

    async def ask(self, message: Message, timeout: float = 5.0) -> object:
        """Put a message on the inbox and wait for its committed result; raises the refusal, or Unavailable:
        `engine_busy` when nothing was done and never will be, `outcome_unknown` when it may be done yet."""
        reply: asyncio.Future[object] = asyncio.get_running_loop().create_future()
        return await self._await(_Envelope(message, reply), reply, timeout)

    async def read(self, question: Callable[[], object], timeout: float = 5.0) -> object:
        """Answer a question about the committed state, in order with everything asked before."""
        read = _Read(question)
        return await self._await(read, read.reply, timeout)

    async def _await(self, item: _Envelope | _Read, reply: asyncio.Future[object], timeout: float) -> object:
        try:
            self._inbox.put_nowait(item)
            return await asyncio.wait_for(reply, timeout)
        except (asyncio.QueueFull, TimeoutError):
            if isinstance(item, _Envelope) and item.taken:
                raise Unavailable(
                    "outcome_unknown",
                    "The platform could not confirm this in time; it may still be done. Look before you repeat it.",
                    cause=self._why(),
                ) from None
            raise Unavailable(
                "engine_busy",
                "The platform cannot save right now. Nothing was lost; please try again.",
                cause=self._why(),
            ) from None

    def _why(self) -> str:
        """A word for the one who waits: what the store says of its error is for the log."""
        return "overloaded" if self.store_error is None else "database"

    async def run(self) -> None:
        """Work until cancelled. When cancelled, the batch in hand is committed and delivered first, unless the store
        fails: then it is as if the process had been killed before that batch."""
        while True:
            batch = await self._drain()
            work = asyncio.create_task(self._round(batch))
            try:
                await asyncio.shield(work)
            except asyncio.CancelledError:
                _, pending = await asyncio.wait({work}, timeout=self._retry)
                for late in pending:
                    late.cancel()
                await asyncio.gather(work, return_exceptions=True)
                raise

    async def _drain(self) -> list[_Envelope | _Read]:
        """At least one item: from the inbox, or deadlines that have come."""
        while True:
            due = self.core.next_due()
            wait = None if due is None else max(0.0, (due - self.clock.now()).total_seconds())
            batch: list[_Envelope | _Read] = []
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(wait):
                    batch.append(await self._inbox.get())
            while len(batch) < self._batch and not self._inbox.empty():
                batch.append(self._inbox.get_nowait())
            while (message := self.core.take_due(self.clock.now())) is not None:
                batch.append(_Envelope(message))
            if batch:
                return batch

    async def _round(self, batch: Sequence[_Envelope | _Read]) -> None:
        out, behind = Outcome(), self._behind
        answers: list[Callable[[], None]] = []
        for item in batch:
            answers.append(self._read(item) if isinstance(item, _Read) else self._take(item, out))
        if not out.empty:
            reached(FaultPoint.before_commit, out.entries)
            decided = self.clock.now()
            self._send(out, questions=True)
            if await self._commit(out) > 1:
                self._send(out, questions=True)  # asked while there was no database, they found nothing
            late = self.clock.now() - decided > LATE
            if late:
                log.warning("the commit came late; what is ordered is outdated, the switch is asked how it stands")
                self._mark_what_is_old()
            if late or behind:
                self.on_late()
            reached(FaultPoint.after_commit, out.entries)
            self._deliver(out)
            reached(FaultPoint.after_send, out.entries)
        for answer in answers:
            answer()

    def _mark_what_is_old(self) -> None:
        """Until everything that waits now is handled, what is ordered is outdated too."""

        def caught_up() -> None:
            self._behind = False

        with contextlib.suppress(asyncio.QueueFull):
            self._inbox.put_nowait(_Read(caught_up))
            self._behind = True

    def _read(self, item: _Read) -> Callable[[], None]:
        try:
            value = item.question()
        except Exception as error:  # the asker gets it, the loop lives
            return _answer(item.reply, None, error)
        return _answer(item.reply, value, None)

    def _take(self, item: _Envelope, out: Outcome) -> Callable[[], None]:
        if item.reply is not None and item.reply.cancelled():  # told "not saved" already: it must not happen later
            return lambda: None
        item.taken = True
        try:
            value = self.core.take(item.message, self.clock.now(), out)
        except Exception as error:
            if item.reply is None:
                log.warning("message refused", extra={"type": type(item.message).__name__, "error": repr(error)})
            return _answer(item.reply, None, error)
        return _answer(item.reply, value, None)

    async def _commit(self, out: Outcome) -> int:
        """Returns how many tries it took."""
        delay = 0.02
        for tries in itertools.count(1):
            try:
                await self._store.commit(out)
            except Displaced:
                raise
            except Exception as error:
                self.store_error = repr(error)
                log.exception("the commit failed; trying again")
                await asyncio.sleep(delay)
                delay = min(self._retry, delay * 2)
            else:
                self.store_error = None
                self.last_commit = self.clock.now()
                return tries
        raise AssertionError("it is tried for ever")  # pragma: no cover - the count has no end

    def _deliver(self, out: Outcome) -> None:
        published = Published(out.last_seq, self.clock.now(), tuple(out.changes.values()), tuple(out.events))
        self._outlet.publish(published)
        reached(FaultPoint.after_publish, out.entries)
        self._send(out, questions=False)

    def _send(self, out: Outcome, questions: bool) -> None:
        for order in out.orders:
            if isinstance(order, Question) is questions:
                self._outlet.send(order)


def _answer(reply: asyncio.Future[object] | None, value: object, error: Exception | None) -> Callable[[], None]:
    def answer() -> None:
        if reply is None or reply.done():
            return
        if error is not None:
            reply.set_exception(error)
        else:
            reply.set_result(value)

    return answer
