"""The numbered changes of one agent's desk: pure. A browser catches up from its cursor or takes a snapshot."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import Any

Desk = dict[str, Any]

KEPT = 256
_KEYS: dict[frozenset[str], frozenset[str]] = {}
"""Each set of keys that changed together, once: all desks keep the same few, many times."""


@dataclass(frozen=True, slots=True)
class Numbered:
    """One change: `set` holds the top-level keys of the desk that are replaced whole."""

    seq: int
    set: Desk

    def message(self, now: str) -> dict[str, Any]:
        return {"seq": self.seq, "now": now, "set": self.set}


def desk_changes(before: Desk, after: Desk) -> set[str]:
    """The top-level keys that differ."""
    return {key for key, value in after.items() if key not in before or _differ(before[key], value)}


def _differ(one: Any, other: Any) -> bool:
    """The same object is looked at no further: most of a desk, and all of a pop, stays as it is."""
    return one is not other and bool(one != other)


class Feed:
    """The desk as last published to an agent, and which keys the last changes replaced.

    `epoch` names this life of the numbers: after a restart they begin anew under another epoch. Keys are
    replaced whole, so a missed change needs no older value than the present one: only the keys are kept.
    """

    def __init__(self, epoch: str, desk: Desk, kept: int = KEPT) -> None:
        self.epoch = epoch
        self.seq = 0
        self.desk = desk
        self._ring: deque[frozenset[str]] = deque(maxlen=kept)

    def update(self, desk: Desk) -> Numbered | None:
        """Number what differs from the last desk; None when nothing does."""
        keys = desk_changes(self.desk, desk)
        if not keys:
            return None
        self.desk = desk
        self.seq += 1
        changed = frozenset(keys)
        self._ring.append(_KEYS.setdefault(changed, changed))
        return Numbered(self.seq, {key: desk[key] for key in desk if key in keys})

    def since(self, epoch: object, seq: object) -> list[Numbered] | None:
        """The changes after `seq`, all their values in the last one; None when only a snapshot can help."""
        if epoch != self.epoch or not isinstance(seq, int) or isinstance(seq, bool):
            return None
        missing = self.seq - seq
        if missing < 0 or missing > len(self._ring):
            return None
        if missing == 0:
            return []
        keys = frozenset[str]().union(*list(self._ring)[-missing:])
        empty = [Numbered(number, {}) for number in range(seq + 1, self.seq)]
        return [*empty, Numbered(self.seq, {key: self.desk[key] for key in self.desk if key in keys})]

    def snapshot(self, now: str) -> dict[str, Any]:
        """The whole desk with the place in the numbers."""
        return {"epoch": self.epoch, "seq": self.seq, "now": now, "desk": self.desk}
