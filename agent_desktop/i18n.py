"""The few texts that the server itself says, from the catalogues below `locale/`."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from pathlib import Path

from babel.core import negotiate_locale
from babel.messages.pofile import read_po

LANGUAGES = ("en", "es", "zh", "ru")
LOCALE = Path(__file__).parent / "locale"

Translate = Callable[[str], str]


@cache
def catalogue(language: str) -> dict[str, str]:
    """All messages of a language that are translated."""
    with (LOCALE / language / "LC_MESSAGES" / "desktop.po").open("rb") as file:
        found = read_po(file, locale=language)
    return {str(message.id): str(message.string) for message in found if message.id and message.string}


def translator(language: str) -> Translate:
    """Texts in `language`; what is not translated stays English."""
    messages = catalogue(language if language in LANGUAGES else "en")
    return lambda text: messages.get(text, text)


def wanted(accept_language: str) -> str:
    """The language to use for an Accept-Language header."""
    weighed: list[tuple[float, int, str]] = []
    for part in accept_language[:300].split(","):
        found = re.fullmatch(r"\s*([A-Za-z]{2,3})(?:-[A-Za-z0-9-]+)?\s*(?:;\s*q=([01](?:\.\d{0,3})?))?\s*", part)
        if found is not None:
            weighed.append((-float(found[2] or 1), len(weighed), found[1].lower()))
    return negotiate_locale([language for _, _, language in sorted(weighed)], LANGUAGES) or "en"
