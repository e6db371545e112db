"""The sounds of a lab switch: the system's own speech, or a tone for each language, so that a test can measure what a
caller is told and in which language."""

from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path

from lab.tones import tone, write_wave

LANGUAGE_HZ = {"en": 520, "es": 880, "ru": 1240, "zh": 1560}
"""What each language sounds like; other than music, ringing, callers and phones."""
SECONDS = {"lab/short": 0.4, "lab/long": 3.0, "lab/very-long": 12.0}
"""Sounds that only a lab has."""
SHIPPED = (
    *("queue-youarenext", "queue-thereare", "queue-callswaiting", "queue-holdtime", "queue-less-than"),
    *("queue-minute", "queue-minutes", "queue-thankyou", "vm-goodbye"),
    *("queue-periodic-announce", "vm-nobodyavail", "goodbye"),
)
"""Sounds by the names that Asterisk's packages have for them, as far as anything of ours uses them."""
SHIPPED_SECONDS = 0.8
DIGITS = (*range(30), *range(30, 100, 10))


class Sounds(StrEnum):
    """What a lab's switch can say: what is installed with it, tones, or nothing."""

    shipped = "shipped"
    tones = "tones"
    none = "none"


def put(folder: Path) -> None:
    """A folder of sounds with the tones of each language."""
    for language, hz in LANGUAGE_HZ.items():
        for name, seconds in _names():
            path = folder / language / f"{name}.wav"
            path.parent.mkdir(parents=True, exist_ok=True)
            write_wave(path, tone(hz, seconds))


def _names() -> Iterator[tuple[str, float]]:
    yield from SECONDS.items()
    yield from ((name, SHIPPED_SECONDS) for name in SHIPPED)
    yield from ((f"digits/{number}", SHIPPED_SECONDS) for number in DIGITS)
    yield from ((name, SHIPPED_SECONDS) for name in ("digits/hundred", "digits/thousand"))
