"""Names folded for search, in any script: case, accents and punctuation do not count. Pure."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

MAX_WORD = 120
MAX_WORDS = 80
_LETTERS = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "æ": "ae", "œ": "oe", "ı": "i", "þ": "th", "ð": "d"})
# Scripts that put no space between words, and Hangul, whose names are: a person may be asked for by any part.
_UNSPACED = (
    (0x0E00, 0x0EFF), (0x1000, 0x109F), (0x1780, 0x17FF), (0x3040, 0x30FF), (0x3400, 0x9FFF), (0xAC00, 0xD7AF),
    (0xF900, 0xFAFF), (0x20000, 0x323AF),
)  # fmt: skip


def key(text: str) -> str:
    """`text` as it is compared: folded words with one space between them; at most 600 characters."""
    folded = unicodedata.normalize("NFKD", text.casefold().translate(_LETTERS))
    kept = "".join(" " if not _counts(char) else char for char in folded if unicodedata.category(char) != "Mn")
    return " ".join(unicodedata.normalize("NFC", kept.casefold()).split())[:600].rstrip()


def words(names: Iterable[str], emails: Iterable[str] = ()) -> list[str]:
    """Every word somebody with these names and addresses is found by; a search word matches as their prefix."""
    found: dict[str, None] = {}
    for email in emails:
        found[email.casefold()[:MAX_WORD]] = None
    for name in names:
        for word in key(name).split():
            for start in range(len(word) if _unspaced(word) else 1):
                found[word[start : start + MAX_WORD]] = None
    return list(found)[:MAX_WORDS]


def _counts(char: str) -> bool:
    return char.isalnum() or unicodedata.category(char) in ("Mc", "Nd")


def _unspaced(word: str) -> bool:
    return any(low <= ord(char) <= high for char in word for low, high in _UNSPACED)
