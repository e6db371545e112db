"""What the doctor finds."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """`level` is ok, warning or error; `cure` says what to do about the latter two."""

    part: str
    level: str
    words: str
    cure: str = ""
