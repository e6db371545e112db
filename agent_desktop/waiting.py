"""Who waits in each queue, in the order in which they are served, and the first of them as a desk shows them. Pure."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice

from sortedcontainers import SortedList

from agent_desktop.deskview import display_number, moment
from agent_desktop.ports import Row
from routing.state import came

WAITING = frozenset({"queued", "offered", "in_fallback"})
SHOWN = 30
"""So many callers a desk gets at most, whatever wait; and how many those are."""
WHY = {"offered": "ringing", "in_fallback": "fallback"}

Place = tuple[bool, datetime, tuple[int, ...], str]
"""What orders the callers of one queue: front, place, the switch's number, id."""


@dataclass(frozen=True, slots=True)
class Looks:
    """How the rows of a desk are made: the country whose way of writing numbers is read, whether its person may know
    who calls, what a customer is called by the id of the call, and an agent by theirs."""

    region: str
    callers: bool
    customer: Callable[[str], str | None]
    agent: Callable[[str], str | None]


class Waiting:
    """Callers by queue. A change costs the logarithm of those who wait, the first of some queues no more than those."""

    def __init__(self) -> None:
        self._rows: dict[str, Row] = {}
        self._at: dict[str, tuple[str, Place, str]] = {}
        self._order: dict[str, SortedList[Place]] = {}
        self._since: dict[str, SortedList[str]] = {}

    def put(self, key: str, row: Row | None) -> None:
        """An interaction as it is now; None when it is no more."""
        before = self._at.pop(key, None)
        if before is not None:
            queue, place, since = before
            self._rows.pop(key)
            self._order[queue].remove(place)
            self._since[queue].remove(since)
        if row is None or row["state"] not in WAITING:
            return
        queue, place, since = self._at[key] = row["queue_id"], _place(row), moment(waits_since(row)) or ""
        self._rows[key] = row
        self._order.setdefault(queue, SortedList()).add(place)
        self._since.setdefault(queue, SortedList()).add(since)

    def count(self, queue_id: str) -> int:
        return len(self._order.get(queue_id, ()))

    def longest_since(self, queue_id: str) -> str | None:
        """Since when the first of them waits, whoever is served first."""
        found = self._since.get(queue_id)
        return found[0] if found else None

    def first(self, bonuses: Mapping[str, float], looks: Looks) -> Row:
        """The first callers of some queues in the order in which they are served, and how many wait in all. `bonuses`:
        by queue, the seconds by which its callers go before others."""
        lines = (self._line(queue_id, bonus) for queue_id, bonus in bonuses.items())
        found = islice(heapq.merge(*lines), SHOWN)
        rows = [self._view(self._rows[rank[-2]], rank[-1], looks) for rank in found]
        return {"total": sum(map(self.count, bonuses)), "rows": rows}

    def _line(self, queue_id: str, bonus: float) -> Iterable[tuple[bool, datetime, tuple[int, ...], str, int]]:
        """Of one queue no more than can be shown, each with the position in it."""
        head = timedelta(seconds=bonus)
        for nth, (behind, place, number, id) in enumerate(islice(self._order.get(queue_id, ()), SHOWN), start=1):
            yield behind, place - head, number, id, nth

    def _view(self, row: Row, position: int, looks: Looks) -> Row:
        number, kept = row.get("number") if looks.callers else None, row.get("prefer_agent")
        name = (looks.customer(row["id"]) or row.get("name")) if looks.callers else None
        return {
            "id": row["id"],
            "queue_id": row["queue_id"],
            "state": row["state"],
            "since": moment(waits_since(row)),
            "position": position,
            "name": name,
            "number": number,
            "display": display_number(number, looks.region),
            "withheld": looks.callers and not number,
            "level": row.get("level"),
            "expected_wait": row.get("expected_wait"),
            "why": WHY.get(row["state"]) or (None if row.get("match") else "looked_up"),
            "kept_for": looks.agent(kept) if kept else None,
            "kept_until": moment(row.get("prefer_until")) if kept else None,
        }


def waits_since(row: Row) -> str | datetime:
    """Of a caller who was answered and waits again, the wait that lasts."""
    since: str | datetime = row.get("again_since") or row.get("queued_at") or row["arrived_at"]
    return since


def _place(row: Row) -> Place:
    place = row.get("place") or row["arrived_at"]
    at = place if isinstance(place, datetime) else datetime.fromisoformat(place)
    return (not row.get("front"), at, came(row["id"]), row["id"])
