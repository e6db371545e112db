"""When a number may be called: its local time in every zone that it can be in. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time
from zoneinfo import ZoneInfo

EARLIEST, LATEST = time(8), time(21)
NIGHT, NO_ZONE = "night", "no_zone"
"""Warnings that an agent confirms before a call: somewhere it is outside 8 to 21 h; nobody knows where it is."""


@dataclass(frozen=True, slots=True)
class LocalTime:
    """The wall clock of one or more `zones` that agree."""

    at: datetime
    zones: tuple[str, ...]

    @property
    def late(self) -> bool:
        return not EARLIEST <= self.at.time() < LATEST


def local_times(zones: Iterable[str], at: datetime) -> tuple[LocalTime, ...]:
    """The wall clocks of a number, each once, the earliest first."""
    found: dict[datetime, list[str]] = {}
    for zone in sorted(zones):
        local = at.astimezone(ZoneInfo(zone))
        found.setdefault(local.replace(tzinfo=None), []).append(zone)
    return tuple(
        LocalTime(clock.replace(tzinfo=ZoneInfo(names[0])), tuple(names)) for clock, names in sorted(found.items())
    )


def warnings(times: tuple[LocalTime, ...]) -> tuple[str, ...]:
    """What must be confirmed before the number is called by hand."""
    if not times:
        return (NO_ZONE,)
    return (NIGHT,) if any(one.late for one in times) else ()
