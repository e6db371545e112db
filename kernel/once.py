"""Commands that come twice are carried out once: what the first was answered is kept for a day, in its own commit."""

from __future__ import annotations

from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from kernel import codec
from kernel.errors import Invalid, Refused
from kernel.messages import Command, Due, Message, Once
from kernel.shelf import Shelf
from kernel.turn import Turn

KEPT = timedelta(days=1)
AT_ONCE = 500
"""Answers forgotten in one turn: no commit may last."""

ASKING: ContextVar[Once | None] = ContextVar("asking", default=None)
"""The request that is being carried out, where it named itself."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a command was answered; `hour` is when (UTC)."""

    id: str
    digest: str
    hour: str
    reply: Any = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswersAreOld(Due):
    """The answers of an hour may be forgotten."""

    hour: str


class AnsweredBefore(Refused):
    """The command was carried out before: `reply` is what it was answered then. Nobody outside hears of it."""

    def __init__(self, reply: object) -> None:
        super().__init__("answered_before", "This was carried out before.")
        self.reply = reply


def reused() -> Invalid:
    """The refusal of a key that came with something else before."""
    return Invalid(
        "idempotency_key_reused",
        "This Idempotency-Key was used for another request. Give each request a key of its own.",
    )


class Answers:
    """Two handlers around all others: `opening` stops what was answered before, `closing` keeps the reply."""

    def __init__(self) -> None:
        self.shelf: Shelf[Answer] = Shelf("answers", Answer, indexed=("hour",))
        self.opening = _Opening(self.shelf)
        self.closing = _Closing(self.shelf)


class _Opening:
    def __init__(self, shelf: Shelf[Answer]) -> None:
        self._shelf = shelf

    def handle(self, message: Message, turn: Turn) -> None:
        if isinstance(message, AnswersAreOld):
            self._forget(message, turn)
        if not isinstance(message, Command) or message.once is None:
            return
        before = self._shelf.get(_id(message, message.once))
        if before is not None:
            raise AnsweredBefore(before.reply) if before.digest == message.once.digest else reused()

    def _forget(self, due: AnswersAreOld, turn: Turn) -> None:
        old = self._shelf.where("hour", due.hour)
        for one in old[:AT_ONCE]:
            self._shelf.drop(one.id)
        if len(old) > AT_ONCE:
            turn.due(turn.at + timedelta(seconds=1), due)


class _Closing:
    def __init__(self, shelf: Shelf[Answer]) -> None:
        self._shelf = shelf

    def handle(self, message: Message, turn: Turn) -> None:
        if not isinstance(message, Command) or message.once is None:
            return
        hour = turn.at.astimezone(UTC).strftime("%Y-%m-%dT%H")
        reply = codec.jsonable(turn.reply)
        self._shelf.put(Answer(_id(message, message.once), message.once.digest, hour, reply))
        begin = datetime.strptime(hour, "%Y-%m-%dT%H").replace(tzinfo=UTC)
        turn.due(begin + timedelta(hours=1) + KEPT, AnswersAreOld(key=f"answers:{hour}", hour=hour))


def _id(command: Command, once: Once) -> str:
    """One request may ask several things, each once."""
    return f"{once.id}:{type(command).__name__}"
