"""What desks show of queues: how many wait, since when, and who the first are. Made once for all who see the same."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from agent_desktop.deskview import Person, moment
from agent_desktop.ports import Row
from agent_desktop.waiting import Looks, Waiting
from kernel.access import Actor, Right, Role, Scope, scope_of
from kernel.codec import build
from routing.demands import serves
from routing.queuerows import Queue
from routing.teamwork import Profile

SEE_ALL = frozenset({"supervisor", "admin"})
"""Roles that see every queue; others see those that they serve."""
SET_UP = ("queues", "dispositions", "skills", "agent_groups", "profiles", "hours", "calendars", "announcements")
Served = tuple[str, ...]


class Board:
    """`rows` are the live rows by shelf, which somebody else keeps and tells of (`placed`). `customer` says what the
    customer of a call is called, as far as it is known."""

    def __init__(
        self, rows: Mapping[str, Mapping[str, Row]], region: str, customer: Callable[[str], str | None]
    ) -> None:
        self._rows = rows
        self._region = region
        self._customer = customer
        self._waiting = Waiting()
        self._figures: list[Row] | None = None
        self._queues: list[Queue] | None = None
        self._served: dict[str, Served] = {}
        self._parted: dict[Served, list[Row]] = {}
        self._shown: dict[tuple[Served, bool], Row] = {}

    def placed(self, shelf: str, key: str, row: Row | None, before: Row | None) -> None:
        """A row is another now."""
        if shelf == "interactions":
            self._waiting.put(key, row)
        if shelf in SET_UP:
            self._served.clear()
            self._queues = None
        renamed = shelf == "agents" and (row or {}).get("name") != (before or {}).get("name")
        if renamed or shelf in ("interactions", "openings") or shelf in SET_UP:
            self._figures = None

    def names_changed(self) -> None:
        """Somebody who waits may be called otherwise by now."""
        self._shown.clear()

    def queues(self) -> list[Row]:
        """How many callers wait in each queue, since when the first of them, and whether it is open."""
        if self._figures is None:
            self._figures = self._count()
            self._parted.clear()
            self._shown.clear()
        return self._figures

    def queues_of(self, person: Person) -> list[Row]:
        """Those that a person serves, or all for who watches over them. The same list for all who see the same."""
        found = self.queues()
        if not SEE_ALL.isdisjoint(person.roles):
            return found
        served = self._served_by(person.id)
        if len(served) == len(found):
            return found
        if served not in self._parted:
            self._parted[served] = [one for one in found if one["id"] in served]
        return self._parted[served]

    def waiting_of(self, person: Person) -> Row | None:
        """The first who wait in the queues from which a person may pick; None without that right."""
        reach = picks(person)
        if reach is None:
            return None
        self.queues()
        served = None if reach is Scope.all else self._served_by(person.id)
        bonuses = {one.id: float(one.priority) for one in self._set_up() if served is None or one.id in served}
        callers = scope_of(_actor(person), Right.customer_read) is not None
        key = tuple(bonuses), callers
        if key not in self._shown:
            looks = Looks(self._region, callers, self._customer, self._name_of)
            self._shown[key] = self._waiting.first(bonuses, looks)
        return self._shown[key]

    def _name_of(self, agent_id: str) -> str | None:
        agent = self._rows["agents"].get(agent_id)
        return None if agent is None else str(agent["name"])

    def _served_by(self, agent_id: str) -> Served:
        served = self._served.get(agent_id)
        if served is None:
            row = self._rows["profiles"].get(agent_id)
            profile = None if row is None else build(Profile, row)
            served = tuple(one.id for one in self._set_up() if serves(one, agent_id, profile))
            self._served[agent_id] = served
        return served

    def _set_up(self) -> list[Queue]:
        if self._queues is None:
            found = sorted(self._rows["queues"].items())
            self._queues = [build(Queue, row) for _, row in found if row.get("active", True)]
        return self._queues

    def _count(self) -> list[Row]:
        found = [queue for queue in self._rows["queues"].values() if queue.get("active", True)]
        found.sort(key=lambda queue: (queue["name"], queue["id"]))
        return [
            {
                "id": queue["id"],
                "name": queue["name"],
                "waiting": self._waiting.count(queue["id"]),
                "longest_since": self._waiting.longest_since(queue["id"]),
                **self._opening(queue.get("hours_id")),
            }
            for queue in found
        ]

    def _opening(self, hours_id: str | None) -> Row:
        """Whether a queue is open, and when that changes; one without hours always is."""
        now = self._rows["openings"].get(hours_id or "") or {"open": True}
        return {"open": now["open"], "changes_at": moment(now.get("changes_at"))}


def picks(person: Person) -> Scope | None:
    """How far a person may pick callers who wait: from the queues that they serve (own), or from all."""
    return scope_of(_actor(person), Right.call_pick)


def _actor(person: Person) -> Actor:
    return Actor(person.id, frozenset(Role(one) for one in person.roles))
