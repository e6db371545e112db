"""Set-up that enters by the inbox, so that a replay decides with the set-up of the time."""

from __future__ import annotations

from collections.abc import Iterable, Set
from dataclasses import replace
from typing import Any

from kernel import codec
from kernel.errors import NotFound, Refused
from kernel.handling import Handles, on
from kernel.messages import Message
from kernel.turn import Turn
from routing.messages import DispositionsConfigured, QueueConfigured, SetUpDispositions, SetUpQueue
from routing.rows import Disposition, Queue
from routing.state import State

DEFAULT_DISPOSITIONS = (
    Disposition("resolved", "Resolved", "1", ("human_answered", "customer_contact", "completed"), 1),
    Disposition("follow_up", "Follow-up needed", "2", ("human_answered", "customer_contact"), 2),
    Disposition("call_back", "Call back promised", "3", ("human_answered", "customer_contact", "callback"), 3),
    Disposition("sale", "Sale or interest", "4", ("human_answered", "customer_contact", "sale"), 4),
    Disposition("not_interested", "Not interested", "5", ("human_answered", "customer_contact", "not_interested"), 5),
    Disposition("wrong_number", "Wrong number", "6", ("human_answered", "unworkable"), 6),
    Disposition("silent", "Nobody spoke", "7", (), 7),
    Disposition("do_not_call", "Asked not to be called", "8", ("human_answered", "customer_contact", "do_not_call"), 8),
)


class Setup(Handles):
    """Takes set-up into the shelves: facts of the start, and what an administrator changes."""

    def __init__(self, state: State) -> None:
        self._state = state

    @on(QueueConfigured)
    def _queue(self, fact: QueueConfigured, turn: Turn) -> None:
        new, old = codec.build(Queue, fact.queue), self._state.queues.get(str(fact.queue["id"]))
        self._state.queues.put(new if old is None else replace(new, version=old.version + 1))
        self._state.stale = True

    @on(SetUpQueue)
    def _change_queue(self, command: SetUpQueue, turn: Turn) -> None:
        old = self._state.queues.get(command.queue_id)
        if old is None:
            raise NotFound("no_such_queue", "There is no such queue.", queue_id=command.queue_id)
        if command.version not in (None, old.version):
            words = "Somebody else changed this queue meanwhile. Look at what is there now, then save again."
            raise Refused("queue_changed", words, version=old.version, current=codec.plain(old))
        kept = {"id": old.id, "version": old.version}
        new = codec.build(Queue, {**codec.plain(old), **command.changes, **kept})
        if new != old:
            new = replace(new, version=_next(old.version, command))
            self._state.queues.put(new)
            self._state.stale = True
        turn.reply = {"version": new.version}

    @on(DispositionsConfigured, SetUpDispositions)
    def _dispositions(self, message: DispositionsConfigured | SetUpDispositions, turn: Turn) -> None:
        shelf = self._state.dispositions
        version = list_version(one.version for one in shelf)
        if isinstance(message, SetUpDispositions) and message.version not in (None, version):
            words = "Somebody else changed the outcomes meanwhile. Look at what is there now, then save again."
            raise Refused("dispositions_changed", words, version=version, current=_offered(shelf))
        following = _next(version, message)
        rows = [replace(codec.build(Disposition, one), version=following) for one in message.dispositions]
        kept = {row.id for row in rows}
        if isinstance(message, SetUpDispositions) and message.version is not None:
            _refuse_used(shelf, kept)
        gone = [replace(old, active=False, version=following) for old in shelf if old.id not in kept and old.active]
        for row in (*rows, *gone):
            old = shelf.get(row.id)
            if old is None or replace(row, version=old.version) != old:
                shelf.put(row)
        turn.reply = {"version": list_version(one.version for one in shelf)}


def list_version(versions: Iterable[int]) -> int:
    """The version of the list of dispositions, of those of its rows, the ones not offered any more too."""
    return max(versions, default=1)


def _refuse_used(rows: Iterable[Disposition], wanted: Set[str]) -> None:
    """Old calls go on naming outcomes that are offered no more: another under such an id would change what they say."""
    used = sorted(one.id for one in rows if not one.active)
    taken = [id for id in used if id in wanted]
    if taken:
        words = f"The id {taken[0]} is that of an outcome that was removed, and old calls name it. Take another id."
        raise Refused("outcome_id_used", words, ids=taken, used=used)


def _next(version: int, message: Message) -> int:
    moves = isinstance(message, SetUpQueue | SetUpDispositions) and message.version is not None
    return version + 1 if moves else version


def _offered(rows: Iterable[Disposition]) -> list[dict[str, Any]]:
    """Those that can be chosen, in order, as people set them."""
    found = sorted((one for one in rows if one.active), key=lambda one: (one.position, one.id))
    own = ("position", "active", "version")
    return [{name: value for name, value in codec.plain(one).items() if name not in own} for one in found]
