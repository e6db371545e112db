"""Business hours agree with somebody who looks at the wall clock every minute."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kernel.errors import Invalid
from kernel.hours import BusinessHours, Segment, SpecialDay, always, weekdays

pytestmark = pytest.mark.unit

MINUTE = timedelta(minutes=1)
ZONES = ("UTC", "Europe/Madrid", "America/New_York", "Asia/Kathmandu", "Australia/Lord_Howe", "America/Santiago")
# Around clock changes of all of these zones, and a plain week.
CHANGES = ((3, 29), (10, 25), (3, 8), (4, 5), (9, 6), (6, 2))
STARTS = tuple(datetime(2025, month, day, tzinfo=UTC) for month, day in CHANGES)


@st.composite
def segments(draw: st.DrawFn) -> tuple[Segment, ...]:
    """Segments of a week that do not overlap; they may touch."""
    found: list[Segment] = []
    for weekday in range(7):
        marks = sorted(draw(st.sets(st.integers(0, 1440), max_size=6)))
        found += [Segment(weekday, start, end) for start, end in zip(marks[::2], marks[1::2], strict=False)]
    return tuple(draw(st.permutations(found)))


@st.composite
def special_days(draw: st.DrawFn, start: datetime) -> tuple[SpecialDay, ...]:
    """Closed all day, or open at other times; of one year or of every year."""
    found: list[SpecialDay] = []
    for offset in draw(st.lists(st.integers(-1, 4), max_size=3)):
        marks = sorted(draw(st.sets(st.integers(0, 1440), max_size=4)))
        spans = tuple(zip(marks[::2], marks[1::2], strict=False))
        found.append(SpecialDay(start.date() + timedelta(days=offset), spans, draw(st.booleans())))
    return tuple(found)


@st.composite
def hours(draw: st.DrawFn, start: datetime) -> BusinessHours:
    zone = draw(st.sampled_from(ZONES))
    days = draw(st.sets(st.integers(-1, 3), max_size=2))
    holidays = frozenset(start.date() + timedelta(days=day) for day in days)
    return BusinessHours(zone, draw(segments()), holidays, draw(special_days(start)))


def seen_open(subject: BusinessHours, at: datetime) -> bool:
    """What somebody with a wall clock, a calendar and the list of segments says."""
    wall = at.astimezone(ZoneInfo(subject.zone))
    minute = wall.hour * 60 + wall.minute
    day = wall.date()
    for wanted in (
        [one for one in subject.special if one.date == day and not one.yearly],
        [SpecialDay(day)] if day in subject.holidays else [],
        [one for one in subject.special if (one.date.month, one.date.day) == (day.month, day.day) and one.yearly],
    ):
        if wanted:
            return any(start <= minute < end for start, end in wanted[0].spans)
    return wall.date() not in subject.holidays and any(
        one.weekday == wall.weekday() and one.start <= minute < one.end for one in subject.weekly
    )


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_open_seconds_equal_a_count_of_minutes(data: st.DataObject) -> None:
    start = data.draw(st.sampled_from(STARTS)) + data.draw(st.integers(0, 1440)) * MINUTE
    subject = data.draw(hours(start))
    length = data.draw(st.integers(0, 3 * 1440))

    counted = sum(seen_open(subject, start + minute * MINUTE) for minute in range(length))

    assert subject.open_seconds(start, start + length * MINUTE) == counted * 60


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_the_next_change_is_where_the_minutes_differ(data: st.DataObject) -> None:
    start = data.draw(st.sampled_from(STARTS)) + data.draw(st.integers(0, 1440)) * MINUTE
    subject = data.draw(hours(start))
    assert subject.is_open(start) is seen_open(subject, start)

    change = subject.next_change(start)

    end = start + timedelta(days=3)
    until = min(change, end) if change is not None else end
    minutes = range(int((until - start) / MINUTE))
    assert all(subject.is_open(start + minute * MINUTE) is seen_open(subject, start) for minute in minutes)
    if change is not None:
        assert change > start
        assert subject.is_open(change) is not subject.is_open(start)
        assert subject.is_open(change - timedelta(microseconds=1)) is subject.is_open(start)


@given(st.data())
def test_open_seconds_add_up(data: st.DataObject) -> None:
    start = data.draw(st.sampled_from(STARTS))
    subject = data.draw(hours(start))
    cuts = sorted(data.draw(st.lists(st.floats(0, 4 * 86400), min_size=2, max_size=2)))
    first, second = (start + timedelta(seconds=cut) for cut in cuts)
    end = start + timedelta(days=4)

    parts = subject.open_seconds(start, first) + subject.open_seconds(first, second) + subject.open_seconds(second, end)

    assert parts == pytest.approx(subject.open_seconds(start, end), abs=1e-3)


def test_an_hour_is_missing_where_the_clock_goes_forward() -> None:
    madrid = weekdays("Europe/Madrid", (0, 1440), days=[6])

    assert madrid.open_seconds(datetime(2025, 3, 29, tzinfo=UTC), datetime(2025, 3, 31, tzinfo=UTC)) == 23 * 3600


def test_an_hour_comes_twice_where_the_clock_goes_back() -> None:
    madrid = weekdays("Europe/Madrid", (120, 150), days=[6])  # 02:00 to 02:30, both times

    begin, end = datetime(2025, 10, 25, tzinfo=UTC), datetime(2025, 10, 27, tzinfo=UTC)
    assert madrid.open_seconds(begin, end) == 2 * 1800
    assert madrid.next_change(datetime(2025, 10, 26, 0, 10, tzinfo=UTC)) == datetime(2025, 10, 26, 0, 30, tzinfo=UTC)
    assert madrid.next_change(datetime(2025, 10, 26, 0, 30, tzinfo=UTC)) == datetime(2025, 10, 26, 1, 0, tzinfo=UTC)


def test_several_segments_a_day() -> None:
    office = weekdays("Europe/Madrid", (9 * 60, 14 * 60), (16 * 60, 19 * 60))
    madrid = ZoneInfo("Europe/Madrid")

    assert office.is_open(datetime(2025, 6, 2, 13, 59, 59, 999999, tzinfo=madrid))
    assert not office.is_open(datetime(2025, 6, 2, 14, 0, tzinfo=madrid))
    assert office.next_change(datetime(2025, 6, 2, 15, 0, tzinfo=madrid)) == datetime(2025, 6, 2, 16, 0, tzinfo=madrid)
    friday_night = datetime(2025, 6, 6, 19, 0, tzinfo=madrid)
    assert office.next_change(friday_night) == datetime(2025, 6, 9, 9, 0, tzinfo=madrid)


def test_a_holiday_is_closed_however_far_away() -> None:
    subject = BusinessHours("Asia/Tokyo", always().weekly, frozenset({date(2031, 1, 1)}))

    assert subject.next_change(datetime(2025, 1, 1, tzinfo=UTC)) == datetime(2030, 12, 31, 15, 0, tzinfo=UTC)
    assert subject.next_change(datetime(2030, 12, 31, 15, 0, tzinfo=UTC)) == datetime(2031, 1, 1, 15, 0, tzinfo=UTC)
    assert subject.next_change(datetime(2031, 1, 1, 15, 0, tzinfo=UTC)) is None


def test_always_and_never_do_not_change() -> None:
    at = datetime(2025, 3, 29, tzinfo=UTC)

    assert always("Europe/Madrid").is_open(at)
    assert always("Europe/Madrid").next_change(at) is None
    assert always("Europe/Madrid").open_seconds(at, at + timedelta(days=2)) == 2 * 86400
    never = BusinessHours("UTC", ())
    assert not never.is_open(at)
    assert never.next_change(at) is None
    assert never.open_seconds(at, at - timedelta(days=1)) == 0


@pytest.mark.parametrize("zone", ["Europe/Nowhere", "", "../etc/passwd", "\x00"])
def test_an_unknown_zone_is_refused(zone: str) -> None:
    with pytest.raises(Invalid) as refused:
        BusinessHours(zone, ())
    assert refused.value.id == "hours_zone_unknown"
    assert "zone" in refused.value.details["fields"]  # type: ignore[operator]


@pytest.mark.parametrize(
    ("weekly", "id"),
    [
        ((Segment(0, 60, 120), Segment(0, 119, 180)), "hours_overlap"),
        ((Segment(0, 60, 240), Segment(0, 90, 120)), "hours_overlap"),
        ((Segment(0, 60, 120), Segment(0, 60, 120)), "hours_overlap"),
        ((Segment(0, 120, 60),), "hours_segment_bad"),
        ((Segment(0, 60, 60),), "hours_segment_bad"),
        ((Segment(7, 60, 120),), "hours_segment_bad"),
        ((Segment(0, -1, 120),), "hours_segment_bad"),
        ((Segment(0, 60, 1441),), "hours_segment_bad"),
    ],
)
def test_bad_segments_are_refused(weekly: tuple[Segment, ...], id: str) -> None:
    with pytest.raises(Invalid) as refused:
        BusinessHours("UTC", weekly)
    assert refused.value.id == id


def test_touching_segments_are_allowed() -> None:
    subject = BusinessHours("UTC", (Segment(0, 60, 120), Segment(0, 120, 180)))

    at = datetime(2025, 6, 2, 1, 30, tzinfo=UTC)
    assert subject.next_change(at) == datetime(2025, 6, 2, 3, 0, tzinfo=UTC)


def test_given_a_yearly_day_then_it_is_closed_in_every_year_and_open_again_the_day_after() -> None:
    subject = BusinessHours("Europe/Madrid", always().weekly, special=(SpecialDay(date(2020, 12, 25), yearly=True),))
    at = datetime(2031, 12, 24, 22, tzinfo=UTC)
    assert (subject.is_open(at), subject.next_change(at)) == (True, datetime(2031, 12, 24, 23, tzinfo=UTC))
    assert subject.next_change(datetime(2031, 12, 25, 1, tzinfo=UTC)) == datetime(2031, 12, 25, 23, tzinfo=UTC)
    leap = BusinessHours("UTC", always().weekly, special=(SpecialDay(date(2024, 2, 29), yearly=True),))
    assert leap.next_change(datetime(2097, 1, 1, tzinfo=UTC)) == datetime(2104, 2, 29, tzinfo=UTC)


def test_given_a_half_day_of_one_year_then_it_goes_before_the_yearly_holiday() -> None:
    half = SpecialDay(date(2026, 12, 24), ((540, 780),))
    subject = BusinessHours("UTC", weekdays("UTC", (540, 1080)).weekly, special=(SpecialDay(half.date, (), True), half))
    assert subject.spans_of(date(2026, 12, 24)) == ((540, 780),)
    assert subject.spans_of(date(2027, 12, 24)) == ()
    assert subject.next_change(datetime(2026, 12, 24, 9, 30, tzinfo=UTC)) == datetime(2026, 12, 24, 13, tzinfo=UTC)


def test_given_segments_of_a_special_day_that_overlap_then_they_are_refused() -> None:
    with pytest.raises(Invalid) as refused:
        BusinessHours("UTC", (), special=(SpecialDay(date(2026, 12, 24), ((540, 780), (700, 800))),))
    assert refused.value.id == "hours_overlap"
