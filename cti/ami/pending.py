"""Actions that the switch has not answered yet, each with its own time limit. Nothing in here is ever sent again."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from panoramisk.actions import Action
from panoramisk.message import Message

from cti.ami.parse import event_name, header
from kernel.errors import Unavailable

ACTION_ID = b"\r\nActionID: "


class NoAnswer(Unavailable):
    """The action was sent, and nobody can say whether the switch did it."""

    def __init__(self, why: str) -> None:
        super().__init__("switch_no_answer", why)


@dataclass(slots=True)
class Reply:
    """The answer to an action; `items` are the events of a list, as bytes."""

    ok: bool
    text: str
    headers: Mapping[str, str] = field(default_factory=dict)
    items: list[bytes] = field(default_factory=list)


class Ask(Action):
    """A panoramisk action with what it lacks: a time limit in seconds, and the name of the event that ends its list."""

    def __init__(self, headers: Mapping[str, Any], limit: float, list_end: bytes = b"") -> None:
        super().__init__(headers)  # type: ignore[no-untyped-call]
        self.limit = limit
        self.list_end = list_end
        self.items_seen: list[bytes] = []
        self.answer: Reply | None = None


class Pending:
    """The table of unanswered actions of one connection."""

    def __init__(self, late: Callable[[], None]) -> None:
        """`late` is called for an answer that nobody waits for any more. `lists` counts the open actions that are
        answered by a list of events."""
        self._asks: dict[str, tuple[Ask, asyncio.TimerHandle]] = {}
        self.lists = 0
        self._late = late

    def __len__(self) -> int:
        return len(self._asks)

    def add(self, ask: Ask) -> asyncio.Future[Reply]:
        timer = asyncio.get_running_loop().call_later(ask.limit, self._expire, ask)
        self._asks[ask.id] = (ask, timer)
        self.lists += bool(ask.list_end)
        return ask.future

    def response(self, message: bytes) -> None:
        """A `Response:` came."""
        parsed = Message.from_line(message.decode("utf-8", "replace"))  # type: ignore[no-untyped-call]
        held = self._asks.get(parsed.id or "") if parsed is not None else None
        if held is None:
            self._late()
            return
        ask = held[0]
        ask.answer = Reply(bool(parsed.success), parsed.message, dict(parsed.items()), ask.items_seen)
        if not ask.list_end or not ask.answer.ok:
            self._resolve(ask)

    def list_item(self, event: bytes) -> bool:
        """Take an event that belongs to the list of an action; False when it does not."""
        if not self.lists:
            return False
        held = self._asks.get(header(event, ACTION_ID))
        if held is None or not held[0].list_end:
            return False
        ask = held[0]
        if event_name(event) == ask.list_end:
            self._resolve(ask)
        else:
            ask.items_seen.append(event)
        return True

    def fail_all(self, why: str) -> None:
        """The connection is gone: every open action ends without an answer."""
        for ask, _timer in list(self._asks.values()):
            self._fail(ask, why)

    def _resolve(self, ask: Ask) -> None:
        self._forget(ask)
        if not ask.future.done():
            ask.future.set_result(ask.answer or Reply(True, "", items=ask.items_seen))

    def _expire(self, ask: Ask) -> None:
        self._fail(ask, f"The switch did not answer {ask['action']} within {ask.limit:g} s.")

    def _fail(self, ask: Ask, why: str) -> None:
        self._forget(ask)
        if not ask.future.done():
            ask.future.set_exception(NoAnswer(why))

    def _forget(self, ask: Ask) -> None:
        held = self._asks.pop(ask.id, None)
        if held is not None:
            held[1].cancel()
            self.lists -= bool(ask.list_end)
