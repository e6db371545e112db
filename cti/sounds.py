"""What can be said to a caller: sounds of the switch by name, numbers, digits. Pure."""

from __future__ import annotations

import re

SOUND = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*(?:/[A-Za-z0-9][A-Za-z0-9_-]*)*")
"""A sound by its name in the switch's folder of a language, without an ending: it can name nothing outside of that."""
PIECE = re.compile(rf"(?:{SOUND.pattern}|number:[0-9]{{1,6}}|digits:[0-9]{{1,20}})")
MAX_SOUND = 80
MAX_PIECES = 20
"""Letters of one piece, and pieces of one announcement: an order has to fit on a line of the switch."""


def is_piece(text: str) -> bool:
    """Whether that is something that can be said."""
    return len(text) <= MAX_SOUND and PIECE.fullmatch(text) is not None


def is_sound(name: str) -> bool:
    """Whether that can be the name of a sound."""
    return len(name) <= MAX_SOUND and SOUND.fullmatch(name) is not None


def number(value: int) -> str:
    """The piece that says a number as a word."""
    return f"number:{max(0, min(value, 999_999))}"
