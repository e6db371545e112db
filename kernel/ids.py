"""Ids that sort by the time they were made: `prefix-` and 26 letters of Crockford's base 32 (48 bits of
milliseconds, 80 random bits), after https://github.com/ulid/spec. Rules get ids from their turn instead."""

from __future__ import annotations

import re
import secrets
import time
from datetime import UTC, datetime, timedelta

from kernel.errors import Invalid

ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
RANDOM_BITS = 80
_PAIRS = tuple(first + second for first in ALPHABET for second in ALPHABET)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_PREFIX = re.compile(r"[a-z][a-z0-9]{0,11}")
_ID = re.compile(rf"([a-z][a-z0-9]{{0,11}})-([{ALPHABET}]{{26}})")


def make_id(prefix: str, at: datetime, randomness: int) -> str:
    """The id for a time and 80 random bits. One length per prefix: no id is a prefix of another."""
    if not _PREFIX.fullmatch(prefix):
        raise ValueError(f"an id prefix is 1 to 12 small letters and digits: {prefix!r}")
    milliseconds = (at - _EPOCH) // timedelta(milliseconds=1)
    if not 0 <= milliseconds < 1 << 48 or not 0 <= randomness < 1 << RANDOM_BITS:
        raise ValueError("the time or the randomness of an id is out of range")
    number = milliseconds << RANDOM_BITS | randomness
    return f"{prefix}-" + "".join([_PAIRS[number >> shift & 1023] for shift in range(120, -1, -10)])


def new_id(prefix: str) -> str:
    """An id for now, for use outside the engine."""
    at = _EPOCH + timedelta(milliseconds=time.time_ns() // 1_000_000)
    return make_id(prefix, at, secrets.randbits(RANDOM_BITS))


def made_at(id: str) -> datetime:
    """When an id was made, to the millisecond; Invalid when it is none of ours."""
    match = _ID.fullmatch(id)
    if match is None or match[2][0] > "7":
        raise Invalid("id_malformed", "This is not an id: a prefix, a dash and 26 letters and digits are expected.")
    number = 0
    for letter in match[2]:
        number = number << 5 | ALPHABET.index(letter)
    return _EPOCH + timedelta(milliseconds=number >> RANDOM_BITS)
