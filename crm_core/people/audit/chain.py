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


def first_break(rows: Iterable[AuditRow], last_seq: int, last_hash: str) -> int | None:
    """The `seq` of the first line that was changed or is missing; None when the chain is whole up to its recorded
    head."""
    expected, prev = 1, GENESIS
    for row in rows:
        entry = AuditEntry(row.at, row.actor, row.action, row.subject, row.ip, row.details)
        if row.seq != expected or row.prev != prev or row.hash != chain_hash(row.seq, entry, prev):
            return expected
        expected, prev = expected + 1, row.hash
    return None if (expected - 1, prev) == (last_seq, last_hash) else expected
