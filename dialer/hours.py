"""When a number may be called: its local time in every zone that it can be in. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

EARLIEST, LATEST = time(8), time(21)
NIGHT, NO_ZONE, CUSTOMER_NIGHT = "night", "no_zone", "customer_night"
"""Warnings that an agent confirms before a call: in a zone of the number it is outside 8 to 21 h; nobody knows where it
is; it is outside them where the customer lives, by another clock than the number's."""


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


def local_time(zone: str | None, at: datetime) -> LocalTime | None:
    """The wall clock in a customer's zone; None where that is unknown, to us or to this machine."""
    if not zone:
        return None
    try:
        return LocalTime(at.astimezone(ZoneInfo(zone)), (zone,))
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


def apart(times: tuple[LocalTime, ...], customer: LocalTime | None) -> LocalTime | None:
    """The customer's clock, where none of the number's shows the same."""
    if customer is None or any(one.at.replace(tzinfo=None) == customer.at.replace(tzinfo=None) for one in times):
        return None
    return customer


def warnings(times: tuple[LocalTime, ...], customer: LocalTime | None = None) -> tuple[str, ...]:
    """What must be confirmed before the number of this customer is called by hand."""
    away = apart(times, customer)
    of_number = (NIGHT,) if any(one.late for one in times) else () if times else (NO_ZONE,)
    return (*of_number, CUSTOMER_NIGHT) if away is not None and away.late else of_number
