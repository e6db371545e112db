"""Business hours: a week of open segments in one time zone, less holidays.

Open means: the wall clock in that zone shows a time inside a segment of that weekday, and the date is no
holiday; or inside a segment of that very date, where it has its own. So where the clock is put back, a segment
over the repeated hour is open for both passes of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta, tzinfo
from itertools import pairwise
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from kernel.errors import Invalid

DAY_MINUTES = 24 * 60
DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)
INSTANT = timedelta(microseconds=1)
BEYOND_HOLIDAYS = timedelta(days=16)
"""A weekly pattern that changes at all does so within a week; one occurrence may fall into a skipped hour."""
BEYOND_YEARLY = timedelta(days=8 * 366)
"""A day of the year may be the 29th of February, and a year without one at the turn of a century."""

Span = tuple[datetime, datetime]


@dataclass(frozen=True, slots=True, order=True)
class Segment:
    """Open from minute `start` to before minute `end` of the day; `weekday` 0 is Monday. Past midnight means two
    segments: to 1440, and from 0 of the next day."""

    weekday: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class SpecialDay:
    """A date with hours of its own, whatever its weekday: open in `spans` (start and end minute), closed without any.
    `yearly`: that day of every year; a day of one year goes before it."""

    date: date
    spans: tuple[tuple[int, int], ...] = ()
    yearly: bool = False


@dataclass(frozen=True, slots=True)
class BusinessHours:
    """Of two special days of the same date the first counts. Raises Invalid for an unknown zone, a segment out of
    range, and segments that overlap."""

    zone: str
    weekly: tuple[Segment, ...]
    holidays: frozenset[date] = frozenset()
    special: tuple[SpecialDay, ...] = ()
    _tz: tzinfo = field(init=False, repr=False, compare=False)
    _dated: Mapping[date, SpecialDay] = field(init=False, repr=False, compare=False)
    _yearly: Mapping[tuple[int, int], SpecialDay] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_tz", _zone(self.zone))
        _check(self.weekly)
        for day in self.special:
            _check([Segment(day.date.weekday(), *span) for span in day.spans])
        dated = {one: SpecialDay(one) for one in self.holidays}
        dated |= {one.date: one for one in reversed(self.special) if not one.yearly}
        yearly = {(one.date.month, one.date.day): one for one in reversed(self.special) if one.yearly}
        object.__setattr__(self, "_dated", dated)
        object.__setattr__(self, "_yearly", yearly)

    def is_open(self, at: datetime) -> bool:
        """Whether it is open at an aware time."""
        wall = at.astimezone(self._tz).replace(tzinfo=None)
        return any(start <= wall < end for start, end in self._wall_spans(wall.date()))

    def next_change(self, at: datetime) -> datetime | None:
        """The first moment after `at` (UTC) when open turns to closed or back; None when that never comes."""
        start = at.astimezone(UTC)
        last = max(self._dated, default=None)
        end = start if last is None else max(start, datetime(last.year, last.month, last.day, tzinfo=UTC) + DAY)
        end += BEYOND_YEARLY if self._yearly else BEYOND_HOLIDAYS
        for opens, closes in self._spans(start, end):
            if opens > start:
                return opens
            if closes < end:
                return closes
        return None

    def open_seconds(self, begin: datetime, end: datetime) -> float:
        """Seconds that really pass while open from `begin` to `end`; 0 when `end` is not after `begin`."""
        spans = self._spans(begin.astimezone(UTC), end.astimezone(UTC))
        return sum((closes - opens for opens, closes in spans), timedelta()).total_seconds()

    def spans_of(self, day: date) -> tuple[tuple[int, int], ...]:
        """Start and end minute of each time in which it is open on a date, by the wall clock there."""
        special = self._dated.get(day) or self._yearly.get((day.month, day.day))
        if special is not None:
            return special.spans
        return tuple((one.start, one.end) for one in self.weekly if one.weekday == day.weekday())

    def _wall_spans(self, day: date) -> Iterator[Span]:
        """Open spans of a date on its wall clock (naive)."""
        midnight = datetime(day.year, day.month, day.day)  # noqa: DTZ001  a wall clock has no zone
        for start, end in self.spans_of(day):
            yield midnight + timedelta(minutes=start), midnight + timedelta(minutes=end)

    def _spans(self, begin: datetime, end: datetime) -> Iterator[Span]:
        """Open spans (UTC) between two UTC times, in order, touching ones joined."""
        current: Span | None = None
        for span in self._pieces(begin, end):
            if current is not None and span[0] <= current[1]:
                current = (current[0], max(current[1], span[1]))
                continue
            if current is not None:
                yield current
            current = span
        if current is not None:
            yield current

    def _pieces(self, begin: datetime, end: datetime) -> Iterator[Span]:
        for first, last, offset in self._offsets(begin, end):
            wall_first = (first + offset).replace(tzinfo=None)
            wall_last = (last + offset).replace(tzinfo=None)
            day = wall_first.date()
            while day <= wall_last.date():
                for opens, closes in sorted(self._wall_spans(day)):
                    low, high = max(opens, wall_first), min(closes, wall_last)
                    if low < high:
                        yield low.replace(tzinfo=UTC) - offset, high.replace(tzinfo=UTC) - offset
                day += DAY

    def _offsets(self, begin: datetime, end: datetime) -> Iterator[tuple[datetime, datetime, timedelta]]:
        """Parts of a UTC range, a day long at most, in which the zone's offset does not change."""
        while begin < end:
            last = min(begin + DAY, end)
            offset = self._offset(begin)
            if self._offset(last - INSTANT) != offset:
                last = self._transition(begin, last)
            yield begin, last, offset
            begin = last

    def _transition(self, low: datetime, high: datetime) -> datetime:
        """The moment between two UTC times when the offset first differs from that at `low`, to the second."""
        offset = self._offset(low)
        base = low.replace(microsecond=0)
        before, after = 0, int((high - base) / SECOND) + 1
        while after - before > 1:
            middle = (before + after) // 2
            if self._offset(base + middle * SECOND) == offset:
                before = middle
            else:
                after = middle
        return base + after * SECOND

    def _offset(self, at: datetime) -> timedelta:
        return at.astimezone(self._tz).utcoffset() or timedelta()


