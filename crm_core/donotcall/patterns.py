"""What an entry matches: one number, or all that begin with the digits before its `*`. Pure."""

from __future__ import annotations

import re

from crm_core.customers.numbers import NumberKind, parse, spellings
from kernel.errors import Invalid

_PREFIX = re.compile(r"\+[1-9][0-9]{0,13}\*")


def read_pattern(raw: str, region: str) -> str:
    """The entry that `raw` means: `+34600111222`, or `+3460011*` for a whole range. Raises Invalid."""
    bare = re.sub(r"[ ().\-/]", "", raw)
    if _PREFIX.fullmatch(bare):
        return bare
    number = parse(raw, region)
    if number.kind is not NumberKind.E164 or number.e164 is None:
        raise Invalid(
            "bad_pattern",
            "Write a whole number, or the beginning of one with its country code and a star: +3491*",
            fields={"number": "a number, or + digits *"},
        )
    return number.e164


def hidden(pattern: str) -> str:
    """An entry for those who may not know whose it is: of a number its last three digits, a range whole."""
    return pattern if pattern.endswith("*") else f"…{pattern[-3:]}"


def matching(e164: str) -> list[str]:
    """Every pattern that matches a number, in all the forms its subscriber may appear under."""
    found: list[str] = []
    for one in spellings(e164):
        found.append(one)
        found += [f"{one[:length]}*" for length in range(2, len(one) + 1)]
    return found
