"""One turn of the engine: what a handler may read and ask for while one message is handled."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from kernel import codec
from kernel.messages import Due, Event, Message, Order, Write
from kernel.shelf import Shelf


@dataclass(frozen=True, slots=True)
class Deadline:
    """A durable appointment: at `at` the message `type`(`body`) enters the inbox."""

    id: str
    at: datetime
    type: str
    body: dict[str, Any]

    def message(self) -> Message:
        return codec.load(self.type, self.body)


class Handler(Protocol):
    """A room's part in a turn. Called for each message in floor order; ignores what is not its own.

    It reads and changes the shelves it was built with, and asks for the rest through the turn. It does no I/O.
    """

    def handle(self, message: Message, turn: Turn) -> None: ...


@dataclass(slots=True)
class Turn:
    """`at` is the time of the message, `seq` its place in the journal; both are all the time and chance there is."""

    seq: int
    at: datetime
    deadlines: Shelf[Deadline]
    events: list[Event] = field(default_factory=list)
    orders: list[Order] = field(default_factory=list)
    writes: list[Write] = field(default_factory=list)
    reply: object = None
    ids_given: int = 0

    def new_id(self, prefix: str) -> str:
        """An id that no other turn gives and that a replay gives again. All ids have the same length per prefix,
        so none is a prefix of another (Asterisk matches channel ids by prefix)."""
        self.ids_given += 1
        if self.ids_given > 0xFFFF:
            raise RuntimeError("a turn asked for more than 65,535 ids")
        return f"{prefix}-{self.seq:012x}-{self.ids_given:04x}"

    def emit(self, event: Event) -> None:
        """Decide something: every room handles it in this turn, then it is published."""
        self.events.append(event)

    def send(self, order: Order) -> None:
        """Ask the outside, once, after the commit."""
        self.orders.append(order)

    def save(self, write: Write) -> None:
        """Save a row of a table that is not kept in memory, in this turn's transaction."""
        self.writes.append(write)

    def due(self, at: datetime, message: Due) -> None:
        """Set (or move) the deadline `message.key`: at `at` the message enters the inbox."""
        self.deadlines.put(Deadline(message.key, at, type(message).__name__, codec.plain(message)))

    def cancel(self, key: str) -> None:
        """Forget the deadline `key`, if it is set."""
        self.deadlines.drop(key)


def run_handlers(handlers: Sequence[Handler], first: Message, turn: Turn, limit: int = 100_000) -> None:
    """Hand `first`, then each event in the order it was emitted, to all handlers in floor order."""
    for handler in handlers:
        handler.handle(first, turn)
    done = 0
    while done < len(turn.events):
        if done >= limit:
            raise RuntimeError(f"a turn made more than {limit} events: {type(first).__name__}")
        for handler in handlers:
            handler.handle(turn.events[done], turn)
        done += 1
