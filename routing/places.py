"""The places of callers who are with nobody, in the order in which the switch numbered them: whose place may a caller
not be behind, whose not before. It follows the shelf; what it costs grows with the root of how many wait."""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterator
from datetime import datetime

from routing.rows import TALKING, Interaction
from routing.state import State, came

Number = tuple[int, ...]
Held = tuple[Number, str, datetime | None, datetime]
"""A caller: the switch's number, the id, the place, and the place or else when they came."""
FULL = 128
"""So many callers a part; twice as many are split."""


class Places:
    """Inbound callers who are there and talk with nobody. A place that was given back to somebody who called again is
    theirs alone: nobody is measured by it."""

    def __init__(self, state: State) -> None:
        self._order = Parts()
        self._held: dict[str, Held] = {}
        state.interactions.follow(self._changed)

    def _changed(self, before: Interaction | None, after: Interaction | None) -> None:
        row = after or before
        if row is None:
            return
        old, new = self._held.get(row.id), None if after is None else _held(after)
        if old == new:
            return
        if old is not None:
            del self._held[row.id]
            self._order.remove(old)
        if new is not None:
            self._held[row.id] = new
            self._order.add(new)

    def least_after(self, caller_id: str) -> datetime | None:
        """The earliest place of those whom the switch numbered later than that caller."""
        return self._order.least_after(came(caller_id))

    def most_before(self, caller_id: str) -> datetime | None:
        """The latest place (or coming) of those whom it numbered earlier."""
        return self._order.most_before(came(caller_id))


def _held(row: Interaction) -> Held | None:
    if row.ended_at is not None or row.direction != "inbound" or row.state in TALKING:
        return None
    place = None if row.resumed is not None else row.place
    return came(row.id), row.id, place, place or row.arrived_at


class Parts:
    """Entries in order, in parts that know their least place and their greatest."""

    def __init__(self) -> None:
        self._parts: list[_Part] = []
        self._lasts: list[tuple[Number, str]] = []

    def __iter__(self) -> Iterator[Held]:
        return (one for part in self._parts for one in part.entries)

    def add(self, one: Held) -> None:
        if not self._parts:
            self._parts, self._lasts = [_Part([one])], [one[:2]]
            return
        at = min(bisect_left(self._lasts, one[:2]), len(self._parts) - 1)
        part = self._parts[at]
        insort(part.entries, one, key=_key)
        part.look()
        found = [part]
        if len(part.entries) > 2 * FULL:
            found = [_Part(part.entries[:FULL]), _Part(part.entries[FULL:])]
        self._parts[at : at + 1] = found
        self._lasts[at : at + 1] = [one.entries[-1][:2] for one in found]

    def remove(self, one: Held) -> None:
        at = bisect_left(self._lasts, one[:2])
        part = self._parts[at]
        del part.entries[bisect_left(part.entries, one[:2], key=_key)]
        if part.entries:
            part.look()
            self._lasts[at] = part.entries[-1][:2]
        else:
            del self._parts[at], self._lasts[at]

    def least_after(self, number: Number) -> datetime | None:
        at = bisect_right(self._lasts, number, key=_number)
        if at == len(self._parts):
            return None
        some = [one[2] for one in self._parts[at].entries if one[0] > number]
        more = [part.least for part in self._parts[at + 1 :]]
        return min((one for one in (*some, *more) if one is not None), default=None)

    def most_before(self, number: Number) -> datetime | None:
        at = bisect_left(self._lasts, number, key=_number)
        whole = [part.most for part in self._parts[:at]]
        some = [one[3] for one in self._parts[at].entries if one[0] < number] if at < len(self._parts) else []
        return max((*whole, *some), default=None)


class _Part:
    def __init__(self, entries: list[Held]) -> None:
        self.entries = entries
        self.look()

    def look(self) -> None:
        self.least = min((one[2] for one in self.entries if one[2] is not None), default=None)
        self.most = max(one[3] for one in self.entries)


def _key(one: Held) -> tuple[Number, str]:
    return one[:2]


def _number(key: tuple[Number, str]) -> Number:
    return key[0]
