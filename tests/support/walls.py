"""The machine's clocks for a platform inside the test: the wall's can be set, and time can be let pass at once."""

from __future__ import annotations

import time
from datetime import UTC, datetime

import pytest

from kernel import clock as clocks


class Wall:
    """The time module with a wall clock that can be set (`ahead`) and time that passed (`passed`), in seconds."""

    def __init__(self) -> None:
        self.ahead = 0.0
        self.passed = 0.0

    def __getattr__(self, name: str) -> object:
        return getattr(time, name)

    def time(self) -> float:
        return time.time() + self.ahead + self.passed

    def clock_gettime(self, which: int) -> float:
        return time.clock_gettime(which) + self.passed

    def stand_at(self, moment: datetime) -> None:
        """Set the wall clock to `moment`."""
        self.ahead += moment.timestamp() - self.time()

    def pass_until(self, moment: datetime) -> None:
        """As after a sleep of the machine: all its clocks say that the time until `moment` passed."""
        assert moment.timestamp() > self.time(), datetime.fromtimestamp(self.time(), UTC)
        self.passed += moment.timestamp() - self.time()


@pytest.fixture
def wall(monkeypatch: pytest.MonkeyPatch) -> Wall:
    made = Wall()
    monkeypatch.setattr(clocks, "time", made)
    return made
