"""Lines of the audit trail about what people change through the engine: who, from where, what, what it was before."""

from __future__ import annotations

from typing import Any

from crm_core.people.audit.writes import SaveAuditLine
from kernel.messages import Command
from kernel.turn import Turn

SHOWN = 200
"""The longest text of a setting in the trail."""


def note(turn: Turn, command: Command, action: str, about: str, **details: Any) -> None:
    """A line about what `command` does, in this turn's commit; details that are empty are left out."""
    told = {name: value for name, value in details.items() if value}
    turn.save(SaveAuditLine(at=turn.at, actor=command.actor, action=action, about=about, ip=command.ip, details=told))


def compared(before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    """Each value that differs, in words: what it was, what it is now."""
    names = [name for name in after if before.get(name) != after[name]]
    return [f"{name}: {before.get(name)} -> {after[name]}"[:SHOWN] for name in names]
