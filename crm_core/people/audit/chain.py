"""The audit trail: who did what, from where. Each line carries the hash of the one before it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

GENESIS = "0" * 64


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """`action` is a stable id such as `staff_created`, `subject` the id of what it was done to. `details` holds texts,
    whole numbers, booleans and lists of them, and no secrets."""

    at: datetime
    actor: str
    action: str
    subject: str
    ip: str = ""
    details: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class AuditRow:
    """An entry in its place in the chain."""

    seq: int
    at: datetime
    actor: str
    action: str
    subject: str
    ip: str
    details: Mapping[str, object]
    prev: str
    hash: str


def chain_hash(seq: int, entry: AuditEntry, prev: str) -> str:
    """SHA-256 over the canonical JSON of a line and the hash before it."""
    content = {
        "seq": seq,
        "at": entry.at.astimezone(UTC).isoformat(timespec="microseconds"),
        "actor": entry.actor,
        "action": entry.action,
        "subject": entry.subject,
        "ip": entry.ip,
        "details": entry.details,
        "prev": prev,
    }
    text = json.dumps(content, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Break:
    """The first place where the chain does not hold. `what`: `changed` (the line is not what was written), `missing`
    (the line is gone), `cut` (lines at the end are gone), `rewritten` (the chain is whole, but not the one that an
    earlier check saw)."""

    seq: int
    what: str


@dataclass(frozen=True, slots=True)
class Anchor:
    """A line that an earlier check saw, kept outside the database: who rewrites the whole chain does not fit it."""

    seq: int
    hash: str


class ChainCheck:
    """Follows a chain line by line, without keeping it."""

    def __init__(self, anchors: Iterable[Anchor] = ()) -> None:
        self.lines = 0
        self.hash = GENESIS
        self.broken: Break | None = None
        self._anchors = {one.seq: one.hash for one in anchors}

    def add(self, row: AuditRow) -> None:
        """The next line there is."""
        if self.broken is not None:
            return
        expected = self.lines + 1
        entry = AuditEntry(row.at, row.actor, row.action, row.subject, row.ip, row.details)
        if row.seq != expected:
            self.broken = Break(expected, "missing")
        elif row.prev != self.hash or row.hash != chain_hash(row.seq, entry, row.prev):
            self.broken = Break(expected, "changed")
        elif self._anchors.get(row.seq, row.hash) != row.hash:
            self.broken = Break(expected, "rewritten")
        else:
            self.lines, self.hash = expected, row.hash

    def end(self, head: Anchor) -> Break | None:
        """What is wrong, when the chain has to end at `head`; None when it is whole."""
        if self.broken is None and head.seq > self.lines:
            self.broken = Break(self.lines + 1, "cut")
        elif self.broken is None and (self.lines, self.hash) != (head.seq, head.hash):
            self.broken = Break(self.lines, "rewritten")
        beyond = [seq for seq in self._anchors if seq > self.lines]
        if self.broken is None and beyond:
            self.broken = Break(self.lines + 1, "cut")
        return self.broken
