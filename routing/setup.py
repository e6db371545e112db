"""Set-up that enters by the inbox, so that a replay decides with the set-up of the time."""

from __future__ import annotations

from dataclasses import replace

from kernel import codec
from kernel.errors import NotFound
from kernel.handling import Handles, on
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
        self._state.queues.put(codec.build(Queue, fact.queue))
        self._state.stale = True

    @on(SetUpQueue)
    def _change_queue(self, command: SetUpQueue, turn: Turn) -> None:
        old = self._state.queues.get(command.queue_id)
        if old is None:
            raise NotFound("no_such_queue", "There is no such queue.", queue_id=command.queue_id)
        self._state.queues.put(codec.build(Queue, {**codec.plain(old), **command.changes, "id": old.id}))
        self._state.stale = True

    @on(DispositionsConfigured, SetUpDispositions)
    def _dispositions(self, message: DispositionsConfigured | SetUpDispositions, turn: Turn) -> None:
        rows = [codec.build(Disposition, one) for one in message.dispositions]
        for row in rows:
            self._state.dispositions.put(row)
        kept = {row.id for row in rows}
        for old in list(self._state.dispositions):
            if old.id not in kept and old.active:
                self._state.dispositions.put(replace(old, active=False))
