"""What people change through the engine goes into the audit trail: who, from where, what, and what it was before."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from crm_core.people.audit.writes import SaveAuditLine
from kernel import codec
from kernel.handling import Handles, on
from kernel.messages import Command
from kernel.turn import Turn
from routing.messages import LinkCustomer, SetUpDispositions, SetUpQueue
from routing.rows import Disposition
from routing.state import State

SHOWN = 200
"""The longest text of a setting in the trail."""


class Audited(Handles):
    """Comes first, and so sees what was there before. A turn that is refused takes its line back."""

    def __init__(self, state: State) -> None:
        self._state = state

    @on(SetUpQueue)
    def _queue(self, command: SetUpQueue, turn: Turn) -> None:
        old = self._state.queues.get(command.queue_id)
        changed = compared(codec.plain(old) if old else {}, command.changes)
        note(turn, command, "queue_changed", command.queue_id, changed=changed)

    @on(SetUpDispositions)
    def _dispositions(self, command: SetUpDispositions, turn: Turn) -> None:
        """One line for all of them: those that came, went or changed, by id."""
        old = {one.id: one for one in self._state.dispositions if one.active}
        new = {one.id: one for one in (codec.build(Disposition, row) for row in command.dispositions)}
        changed = [
            f"{id}.{text}"
            for id in sorted(old.keys() & new.keys())
            for text in compared(codec.plain(old[id]), codec.plain(replace(new[id], version=old[id].version)))
        ]
        added, removed = sorted(new.keys() - old.keys()), sorted(old.keys() - new.keys())
        note(turn, command, "dispositions_changed", "dispositions", added=added, removed=removed, changed=changed)

    @on(LinkCustomer)
    def _linked(self, command: LinkCustomer, turn: Turn) -> None:
        call = self._state.interactions.get(command.interaction_id)
        was = call.customer_id if call is not None else None
        ids = {"customer": command.customer_id, "customer_before": was or ""}
        note(turn, command, "caller_linked", command.interaction_id, **ids)


def note(turn: Turn, command: Command, action: str, about: str, **details: Any) -> None:
    """A line about what `command` does, in this turn's commit; details that are empty are left out."""
    told = {name: value for name, value in details.items() if value}
    turn.save(SaveAuditLine(at=turn.at, actor=command.actor, action=action, about=about, ip=command.ip, details=told))


def compared(before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    """Each value that differs, in words: what it was, what it is now."""
    names = [name for name in after if before.get(name) != after[name]]
    return [f"{name}: {before.get(name)} -> {after[name]}"[:SHOWN] for name in names]
