"""The journal through the same code again: it must decide the same, line for line."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby

from kernel import codec
from kernel.core import DEAD, Core, Entry, Outcome
from kernel.errors import TrunklineError


@dataclass(frozen=True, slots=True)
class Difference:
    """Where a replay leaves the journal: `written` and `replayed` are the lines as text, None when missing."""

    seq: int
    written: str | None
    replayed: str | None


def replay(entries: Iterable[Entry], core: Core) -> Iterator[Difference]:
    """Run the journal's inputs (facts, commands, deadlines) through an empty `core`, yielding each difference."""
    for cause, lines in groupby(entries, key=lambda entry: entry.cause):
        written = list(lines)
        first = written[0]
        if first.seq != cause:
            yield Difference(first.seq, _text(first), None)
            continue
        core.seq = first.seq - 1
        out = Outcome()
        try:
            if first.error == DEAD:
                core.take_dead(first.message, first.at, out)
            else:
                core.take(first.message, first.at, out)
        except TrunklineError:
            pass
        except Exception as error:
            yield Difference(first.seq, _text(first), repr(error))
            continue
        yield from _compare(written, out.entries)


def _compare(written: list[Entry], replayed: list[Entry]) -> Iterator[Difference]:
    for index in range(max(len(written), len(replayed))):
        old = written[index] if index < len(written) else None
        new = replayed[index] if index < len(replayed) else None
        texts = _text(old), _text(new)
        if texts[0] != texts[1]:
            seq = old.seq if old is not None else written[0].seq
            yield Difference(seq, *texts)


def _text(entry: Entry | None) -> str | None:
    if entry is None:
        return None
    body = codec.dump(entry.message)
    return f"{entry.seq} {type(entry.message).__name__} {sorted(body.items())} {entry.error or ''}"
