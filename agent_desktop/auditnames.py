"""What the lines of the audit trail are about, in words of today. The trail itself holds ids only, so that whoever is
erased is gone from what is shown of it too."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Literal

from agent_desktop.crm import Crm
from agent_desktop.people import People
from agent_desktop.records import CallAbout, CallRecords
from crm_core.donotcall.patterns import hidden
from crm_core.people.audit import AuditRow
from kernel.access import Actor, Right, may

Kind = Literal["entry", "customer", "note", "ticket", "queue", "call"]
KINDS: Mapping[str, Kind] = {
    "do_not_call_added": "entry",
    "do_not_call_removed": "entry",
    "customer_created": "customer",
    "customer_changed": "customer",
    "note_written": "note",
    "ticket_created": "ticket",
    "ticket_changed": "ticket",
    "queue_created": "queue",
    "queue_changed": "queue",
    "caller_linked": "call",
    "recordings_listed": "call",
    "do_not_call_unreadable": "call",
    "queue_removed": "queue",
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
class CallShown:
    """`who` is its customer's name, else its number, or the end of that; None where it was withheld or the customer is
    there no more."""

    at: datetime
    outbound: bool
    who: str | None
    customer_gone: bool = False


@dataclass(frozen=True, slots=True)
class Names:
    """By id: people and teams; logins of people; entries of the do-not-call list; customers, None where the reader may
    not know them; queues; calls."""

    staff: Mapping[str, str]
    logins: Mapping[str, str] = field(default_factory=dict)
    entries: Mapping[str, str] = field(default_factory=dict)
    customers: Mapping[str, str] | None = None
    queues: Mapping[str, str] = field(default_factory=dict)
    calls: Mapping[str, CallAbout] = field(default_factory=dict)

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
            case "call":
                return Subject(None, kind, gone=row.subject not in self.calls)
            case "ticket":
                return Subject(str(row.details.get("number") or "") or None, kind)
            case None:
                return Subject(self.staff.get(row.subject))

    def call(self, row: AuditRow) -> CallShown | None:
        """The call that a line speaks of. Nothing of a customer who was erased is shown, the number neither."""
        call = self.calls.get(call_of(row) or "")
        if call is None:
            return None
        if self.customers is None:
            return CallShown(call.at, call.outbound, call.number and hidden(call.number))
        if call.customer_id is None:
            return CallShown(call.at, call.outbound, call.number)
        name = self.customers.get(call.customer_id)
        return CallShown(call.at, call.outbound, name, customer_gone=name is None)

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


def call_of(row: AuditRow) -> str | None:
    """The id of the call that a line is about or names."""
    return row.subject if KINDS.get(row.action) == "call" else str(row.details.get("call") or "") or None


class AuditNames:
    """`queues`: the names of those that there are, by id."""

    def __init__(self, people: People, crm: Crm, records: CallRecords, queues: Callable[[], Mapping[str, str]]) -> None:
        self._people, self._crm, self._records, self._queues = people, crm, records, queues

    async def staff(self, rows: Sequence[AuditRow]) -> Names:
        """Without anything of customers: for a file, which an erasure does not reach."""
        ids = {id for row in rows for id in (row.actor, row.subject)}
        ids |= {str(row.details.get(key) or "") for row in rows for key in OF_STAFF}
        return Names(await self._people.names(sorted(ids)))

    async def all(self, rows: Sequence[AuditRow], reader: Actor) -> Names:
        """As far as the reader may know them: numbers but for their end need the right to manage the list, or to read
        customers."""
        names = await self.staff(rows)
        if may(reader, Right.user_read).ok:
            names = replace(names, logins=await self._people.logins(sorted(names.staff)))
        calls = await self._records.calls(sorted({call for row in rows if (call := call_of(row))}))
        patterns = await self._patterns(rows, reader)
        names = replace(names, entries=patterns, calls=calls, queues=self._queues())
        if not may(reader, Right.customer_read).ok:
            return names
        customers = {row.subject for row in rows if KINDS.get(row.action) == "customer"}
        customers |= {str(row.details.get(key) or "") for row in rows for key in OF_CUSTOMERS}
        customers |= {call.customer_id for call in calls.values() if call.customer_id}
        return replace(names, customers=await self._crm.customers.names(sorted(customers)))

    async def _patterns(self, rows: Sequence[AuditRow], reader: Actor) -> Mapping[str, str]:
        entries = {row.subject for row in rows if KINDS.get(row.action) == "entry"}
        patterns = await self._crm.lists.patterns(sorted(entries))
        if may(reader, Right.do_not_call_manage).ok:
            return patterns
        return {id: hidden(pattern) for id, pattern in patterns.items()}
