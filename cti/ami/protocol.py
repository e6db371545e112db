"""One connection to the switch: bytes in, events and answers out. Made by panoramisk's Manager in place of its own."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Callable
from typing import Any, cast

from panoramisk.manager import Manager

from cti.ami.pending import Ask, Pending, Reply
from cti.ami.wire import Framer, Garbage

log = logging.getLogger(__name__)

MAX_UNSENT = 1_048_576
"""Bytes that the switch has not taken from us yet before we give the link up."""

OnEvent = Callable[[bytes], None]


class AmiProtocol(asyncio.Protocol):
    """Events go to `on_event` in the order in which they came; an exception in it is counted and loses that event only.
    `lost` ends with the reason when the connection is over."""

    def __init__(self, on_event: OnEvent, counts: Counter[str]) -> None:
        self.lost: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self.pending = Pending(self._late)
        self.framer = Framer()
        self._on_event = on_event
        self._counts = counts
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)  # uvloop's is none by its class

    def data_received(self, data: bytes) -> None:
        try:
            messages = self.framer.feed(data)
        except Garbage as garbage:
            log.warning("the switch's AMI stream is unreadable, closing the link", extra={"cause": garbage.message})
            self._counts["garbage"] += 1
            self.drop("garbage")
            return
        for message in messages:
            if self.lost.done():
                return
            self._take(message)

    def _take(self, message: bytes) -> None:
        if message.startswith(b"Event:"):
            self._counts["events"] += 1
            if self.pending.lists and self.pending.list_item(message):
                return
            try:
                self._on_event(message)
            except Exception:
                self._counts["events_poison"] += 1
                log.exception("an event of the switch could not be handled; it is skipped")
        elif message.startswith(b"Response:"):
            self._counts["responses"] += 1
            self.pending.response(message)
        else:
            # Something in between was lost or changed; the snapshot after reconnecting brings it.
            self._counts["garbage"] += 1
            self.drop("garbage")

    def _late(self) -> None:
        self._counts["responses_late"] += 1

    def connection_lost(self, exc: Exception | None) -> None:
        self._finish("closed")

    def send(self, ask: Ask, as_list: bool | None = None) -> asyncio.Future[Reply]:
        """Called by the Manager. `as_list` is panoramisk's; we follow lists by their end event instead."""
        assert self._transport is not None
        future = self.pending.add(ask)
        self._counts["actions"] += 1
        self._transport.write(str(ask).encode())
        if self._transport.get_write_buffer_size() > MAX_UNSENT:
            self.drop("overflow")
        return future

    def drop(self, reason: str) -> None:
        """Close at once; what the switch has not taken from us yet is thrown away."""
        if self._transport is not None:
            self._transport.abort()
        self._finish(reason)

    def close(self) -> None:
        """Close after what was written has gone out."""
        if self._transport is not None:
            self._transport.close()
        self._finish("closed")

    def _finish(self, reason: str) -> None:
        self.pending.fail_all(f"The link to the switch was lost ({reason}) before it answered.")
        if not self.lost.done():
            self.lost.set_result(reason)


class OneConnection(Manager):
    """panoramisk's Manager for one connection and no more: no reconnecting, pings or second sending of its own."""

    def connection_made(self, task: asyncio.Task[Any]) -> None:
        if not task.cancelled() and task.exception() is None:
            super().connection_made(task)  # type: ignore[no-untyped-call]
            if self.pinger is not None:
                self.pinger.cancel()
                self.pinger = None

    def connection_lost(self, exc: object) -> None:
        """Never called: our protocol does not report to the Manager."""

    def ping(self) -> None:
        """The link sends its own."""
