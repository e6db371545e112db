"""What the lines of the audit trail are about, in words of today. The trail itself holds ids only, so that whoever is
erased is gone from what is shown of it too."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from agent_desktop.people import People
from crm_core.customers.service import CustomerService
from crm_core.donotcall.patterns import hidden
from crm_core.donotcall.service import DoNotCallService
from crm_core.people.audit import AuditRow
from kernel.access import Actor, Right, may

Kind = Literal["entry", "customer", "note", "ticket", "queue"]
KINDS: Mapping[str, Kind] = {
    "do_not_call_added": "entry",
    "do_not_call_removed": "entry",
    "customer_created": "customer",
    "customer_changed": "customer",
    "note_written": "note",
    "ticket_created": "ticket",
    "ticket_changed": "ticket",
    "queue_changed": "queue",
}
"""What the subject of an act is, where it is neither a person nor a team."""
OF_STAFF, OF_CUSTOMERS = ("team", "added_by"), ("customer", "customer_before")
"""Details that are ids."""


@dataclass(frozen=True, slots=True)
class Subject:
    """`name` is a note's customer's, an entry's number, a ticket's number, a queue's own; `gone` when it is there no
    more."""

    name: str | None
    kind: Kind | None = None
    gone: bool = False


@dataclass(frozen=True, slots=True)
class Names:
    """By id: people and teams; entries of the do-not-call list; customers, None where the reader may not know them;
    queues."""

    staff: Mapping[str, str]
    entries: Mapping[str, str] = field(default_factory=dict)
    customers: Mapping[str, str] | None = None
    queues: Mapping[str, str] = field(default_factory=dict)

    def subject(self, row: AuditRow) -> Subject:
        kind = KINDS.get(row.action)
        match kind:
            case "entry":
                return self._found(self.entries, row.subject, kind)
            case "queue":
                return self._found(self.queues, row.subject, kind)
            case "customer" | "note":
                customer = row.subject if kind == "customer" else str(row.details.get("customer") or "")
                return Subject(None, kind) if self.customers is None else self._found(self.customers, customer, kind)
            case "ticket":
                return Subject(str(row.details.get("number") or "") or None, kind)
            case None:
                return Subject(self.staff.get(row.subject))

    def details(self, row: AuditRow) -> dict[str, Any]:
        """Ids in words; None for a customer who was erased."""
        return {key: self._detail(key, value) for key, value in row.details.items()}

    def _found(self, names: Mapping[str, str], id: str, kind: Kind) -> Subject:
        return Subject(names.get(id), kind, gone=id not in names)

    def _detail(self, key: str, value: Any) -> Any:
        if key in OF_STAFF:
            return self.staff.get(str(value), value)
        if key in OF_CUSTOMERS and self.customers is not None:
            return self.customers.get(str(value)) if value else value
        return value


class AuditNames:
    """`queues`: the names of those that there are, by id."""

    def __init__(
        self,
        people: People,
        customers: CustomerService,
        lists: DoNotCallService,
        queues: Callable[[], Mapping[str, str]],
    ) -> None:
        self._people, self._customers, self._lists, self._queues = people, customers, lists, queues

    async def staff(self, rows: Sequence[AuditRow]) -> Names:
        """Without anything of customers: for a file, which an erasure does not reach."""
        ids = {id for row in rows for id in (row.actor, row.subject)}
        ids |= {str(row.details.get(key) or "") for row in rows for key in OF_STAFF}
        return Names(await self._people.names(sorted(ids)))

    async def all(self, rows: Sequence[AuditRow], reader: Actor) -> Names:
        """As far as the reader may know them: numbers but for their end need the right to manage the list."""
        names = await self.staff(rows)
        entries = {row.subject for row in rows if KINDS.get(row.action) == "entry"}
        patterns = await self._lists.patterns(sorted(entries))
        if not may(reader, Right.do_not_call_manage).ok:
            patterns = {id: hidden(pattern) for id, pattern in patterns.items()}
        if not may(reader, Right.customer_read).ok:
            return Names(names.staff, patterns, queues=self._queues())
        customers = {row.subject for row in rows if KINDS.get(row.action) == "customer"}
        customers |= {str(row.details.get(key) or "") for row in rows for key in OF_CUSTOMERS}
        return Names(names.staff, patterns, await self._customers.names(sorted(customers)), self._queues())
