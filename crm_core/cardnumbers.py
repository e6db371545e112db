"""Numbers of payment cards in what people write: all but the last four digits are masked before it is kept. Pure."""

from __future__ import annotations

import re
import unicodedata

SHORTEST, LONGEST = 13, 19
MASK = "*"
_GAP = r"(?:[\s.,;:/_|\u00ad\u200b-\u200f\u2010-\u2015\u2212\-]|\\[nrt]){0,3}"
"""What people put between the groups of a number, soft hyphens, spaces of no width and ends of lines in JSON too."""
_RUN = re.compile(rf"\d(?:{_GAP}\d){{{SHORTEST - 1},}}")
_GROUP = re.compile(r"\d+")
_KNOWN = re.compile(
    r"""(?x)
    4\d{12}(?:\d{3})?(?:\d{3})?                      # Visa: 13, 16, 19
    | (?:5[1-5]\d{2}|222[1-9]|22[3-9]\d|2[3-6]\d{2}|27[01]\d|2720)\d{12}       # Mastercard
    | 3[47]\d{13}                                    # American Express
    | 3(?:0[0-5]|[689]\d)\d{11,16}                   # Diners
    | 35(?:2[89]|[3-8]\d)\d{12,15}                   # JCB
    | (?:6011|64[4-9]\d|65\d{2}|60\d{2}|508\d|8[12]\d{2})\d{12,15}              # Discover, RuPay
    | (?:62\d{2}|220[0-4]|9792)\d{12,15}             # UnionPay, Mir, Troy
    | (?:50\d{2}|5[6-9]\d{2}|6\d{3})\d{9,15}         # Maestro
    """
)


def masked(text: str) -> str:
    """The text with the digits of each card number masked but for its last four. A number counts when it begins like a
    card scheme's, has its length, and its check digit fits (Luhn): telephone and ticket numbers stay."""
    return _RUN.sub(_mask_run, text)


def _mask_run(found: re.Match[str]) -> str:
    """A run may hold more than the card: groups before it and after it (a date, a telephone number) stay."""
    run = found.group()
    groups = [one.span() for one in _GROUP.finditer(run)]
    letters, first = list(run), 0
    if found.start() > 0 and found.string[found.start() - 1] == "+":
        first = 1  # the group behind a plus begins a telephone number
    while first < len(groups):
        last = _card_from(run, groups, first)
        if last is None:
            first += 1
            continue
        at = [place for begin, end in groups[first : last + 1] for place in range(begin, end)]
        for place in at[:-4]:
            letters[place] = MASK
        first = last + 1
    return "".join(letters)


def _card_from(run: str, groups: list[tuple[int, int]], first: int) -> int | None:
    """The last group of a card number that begins with group `first`; None when none does."""
    digits, found = "", None
    for place in range(first, len(groups)):
        begin, end = groups[place]
        digits += "".join(str(unicodedata.digit(one)) for one in run[begin:end])
        if len(digits) > LONGEST:
            break
        if _KNOWN.fullmatch(digits) and luhn(digits):
            found = place
    return found


def luhn(digits: str) -> bool:
    """Whether the check digit fits (ISO/IEC 7812-1, annex B)."""
    doubled = (int(one) * (1 + place % 2) for place, one in enumerate(reversed(digits)))
    return sum(one - 9 if one > 9 else one for one in doubled) % 10 == 0 and digits.strip("0") != ""
