"""What the desktop needs from the engine: commands go in, committed batches come out.

Nothing here reaches into the engine's memory: rows cross as JSON-ready dicts, so that an implementation over
Redis Streams can take the place of the one in the same process. Both pass the same contract test.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from typing import Any, Protocol

from kernel.messages import Command

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class RowChange:
    """One row as it stands after the commit; `row` is None when it was deleted."""

    shelf: str
    key: str
    row: Row | None


@dataclass(frozen=True, slots=True)
class Batch:
    """What one commit changed. `seq` grows from batch to batch, with gaps. Each event carries its `type`."""

    seq: int
    at: str
    changes: tuple[RowChange, ...] = ()
    events: tuple[Row, ...] = ()


@dataclass(frozen=True, slots=True)
class Resync:
    """The subscriber was too slow and missed batches: take a new `state()`, then go on reading."""


@dataclass(frozen=True, slots=True)
class State:
    """All live rows by shelf and id, and of each agent the dial that ended lately; holds everything up to and
    including batch `seq`, and maybe a part of the next one. Rows are whole, so applying a later batch over it twice
    does no harm."""

    seq: int
    rows: dict[str, dict[str, Row]] = field(default_factory=dict)


class CommandPort(Protocol):
    """Where everything goes that changes calls, agents, offers or queues."""

    async def execute(self, command: Command) -> object:
        """The committed result of the command; raises the TrunklineError that refused it, or Unavailable."""
        ...


class EventStream(Protocol):
    """Where committed changes come from."""

    async def state(self) -> State:
        """All live rows."""
        ...

    def subscribe(self) -> AbstractAsyncContextManager[AsyncIterator[Batch | Resync]]:
        """Batches from the moment of entering on, in order. Enter first, then ask for `state()`, then skip batches
        whose `seq` is not above it: nothing is missed."""
        ...
