"""How many messages a socket may send: pure. A person presses a key now and then; a program that floods is cut off."""

from __future__ import annotations

from dataclasses import dataclass

MESSAGES = 60
SECONDS = 10.0
"""So many at once, and as many again in so many seconds; heartbeats included."""


@dataclass(slots=True)
class Allowance:
    """Fills up evenly; each message takes one. `now` in seconds of a clock that only goes forward."""

    left: float = MESSAGES
    at: float | None = None

    def take(self, now: float) -> bool:
        """Whether one more may come."""
        if self.at is not None:
            self.left = min(float(MESSAGES), self.left + (now - self.at) * MESSAGES / SECONDS)
        self.at = now
        if self.left < 1:
            return False
        self.left -= 1
        return True
