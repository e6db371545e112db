"""Why a caller was offered to whom, kept small: the first by name and figure, the rest as sets of agents by reason."""

from __future__ import annotations

import zlib
from base64 import b64decode, b64encode
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, cast

from kernel import codec
from routing.matching.ranking import PASSED
from routing.rows import Considered

SHOWN = 100
"""So many agents at least are kept with their figures, in the order of the strategy."""
SHORT = 256
"""Sets of numbers below this are written as they are, longer ones compressed."""
FORM = 2
"""The form of what `pack` writes. Before there was one it was a list of Considered, each whole."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """One who could have the caller, and the figure by which the strategy went; None of who picked them, for no figure
    decided. The reason of who was chosen is the strategy, or that they picked the caller."""

    number: int
    reason: str
    idle_seconds: float
    score: float | None


@dataclass(frozen=True, slots=True)
class Record:
    """Of one choice: the candidates in order, `chosen` of them from the first, and everybody else as bits of their
    numbers by reason. Nobody stands in it twice."""

    chosen: int
    ranked: tuple[Candidate, ...]
    sets: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a choice says of one agent; figures only of those who stood in the order."""

    number: int
    verdict: str
    reason: str
    idle_seconds: float | None = None
    score: float | None = None


def verdicts(record: Record) -> Iterator[Verdict]:
    """Each agent considered: the chosen, those who stood behind in order, then the others by reason."""
    for nth, one in enumerate(record.ranked):
        verdict = "chosen" if nth < record.chosen else "passed"
        yield Verdict(one.number, verdict, one.reason, one.idle_seconds, one.score)
    for reason, bits in sorted(record.sets.items(), key=lambda item: (item[0] not in PASSED, item[0])):
        verdict = "passed" if reason in PASSED else "rejected"
        yield from (Verdict(number, verdict, reason) for number in numbers(bits))


def considered(kept: object, roster: Mapping[int, tuple[str, str]]) -> tuple[Considered, ...]:
    """Every agent considered in a choice as it is kept, in either form. `roster` has ids and names by number."""
    if isinstance(kept, list):
        return tuple(codec.build(Considered, one) for one in kept)
    found = []
    for one in verdicts(unpack(cast(Mapping[str, Any], kept))):
        who = roster.get(one.number, (f"#{one.number}", ""))
        found.append(Considered(*who, one.verdict, one.reason, one.idle_seconds, one.score))
    return tuple(found)


def numbers(bits: int) -> Iterator[int]:
    """The numbers in a set, the least first."""
    text = bin(bits)[:1:-1]
    found = text.find("1")
    while found >= 0:
        yield found
        found = text.find("1", found + 1)


def pack(record: Record) -> dict[str, Any]:
    """A record as JSON-ready values, equal ones in the same order: what is kept is the same byte for byte."""
    return {
        "form": FORM,
        "chosen": record.chosen,
        "ranked": [[one.number, one.reason, one.idle_seconds, one.score] for one in record.ranked],
        "sets": {reason: _text(bits) for reason, bits in sorted(record.sets.items())},
    }


def unpack(values: Mapping[str, Any]) -> Record:
    """The record that `pack` wrote; raises ValueError for a form that is none of ours."""
    if values.get("form") != FORM:
        raise ValueError(f"choices of form {values.get('form')} cannot be read")
    ranked = tuple(Candidate(*one) for one in values["ranked"])
    return Record(values["chosen"], ranked, {reason: _bits(text) for reason, text in values["sets"].items()})


def _text(bits: int) -> str:
    """Hexadecimal, or behind a `z` the compressed bytes (little end first, for the highest numbers came last)."""
    size = bits.bit_length()
    if size <= SHORT:
        return f"{bits:x}"
    return "z" + b64encode(zlib.compress(bits.to_bytes((size + 7) // 8, "little"), 1)).decode()


def _bits(text: str) -> int:
    if text.startswith("z"):
        return int.from_bytes(zlib.decompress(b64decode(text[1:])), "little")
    return int(text, 16)
