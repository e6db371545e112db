"""One entry of a do-not-call list."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

OWN_LIST = "own"
"""The list of those who asked us."""


@dataclass(frozen=True, slots=True)
class Entry:
    """`pattern` as `crm_core.donotcall.patterns` reads it; without `expires_at` it holds for ever."""

    id: str
    list: str
    pattern: str
    reason: str
    added_by: str
    added_at: datetime
    expires_at: datetime | None = None
