"""What one row of the set-up may say: the fields that there are, their shapes, and between which bounds. The rows
themselves: whether they go together is another question (see setupcheck)."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NoReturn, TypeVar

from pydantic import ValidationError

from kernel import codec
from kernel.errors import Invalid, Problem, at_fields
from routing.announcements import Announcement
from routing.announcements import faults as announcement_faults
from routing.hoursrows import Calendar, Hours
from routing.overflowcheck import faults
from routing.queuerows import Disposition, Queue
from routing.teamwork import LEVELS, Group, Profile, Skill

Row = Skill | Group | Profile | Announcement | Calendar | Hours | Queue | Disposition
T = TypeVar("T", bound=Row)

HOUR, DAY = 3600, 86_400
BOUNDS: Mapping[str, tuple[int, int]] = {
    "ring_seconds": (1, HOUR),
    "render_ms": (0, 60_000),
    "wrap_seconds": (0, DAY),
    "wrap_extend_seconds": (1, DAY),
    "wrap_extensions": (0, 1000),
    "misses_to_pause": (0, 1000),
    "no_answer_delay": (0, DAY),
    "reject_delay": (0, DAY),
    "busy_delay": (0, DAY),
    "lost_phone_seconds": (0, DAY),
    "progress_seconds": (1, HOUR),
    "priority": (0, HOUR),
    "sticky_seconds": (0, HOUR),
    "sticky_days": (1, 3650),
    "owner_seconds": (0, HOUR),
    "resume_seconds": (0, HOUR),
}
"""Least and most of a queue's numbers. A form may ask for less; beyond these a time cannot be reckoned with."""
_ID = re.compile(r"[A-Za-z0-9_-]{1,60}")
_PERSON = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:-]{0,39}")


def made(cls: type[T], place: str, values: Mapping[str, Any]) -> T:
    """The row that `values` say; raises Invalid with `place` and the field that is wrong."""
    known = {one.name for one in dataclasses.fields(cls)}
    for name in values:
        if name not in known:
            wrong(place, str(name), "there is no such field.")
    try:
        row = codec.build(cls, values)
    except ValidationError as refused:
        first = refused.errors(include_input=False, include_url=False)[0]
        wrong(place, str((*first["loc"], "values")[0]), f"{first['msg']}.")
    for field, words in _faults(row):
        wrong(place, field, words)
    return row


def as_was(was: Mapping[str, Any], now: Row) -> bool:
    """Whether two rows say the same, whatever their versions. `was` may be of a time at which there were fewer fields:
    those that came since are as they are where nothing is said."""
    try:
        row = codec.build(type(now), was)
    except ValidationError:
        return False
    return dataclasses.replace(row, version=0) == dataclasses.replace(now, version=0)


def unknown_kind(kind: str, id: str) -> NoReturn:
    """Raises for a row of a kind that there is not."""
    wrong(f"{kind} {id}", "kind", "nothing of this kind is set up.")


def _faults(row: Row) -> Iterable[tuple[str, str]]:
    pattern = _PERSON if isinstance(row, Profile) else _ID
    if not pattern.fullmatch(row.id):
        yield "id", "it has 1 to 60 letters of a to z, digits, _ or -."
    if isinstance(row, Profile):
        yield from _levels("skills", row.skills)
        return
    field, name = ("label", row.label) if isinstance(row, Disposition) else ("name", row.name)
    if not name.strip() or len(name) > 200 or "\0" in name:
        yield field, "it has 1 to 200 letters."
    if isinstance(row, Announcement):
        yield from announcement_faults(row)
    if isinstance(row, Queue):
        yield from _queue(row)
    elif isinstance(row, Hours):
        yield from _most("weekly", 50, [one for segments in row.weekly.values() for one in segments])
        yield from _most("calendars", 20, row.calendars)
    elif isinstance(row, Calendar):
        yield from _most("days", 1000, row.days)


def _most(field: str, most: int, found: Sequence[object]) -> Iterable[tuple[str, str]]:
    if len(found) > most:
        yield field, f"there are {most} at most."


def _queue(row: Queue) -> Iterable[tuple[str, str]]:
    for field, (least, most) in BOUNDS.items():
        if not least <= getattr(row, field) <= most:
            yield field, f"it is {least} to {most}."
    yield from _levels("skills", row.skills)
    for step in row.steps:
        yield from _levels("steps", step.skills)
        if not 1 <= step.after_seconds <= DAY:
            yield "steps", f"a step comes after 1 to {DAY} seconds."
    yield from faults(row)
    if not 0 <= row.announce.first_seconds <= HOUR or not 15 <= row.announce.every_seconds <= HOUR:
        yield "announce", f"it begins after 0 to {HOUR} seconds, and goes on after 15 to {HOUR}."
    if any(not re.fullmatch(r"\+?[0-9][0-9 .-]{0,30}", did) for did in row.dids):
        yield "dids", "a number is digits, with + before them or not."


def _levels(field: str, skills: Mapping[str, int]) -> Iterable[tuple[str, str]]:
    for skill, level in skills.items():
        if level not in LEVELS:
            yield field, f"the level of {skill} is {LEVELS[0]} to {LEVELS[-1]}."


def wrong(place: str, field: str, why: str) -> NoReturn:
    """Raises for a field of a row."""
    words = f"{place}: {field}: {why}"
    problem = Problem("setup_value_wrong", words, {"name": field})
    raise Invalid("setup_value_wrong", words, place=place, field=field, name=field, **at_fields(**{field: problem}))
