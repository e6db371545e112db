"""Whether hours and calendars can be: segments that are times and do not overlap, a zone that there is, days that are
named once, and something that is open at all."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import pairwise
from typing import TYPE_CHECKING, NoReturn

from kernel.errors import Invalid
from kernel.hours import zone_exists
from routing.hoursrows import WEEKDAYS, Calendar, Day, Hours, span
from routing.setupplaces import Use, at_place, nothing_missing

if TYPE_CHECKING:
    from routing.setupcheck import SetUp

YEARS = range(2000, 2101)
DAYS_OF_A_YEAR = 366


def check_hours(found: SetUp) -> None:
    """Raises Invalid with the row, the field and the day that is wrong; Refused where something is removed that is in
    use."""
    for calendar in found.calendars.values():
        _calendar(calendar)
    for hours in found.hours.values():
        refuse_wrong_hours(hours)
    nothing_missing("calendar", found.calendars, _calendars_named(found), found.removed)
    nothing_missing("hours", found.hours, _hours_named(found), found.removed)
    for hours in found.hours.values():
        _opens_sometimes(hours, found.calendars)


def _calendars_named(found: SetUp) -> Iterable[Use]:
    return ((f"hours {one.id}", "calendars", name) for one in found.hours.values() for name in one.calendars)


def _hours_named(found: SetUp) -> Iterable[Use]:
    return ((f"queue {one.id}", "hours_id", one.hours_id) for one in found.queues.values() if one.hours_id)


def refuse_wrong_hours(hours: Hours) -> None:
    """Raises Invalid for a zone or a week that cannot be."""
    place = f"hours {hours.id}"
    if not zone_exists(hours.zone):
        words = f"{place}: there is no time zone {hours.zone}. Use a name like Europe/Madrid."
        details = at_place(place, "zone", "hours_zone_unknown", words, zone=hours.zone)
        raise Invalid("hours_zone_unknown", words, **details)
    for day, segments in hours.weekly.items():
        if day not in WEEKDAYS:
            words = f"{place}: there is no weekday {day}. They are {', '.join(WEEKDAYS)}."
            raise Invalid("hours_day_bad", words, **at_place(place, "weekly", "hours_day_bad", words, day=day))
        _segments(place, "weekly", day, segments)


def _calendar(calendar: Calendar) -> None:
    place, taken = f"calendar {calendar.id}", set[tuple[bool, str]]()
    for day in calendar.days:
        when = str(day.date)
        if day.date.year not in YEARS:
            words = f"{place}: the year of {when} is not one of {YEARS[0]} to {YEARS[-1]}."
            raise Invalid("calendar_day_bad", words, **at_place(place, "days", "calendar_day_bad", words, day=when))
        if not day.name.strip() or len(day.name) > 200 or "\0" in day.name:
            words = f"{place}: the day {when} wants a name of 1 to 200 letters."
            raise Invalid("calendar_day_name", words, **at_place(place, "days", "calendar_day_name", words, day=when))
        if _key(day) in taken:
            words = f"{place}: {when} stands there twice. Remove one."
            raise Invalid("calendar_day_twice", words, **at_place(place, "days", "calendar_day_twice", words, day=when))
        taken.add(_key(day))
        _segments(place, "days", when, day.open)


def _key(day: Day) -> tuple[bool, str]:
    return (day.yearly, f"{day.date:%m-%d}" if day.yearly else str(day.date))


def _segments(place: str, field: str, day: str, segments: tuple[str, ...]) -> None:
    found = []
    for segment in segments:
        times = span(segment)
        if times is None:
            _bad_segment(place, field, day, segment)
        found.append((times, segment))
    for (first, one), (second, other) in pairwise(sorted(found)):
        if second[0] < first[1]:
            words = f"{place}: {day}: {one} and {other} overlap. Join them, or shorten one."
            details = at_place(place, field, "hours_overlap", words, day=day, first=one, second=other)
            raise Invalid("hours_overlap", words, **details)


def _bad_segment(place: str, field: str, day: str, segment: str) -> NoReturn:
    words = (
        f"{place}: {day}: {segment[:40]} is no time of a day. Write it like 09:00-13:30; a day ends at 24:00, and "
        "hours over midnight are two, of two days."
    )
    details = at_place(place, field, "hours_segment_bad", words, day=day, segment=segment[:40])
    raise Invalid("hours_segment_bad", words, **details)


def _opens_sometimes(hours: Hours, calendars: Mapping[str, Calendar]) -> None:
    """Not in a certain year: that there is a day on which it opens, every year."""
    days = [day for name in hours.calendars for day in calendars[name].days if day.yearly]
    first = {(day.date.month, day.date.day): day for day in reversed(days)}
    every_week = any(hours.weekly.values()) and len(first) < DAYS_OF_A_YEAR
    if every_week or any(day.open for day in first.values()):
        return
    place = f"hours {hours.id}"
    words = f"{place}: they are never open. Give a weekday a time."
    raise Invalid("hours_never_open", words, **at_place(place, "weekly", "hours_never_open", words))
