"""The permit as a link of a chain: pure hashing, and the check that finds a changed or missing row."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

GENESIS = "0" * 64


@dataclass(frozen=True, slots=True)
class PermitRow:
    """A granted permit. `checks` holds each rule that was asked and its answer."""

    seq: int
    id: str
    number: str
    purpose: str
    asked_by: str
    interaction_id: str | None
    granted_at: datetime
    checks: Mapping[str, Any]
    previous: str

    def hash(self) -> str:
        """SHA-256 over the row's canonical JSON, the previous row's hash included."""
        body = [
            self.seq,
            self.id,
            self.number,
            self.purpose,
            self.asked_by,
            self.interaction_id,
            self.granted_at.astimezone(UTC).isoformat(),
            dict(self.checks),
            self.previous,
        ]
        text = json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()


def broken_link(chain: Iterable[tuple[PermitRow, str]]) -> int | None:
    """The `seq` of the first row that does not fit (changed, or its predecessor is missing); None when all do."""
    previous, expected = GENESIS, 1
    for row, stored in chain:
        if row.seq != expected or row.previous != previous or row.hash() != stored:
            return row.seq
        previous, expected = stored, row.seq + 1
    return None
