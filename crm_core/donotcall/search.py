"""What somebody means who looks for an entry: a number in any usual way of writing, a part of one, words of a reason.
Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass

from crm_core.customers import names
from crm_core.donotcall.patterns import matching
from crm_core.search import queries

MOST_WORDS = 8
MIN_PART = 3
"""Digits of which a part may be made by leaving some out: a 0 that is dialled at home only."""
_FEW = re.compile(r"\+?[0-9]{1,2}")


@dataclass(frozen=True, slots=True)
class Wanted:
    """An entry fits that is one of `patterns` (each forbids the number asked for), begins with one of `starts` or ends
    with `ending`: an index has those. Where there is none of them, one that has one of `parts` in it, or all of `words`
    in its reason. Nothing fits when all are empty."""

    patterns: tuple[str, ...] = ()
    starts: tuple[str, ...] = ()
    ending: str = ""
    parts: tuple[str, ...] = ()
    words: tuple[str, ...] = ()


def read(text: str, region: str) -> Wanted:
    """Read a search text as somebody in `region` writes numbers."""
    bare = text.replace("(0)", "").replace("*", "").strip()
    words = tuple(names.key(text).split()[:MOST_WORDS])
    few = re.sub(r"[ ().\-/]", "", bare)
    if _FEW.fullmatch(few):
        return Wanted(parts=(few,), words=words)
    query = queries.read(bare, region)
    if not query.digits:
        return Wanted(words=words)
    less = (query.digits.lstrip("0"), *query.number_starts)
    parts = dict.fromkeys((query.digits, *(one for one in less if len(one) >= MIN_PART)))
    patterns = dict.fromkeys(pattern for one in query.e164 for pattern in matching(one))
    return Wanted(tuple(patterns), query.number_starts, query.digits, tuple(parts), words)
