"""A small room to try the engine with: a counter per key, and messages that misbehave on demand."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from kernel.core import Core, Outcome
from kernel.errors import Refused
from kernel.messages import Command, Due, Event, Fact, Message, Order, Question, Write, personal
from kernel.shelf import Shelf
from kernel.turn import Turn

START = datetime(2025, 3, 1, 12, 0, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class CounterRow:
    id: str
    value: int
    colour: str = "red"


@dataclass(frozen=True, slots=True, kw_only=True)
class Count(Fact):
    key: str
    by: int = 1
    caller: str | None = personal()
    leg: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Poison(Fact):
    key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask(Command):
    """Counts, sets a deadline, emits, orders and saves, then is refused if it must be."""

    key: str
    refuse: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SetAlarm(Command):
    key: str
    seconds: float
    word: str = "ring"


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelAlarm(Command):
    key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarm(Due):
    word: str = "ring"


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted(Event):
    counter: str
    value: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Tell(Order):
    counter: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Wonder(Fact):
    """Orders a look-up and something else."""

    key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LookUp(Question):
    counter: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SaveLine(Write):
    text: str


class Room:
    """The handler. `heard` are the words of alarms that rang, `seen` the events it was handed."""

    def __init__(self) -> None:
        self.counters: Shelf[CounterRow] = Shelf("counters", CounterRow, indexed=["colour"])
        self.heard: list[str] = []
        self.seen: list[int] = []

    def handle(self, message: Message, turn: Turn) -> None:
        match message:
            case Count(key=key, by=by):
                self._count(key, by, turn)
            case Poison(key=key):
                self._count(key, 1000, turn)
                raise ZeroDivisionError("poison")
            case Ask(key=key, refuse=refuse):
                self._ask(key, refuse, turn)
            case Wonder(key=key):
                self._count(key, 1, turn)
                turn.send(LookUp(order_id=turn.new_id("o"), counter=key))
                turn.send(Tell(order_id=turn.new_id("o"), counter=key))
            case SetAlarm(key=key, seconds=seconds, word=word):
                turn.due(turn.at + timedelta(seconds=seconds), Alarm(key=key, word=word))
            case CancelAlarm(key=key):
                turn.cancel(key)
            case Alarm():
                self._alarm(message, turn)
            case Counted(value=value):
                self.seen.append(value)
            case _:
                pass

    def _count(self, key: str, by: int, turn: Turn) -> None:
        old = self.counters.get(key) or CounterRow(key, 0)
        row = self.counters.put(replace(old, value=old.value + by))
        turn.emit(Counted(counter=key, value=row.value))
        turn.reply = row.value

    def _ask(self, key: str, refuse: bool, turn: Turn) -> None:
        self._count(key, 1, turn)
        turn.due(turn.at + timedelta(seconds=5), Alarm(key=f"ask-{key}"))
        turn.send(Tell(order_id=turn.new_id("o"), counter=key))
        turn.save(SaveLine(text=key))
        if refuse:
            raise Refused("not_now", "Not now.")

    def _alarm(self, message: Alarm, turn: Turn) -> None:
        if message.word == "poison":
            raise ZeroDivisionError("poison")
        if message.word == "refuse":
            raise Refused("not_now", "Not now.")
        self.heard.append(message.word)
        if message.word == "again":
            turn.due(turn.at, Alarm(key=message.key, word="once more"))


def core() -> tuple[Core, Room]:
    room = Room()
    return Core([room.counters], [room]), room


def state(core: Core) -> dict[str, dict[str, object]]:
    """All rows of all shelves."""
    return {name: {row.id: row for row in shelf} for name, shelf in core.shelves.items()}


def ring(core: Core, at: datetime) -> Outcome:
    """Take everything that is due at `at`."""
    out = Outcome()
    while (message := core.take_due(at)) is not None:
        try:
            core.take(message, at, out)
        except Exception as error:
            core.counts[f"raised {type(error).__name__}"] += 1
    return out
