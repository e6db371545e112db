"""A recording as the engine keeps it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from kernel.machine import Machine, table


class RecordingState(StrEnum):
    asked = "asked"
    running = "running"
    paused = "paused"
    ended = "ended"
    stored = "stored"
    lost = "lost"
    purged = "purged"


R = RecordingState

RECORDING = Machine(
    "recording",
    R,
    R.asked,
    commands=table(
        (R.running, "pause", R.paused),
        (R.paused, "resume", R.running),
        (R.stored, "purge", R.purged),
    ),
    facts=table(
        (R.asked, "started", R.running),
        ((R.asked, R.running, R.paused), "call_ended", R.ended),
        (R.ended, "found", R.stored),
        (R.ended, "missing", R.lost),
        (R.ended, "empty", R.purged),
    ),
)


@dataclass(frozen=True, slots=True)
class Recording:
    """`file` is the base name that the switch was given (made from the interaction id); `seconds` and `bytes`
    are known once it is stored. `talked` is the talk that was heard of, and since when it goes on: what the file should
    hold. `problem`: no_file, unreadable, empty or short, where there is less sound than talk."""

    id: str
    interaction_id: str
    state: RecordingState
    file: str
    started_at: datetime
    ended_at: datetime | None = None
    seconds: float | None = None
    bytes: int | None = None
    talked: float = 0.0
    talk_since: datetime | None = None
    problem: str | None = None

    def talk_until(self, at: datetime) -> float:
        """Seconds of talk up to `at`."""
        return self.talked + ((at - self.talk_since).total_seconds() if self.talk_since is not None else 0.0)
