"""The seeded source of everything in the demo data: choices, times, numbers and ids. Pure, given the seed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any, TypeVar

from kernel.ids import RANDOM_BITS, make_id

T = TypeVar("T")
Row = dict[str, Any]
# Ids do not follow the clock, so that a load that was cut short goes on where it stopped, whenever it is repeated.
_ID_EPOCH = datetime(2020, 1, 1, tzinfo=UTC)


class Maker:
    """`now` is the end of the invented history."""

    def __init__(self, seed: int, now: datetime) -> None:
        self.random = Random(seed)  # noqa: S311  # invented people, no secrets
        self.now = now.astimezone(UTC).replace(microsecond=0)
        self._ids = 0
        self._numbers: set[str] = set()

    def id(self, prefix: str) -> str:
        self._ids += 1
        at = _ID_EPOCH + timedelta(milliseconds=self._ids)
        return make_id(prefix, at, self.random.getrandbits(RANDOM_BITS))

    def one(self, choices: Sequence[T]) -> T:
        return self.random.choice(choices)

    def chance(self, share: float) -> bool:
        return self.random.random() < share

    def number(self, patterns: Sequence[str]) -> str:
        """A number nobody has yet."""
        while True:
            pattern = self.one(patterns)
            found = "".join(str(self.random.randrange(10)) if char == "#" else char for char in pattern)
            if found not in self._numbers:
                self._numbers.add(found)
                return found

    def reserve(self, e164: str) -> str:
        """Keep `number` from giving this one to anybody."""
        self._numbers.add(e164)
        return e164

    def before(self, days: float) -> datetime:
        """A moment in office hours (UTC) about `days` ago, always in the past."""
        day = (self.now - timedelta(days=max(days, 1))).replace(hour=0, minute=0, second=0, microsecond=0)
        return day + timedelta(seconds=self.random.randrange(7 * 3600, 19 * 3600))

    def after(self, at: datetime, low: float, high: float) -> datetime:
        """Between `low` and `high` hours after `at`, but never in the future."""
        later = at + timedelta(seconds=int(self.random.uniform(low, high) * 3600))
        return min(later, self.now - timedelta(minutes=5))
