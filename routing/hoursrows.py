"""When queues are open, as it is set up: weeks of segments in a time zone, calendars of days that are otherwise. Frozen
rows, one table each, and what they mean."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from kernel.hours import BusinessHours, Segment, SpecialDay
from routing.tiers import Destination, Goes

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
CLOSED = "closed"
"""Why a caller is turned away or sent on, and the announcement that is always there for it."""
SEGMENT = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])-(?:([01][0-9]|2[0-3]):([0-5][0-9])|(24):(00))")
"""09:00-13:30; a day ends at 24:00."""


TURNED_AWAY = Destination(Goes.hang_up, announcement_id=CLOSED)


@dataclass(frozen=True, slots=True)
class Hours:
    """When something is open: on each weekday (mon to sun) in these segments (`09:00-13:30`), by the wall clock of
    `zone`; on the days of `calendars` as those say, the first that names a day."""

    id: str
    name: str
    zone: str = "UTC"
    weekly: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    calendars: tuple[str, ...] = ()
    version: int = 1


@dataclass(frozen=True, slots=True)
class Day:
    """A day that is not like its weekday: closed, or open in these segments only. `yearly`: of every year."""

    date: dt.date
    name: str
    yearly: bool = False
    open: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Calendar:
    """Holidays, and days that are shorter than others."""

    id: str
    name: str
    days: tuple[Day, ...] = ()
    version: int = 1


@dataclass(frozen=True, slots=True)
class Closed:
    """What becomes of those who come while a queue is closed: they go `to` somewhere else, or hear that it is closed
    and are turned away. Whoever came before that is served."""

    to: Destination = TURNED_AWAY


TURN_AWAY = Closed()


@dataclass(frozen=True, slots=True)
class Opening:
    """Whether hours (`id`) are open now, and when that changes next; None where it never does."""

    id: str
    open: bool
    changes_at: dt.datetime | None = None


def span(segment: str) -> tuple[int, int] | None:
    """Start and end minute of a segment as it is written; None where it is no time of a day."""
    found = SEGMENT.fullmatch(segment)
    if found is None:
        return None
    first, second, third, fourth, *midnight = found.groups()
    start = int(first) * 60 + int(second)
    end = 24 * 60 if midnight[0] else int(third) * 60 + int(fourth)
    return (start, end) if start < end else None


def written(times: tuple[int, int]) -> str:
    """A segment as people write it."""
    return "-".join(f"{minute // 60:02}:{minute % 60:02}" for minute in times)


def spans(segments: Iterable[str]) -> tuple[tuple[int, int], ...]:
    return tuple(sorted(one for one in map(span, segments) if one is not None))


def business_hours(hours: Hours, calendars: Mapping[str, Calendar]) -> BusinessHours:
    """What they mean together. Raises Invalid where they cannot be; the set-up's checks let no such rows in."""
    week = tuple((day, tuple(hours.weekly.get(day, ()))) for day in WEEKDAYS)
    days = tuple(day for id in hours.calendars if id in calendars for day in calendars[id].days)
    return _made(hours.zone, week, days)


@lru_cache(256)
def _made(zone: str, week: Sequence[tuple[str, tuple[str, ...]]], days: tuple[Day, ...]) -> BusinessHours:
    weekly = tuple(Segment(nth, *one) for nth, (_, segments) in enumerate(week) for one in spans(segments))
    special = tuple(SpecialDay(day.date, spans(day.open), day.yearly) for day in days)
    return BusinessHours(zone, weekly, special=special)
