"""Time is an argument: rules receive it, and only start-up code owns a clock."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """Tells the time, always as an aware UTC datetime."""

    def now(self) -> datetime: ...


def _steady() -> float:
    """Seconds since boot that no clock setting moves; time asleep counts where the system can tell."""
    boot = getattr(time, "CLOCK_BOOTTIME", None)
    return time.clock_gettime(boot) if boot is not None else time.monotonic()


class MachineTime:
    """The two clocks of the machine: the wall's, which anybody may set, and the one since boot."""

    def wall(self) -> float:
        return time.time()

    def steady(self) -> float:
        return _steady()


LEAST_TRUST = timedelta(hours=3)
"""A wall clock that is further behind the last commit is believed: it was wrong before, not now."""
NOTABLE = timedelta(seconds=5)
"""A difference from the wall clock that somebody should hear of."""


class SteadyClock:
    """Wall time that never jumps: the wall is read once and advanced by the time since boot.

    When somebody sets the wall clock, each call closes at most `slew` of the time passed since the last
    call, so durations stay right, deadlines neither storm nor stall, and time never runs backwards.
    """

    def __init__(self, slew: float = 0.01, last: datetime | None = None, machine: MachineTime | None = None) -> None:
        """`last`: what was committed last. A wall clock that was set back since, by LEAST_TRUST at most, would make
        stored deadlines stall: time then goes on from there."""
        self._slew = slew
        self._machine = machine or MachineTime()
        self._at = self._machine.wall()
        self._mono = self._machine.steady()
        if last is not None and 0 < last.timestamp() - self._at <= LEAST_TRUST.total_seconds():
            self._at = last.timestamp()

    @property
    def ahead(self) -> timedelta:
        """How far this clock is ahead of the wall's; negative when it is behind."""
        return self.now() - datetime.fromtimestamp(self._machine.wall(), UTC)

    def now(self) -> datetime:
        mono = self._machine.steady()
        passed = mono - self._mono
        drift = self._machine.wall() - (self._at + passed)
        limit = passed * self._slew
        self._at += passed + max(-limit, min(limit, drift))
        self._mono = mono
        return datetime.fromtimestamp(self._at, UTC)


class ManualClock:
    """A clock that a test or a simulation moves by hand."""

    def __init__(self, at: datetime) -> None:
        self._at = at

    def now(self) -> datetime:
        return self._at

    def advance(self, by: timedelta) -> datetime:
        self._at += by
        return self._at


def seconds(value: float) -> timedelta:
    """`value` seconds as a timedelta."""
    return timedelta(seconds=value)


def clock_words(ahead: timedelta) -> str:
    """What to say of a clock that is `ahead` of the wall's."""
    if abs(ahead) <= NOTABLE:
        return "agrees with the wall clock"
    side = "ahead of" if ahead > timedelta() else "behind"
    return (
        f"warning: {abs(ahead.total_seconds()):.0f} s {side} the wall clock, which was set; the difference is made "
        "good at 36 s an hour, and no deadline is lost. Check that the machine's time is kept by NTP"
    )