def always(zone: str = "UTC") -> BusinessHours:
    """Open around the clock."""
    return BusinessHours(zone, tuple(Segment(day, 0, DAY_MINUTES) for day in range(7)))


def weekdays(zone: str, *times: tuple[int, int], days: Iterable[int] = range(5)) -> BusinessHours:
    """The same segments (start and end minute) on each of `days`, Monday to Friday by default."""
    return BusinessHours(zone, tuple(Segment(day, start, end) for day in days for start, end in times))


def zone_exists(name: str) -> bool:
    try:
        _zone(name)
    except Invalid:
        return False
    return True


def _zone(name: str) -> tzinfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        message = f"There is no time zone {name!r}; use a name like Europe/Madrid."
        raise Invalid("hours_zone_unknown", message, fields={"zone": message}) from None


def _check(weekly: Sequence[Segment]) -> None:
    for one in weekly:
        if not (0 <= one.weekday <= 6 and 0 <= one.start < one.end <= DAY_MINUTES):
            message = (
                f"Segment {one.start}-{one.end} on weekday {one.weekday}: the weekday is 0 to 6, and the segment "
                "starts before it ends within 0 to 1440 minutes; split hours over midnight in two."
            )
            raise Invalid("hours_segment_bad", message, fields={"weekly": message})
    for first, second in pairwise(sorted(weekly)):
        if first.weekday == second.weekday and second.start < first.end:
            message = f"Two segments of weekday {first.weekday} overlap at minute {second.start}; join or shorten one."
            raise Invalid("hours_overlap", message, fields={"weekly": message})
