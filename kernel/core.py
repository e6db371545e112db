"""The engine without I/O: takes one message, runs the handlers, keeps or takes back the whole turn."""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from kernel.errors import TrunklineError
from kernel.messages import Due, Event, Fact, Message, Order, Write
from kernel.shelf import Change, Shelf
from kernel.turn import Deadline, Handler, Turn, run_handlers


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the journal. `cause` is the `seq` of the message that began the turn."""

    seq: int
    at: datetime
    cause: int
    message: Message
    error: str | None = None


DEAD = "dead_letter"
"""Stands for the error in the journal's line of a message that became a dead letter."""


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A message whose handling failed in a way nobody foresaw; its turn was taken back."""

    seq: int
    at: datetime
    message: Message
    error: str


@dataclass(frozen=True, slots=True, kw_only=True)
class UnreadableDue(Due):
    """Stands for a deadline whose stored message fits no class any more (an upgrade took it away)."""

    type: str
    error: str


@dataclass(slots=True)
class Outcome:
    """All that one or several turns ask for, to be committed at once and then published and sent."""

    entries: list[Entry] = field(default_factory=list)
    changes: dict[tuple[str, str], Change] = field(default_factory=dict)
    writes: list[Write] = field(default_factory=list)
    orders: list[Order] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    dead: list[DeadLetter] = field(default_factory=list)
    last_seq: int = 0

    @property
    def empty(self) -> bool:
        return not (self.entries or self.changes or self.writes or self.dead)


class Core:
    """State and handlers of one engine. Not thread-safe: one loop owns it."""

    def __init__(self, shelves: Sequence[Shelf[Any]], handlers: Sequence[Handler], last_seq: int = 0) -> None:
        self.deadlines: Shelf[Deadline] = Shelf("deadlines", Deadline)
        self.shelves: dict[str, Shelf[Any]] = {s.name: s for s in (*shelves, self.deadlines)}
        self.handlers = handlers
        self.seq = last_seq
        self.counts: Counter[str] = Counter()
        self._heap: list[tuple[datetime, str]] = []

    def load(self, rows: dict[str, list[Any]], last_seq: int) -> None:
        """Fill the shelves with what the database holds."""
        for name, found in rows.items():
            self.shelves[name].load(found)
        self.seq = last_seq
        self._heap = [(d.at, d.id) for d in self.deadlines]
        heapq.heapify(self._heap)

    def next_due(self) -> datetime | None:
        """When the earliest deadline comes."""
        while self._heap:
            at, key = self._heap[0]
            deadline = self.deadlines.get(key)
            if deadline is not None and deadline.at == at:
                return at
            heapq.heappop(self._heap)
        return None

    def take_due(self, at: datetime) -> Message | None:
        """The message of the earliest deadline that has come by `at`, each once; it is deleted with its turn."""
        due = self.next_due()
        if due is None or due > at:
            return None
        deadline = self.deadlines[heapq.heappop(self._heap)[1]]
        try:
            return deadline.message()
        except Exception as error:  # a dead letter, not the end of the loop
            return UnreadableDue(key=deadline.id, type=deadline.type, error=repr(error)[:300])

    def take(self, message: Message, at: datetime, out: Outcome) -> object:
        """Handle one message at `at`, adding what it asks for to `out`; returns the turn's reply.

        A refusal (TrunklineError) or a failure takes back the whole turn and is raised after it was journalled.
        """
        self.seq += 1
        turn = Turn(self.seq, at, self.deadlines)
        self.counts[type(message).__name__] += 1
        try:
            if isinstance(message, Due) and not self._consume(message, at):
                return None
            self._run(message, turn)
        except TrunklineError as refusal:
            self._take_back(message, at, out)
            out.entries.append(Entry(self.seq, at, self.seq, message, refusal.id))
            out.last_seq = self.seq
            raise
        except Exception as failure:
            self._take_back(message, at, out)
            out.entries.append(Entry(self.seq, at, self.seq, message, DEAD))
            out.dead.append(DeadLetter(self.seq, at, message, repr(failure)[:500]))
            out.last_seq = self.seq
            self.counts["dead_letters"] += 1
            raise
        self._keep(message, turn, out)
        return turn.reply

    def take_dead(self, message: Message, at: datetime, out: Outcome) -> None:
        """For a replay: what is left of a turn that failed, whatever made it fail then."""
        self.seq += 1
        self._take_back(message, at, out)
        out.entries.append(Entry(self.seq, at, self.seq, message, DEAD))

    def _run(self, message: Message, turn: Turn) -> None:
        if isinstance(message, UnreadableDue):
            raise LookupError(message.error)  # noqa: TRY004  not a programming error: stored data does not fit
        run_handlers(self.handlers, message, turn)

    def _consume(self, message: Due, at: datetime) -> bool:
        """Delete the deadline of `message`; False when it was cancelled, moved or replaced since it was taken
        (what replaced it comes in its own turn)."""
        deadline = self.deadlines.get(message.key)
        if deadline is None or deadline.at > at:
            return False
        if not isinstance(message, UnreadableDue) and deadline.message() != message:
            return False
        self.deadlines.drop(message.key)
        return True

    def _take_back(self, message: Message, at: datetime, out: Outcome) -> None:
        """Undo the turn, but for the deadline that began it: it has come, and comes once."""
        for shelf in self.shelves.values():
            shelf.undo()
        if isinstance(message, Due) and self._consume(message, at):
            self._settle(out)

    def _settle(self, out: Outcome) -> bool:
        """Keep what the turn changed; False when that is nothing."""
        changed = False
        for shelf in self.shelves.values():
            for change in shelf.settle():
                changed = True
                out.changes[change.shelf, change.key] = change
                if shelf is self.deadlines and change.row is not None:
                    heapq.heappush(self._heap, (change.row.at, change.key))
        return changed

    def _keep(self, message: Message, turn: Turn, out: Outcome) -> None:
        """A fact that means nothing to anybody (another's call on the same switch) leaves no line in the journal."""
        changed = self._settle(out)
        cause = turn.seq
        matters = changed or turn.events or turn.orders or turn.writes or not isinstance(message, Fact)
        if (message.journalled and matters) or turn.ids_given:  # ids come from `seq`: a restart must not count below it
            out.entries.append(Entry(cause, turn.at, cause, message))
        for made in (*turn.events, *turn.orders):
            self.seq += 1
            out.entries.append(Entry(self.seq, turn.at, cause, made))
        out.events += turn.events
        out.orders += turn.orders
        out.writes += turn.writes
        out.last_seq = self.seq
