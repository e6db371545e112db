"""The way out: a dial string with a place for the number, from an allow-list of characters. Pure."""

from __future__ import annotations

import re

PLACES = ("{number}", "{digits}")
_TEMPLATE = re.compile(r"(PJSIP|IAX2|DAHDI|Local)/[A-Za-z0-9_.@/+*#-]{0,100}")
_NUMBER = re.compile(r"\+?[0-9*#]{1,30}")


def check_trunk(template: str) -> str:
    """The template itself; ValueError in words when it is none. `{number}` stands for the number with its plus,
    `{digits}` for it without."""
    if sum(template.count(place) for place in PLACES) != 1:
        raise ValueError("the trunk holds {number} (with +) or {digits} (without) exactly once")
    for place in PLACES:
        bare = template.replace(place, "0")
        if bare != template and _TEMPLATE.fullmatch(bare):
            return template
    raise ValueError("the trunk is a dial string such as PJSIP/{number}@my-trunk or Local/{number}@from-internal/n")


def dial_string(template: str, number: str) -> str:
    """What the switch dials; ValueError unless both keep to their allow-lists: no second target, no variable."""
    check_trunk(template)
    if not _NUMBER.fullmatch(number):
        raise ValueError("a number is digits, * and #, with + in front at most")
    return template.replace("{number}", number).replace("{digits}", number.lstrip("+"))
