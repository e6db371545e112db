"""What callers are told, as it is set up: announcements, what a queue tells those who wait in it, and what was said to
a caller. Rows and rules, pure. Some announcements are always there, of sounds that every Asterisk's packages have."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from cti.sounds import MAX_PIECES, MAX_SOUND, is_piece, number
from kernel import codec

POSITION, MINUTES = "number:position", "number:minutes"
"""Pieces that stand for a number of the moment."""
MAX_LANGUAGES = 20
MAX_LENGTH = 400
"""Letters of all pieces of one language: they are told to the switch in one line."""
_LANGUAGE = re.compile(r"[a-z]{2,3}([_-][A-Za-z0-9]{2,8}){0,2}")


@dataclass(frozen=True, slots=True)
class Announcement:
    """Something that callers are told: by language the pieces that are played, sounds of the switch by name among
    them (see cti.orders.SayToCaller), with POSITION and MINUTES for what is known only then."""

    id: str
    name: str
    sounds: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    version: int = 1


@dataclass(frozen=True, slots=True)
class Announce:
    """What a queue tells callers who wait in it; nothing, as long as nothing is set. `welcome` is an announcement for
    the beginning of the wait. The `position` in the line and the expected `wait` come `first_seconds` after that, and
    again when they are better, at least `every_seconds` apart."""

    welcome: str | None = None
    position: bool = False
    wait: bool = False
    first_seconds: int = 20
    every_seconds: int = 60

    @property
    def anything(self) -> bool:
        return self.welcome is not None or self.position or self.wait


@dataclass(frozen=True, slots=True)
class Told:
    """What a caller was told: the best `position` (1 is next) and wait in `minutes` (0: less than one) said so far, and
    whether all of that was `heard`. `step` names what is being said now. `count` is how often something was said."""

    position: int | None = None
    minutes: int | None = None
    heard: bool = True
    welcomed: bool = False
    step: str | None = None
    count: int = 0


UNTOLD = Told()
CLOSED, NOBODY, NEXT, PLACE, WAIT, WAIT_SHORT = "closed", "nobody", "next", "position", "wait", "wait_short"


def _english(id: str, name: str, *sounds: str) -> Announcement:
    """The switch plays a sound of that name in the caller's language, where it has it."""
    return Announcement(id, name, {"en": sounds}, 0)


DEFAULTS: Mapping[str, Announcement] = MappingProxyType(
    {
        one.id: one
        for one in (
            _english(CLOSED, "Closed", "vm-nobodyavail", "vm-goodbye"),
            _english(NOBODY, "Nobody there", "vm-nobodyavail", "vm-goodbye"),
            _english(NEXT, "Next in line", "queue-youarenext"),
            _english(PLACE, "Position in line", "queue-thereare", POSITION, "queue-callswaiting"),
            _english(WAIT, "Expected wait", "queue-holdtime", MINUTES, "queue-minutes"),
            _english(WAIT_SHORT, "Expected wait: under a minute", "queue-holdtime", "queue-less-than", "number:1",
                     "queue-minute"),
        )
    }
)  # fmt: skip
"""What is said where nothing else was set up under these ids: of sounds that Spanish and Russian packages have too."""


def there(rows: Iterable[Announcement]) -> dict[str, Announcement]:
    """All announcements that there are, by id."""
    return {**DEFAULTS, **{one.id: one for one in rows}}


def pieces(found: Announcement, language: str, position: int = 0, minutes: int = 0) -> tuple[str, ...]:
    """What is played of it to a caller of that language: of the language itself, of it without its country, of English,
    of any that there is. Numbers that are not known are left out."""
    base = re.split("[_-]", language, maxsplit=1)[0]
    there = (found.sounds[one] for one in (language, base, "en", *sorted(found.sounds)) if one in found.sounds)
    known = {POSITION: number(position) if position else "", MINUTES: number(minutes) if minutes else ""}
    return tuple(piece for one in next(there, ()) if (piece := known.get(one, one)))


def faults(row: Announcement) -> Iterator[tuple[str, str]]:
    """What is wrong with it: the field, and why."""
    if not 1 <= len(row.sounds) <= MAX_LANGUAGES:
        yield "sounds", f"it has sounds in 1 to {MAX_LANGUAGES} languages."
    for language, sounds in row.sounds.items():
        if not _LANGUAGE.fullmatch(language):
            yield "sounds", f"{language[:20]} is no language: it is en, es, zh, pt_BR or the like."
        if not 1 <= len(sounds) <= MAX_PIECES or len("&".join(sounds)) > MAX_LENGTH:
            yield "sounds", f"{language[:20]} has 1 to {MAX_PIECES} sounds, of {MAX_LENGTH} letters together."
        for one in sounds:
            if one not in (POSITION, MINUTES) and not is_piece(one):
                words = f"a sound is letters, digits, _ and -, with / for a folder, of {MAX_SOUND} letters at most"
                yield "sounds", f"{language[:20]}: {one[:80]!r} cannot be played: {words}; or {POSITION}, {MINUTES}."


def named_by(queues: Iterable[Any]) -> Iterator[tuple[str, str, str]]:
    """Where queues name announcements: the row, the field, the announcement's id."""
    for queue in queues:
        yield from ((f"queue {queue.id}", name, id) for name, id in uses(codec.plain(queue)))


def uses(values: Any) -> Iterator[tuple[str, str]]:
    """Where a row of the set-up, as plain values, names an announcement: the field, and the announcement's id."""
    for name, value in values.items():
        yield from ((name, id) for id in _named(name, value))


def _named(name: str, value: Any) -> Iterator[str]:
    if isinstance(value, Mapping):
        for inner, one in value.items():
            yield from _named(inner, one)
    elif isinstance(value, list | tuple):
        for one in value:
            yield from _named(name, one)
    elif value is not None and name in ("announcement_id", "welcome"):
        yield str(value)
