"""Use cases of tickets: making one, showing them, moving one on."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from crm_core.authors import Author
from crm_core.cardnumbers import masked
from crm_core.checks import Checks
from crm_core.once.store import made_before
from crm_core.people import audit
from crm_core.shapes import Ticket
from crm_core.store import Connection, Database
from crm_core.tickets import store
from crm_core.tickets.machines import OPEN, TICKET, TicketState
from crm_core.tickets.models import PRIORITIES, NewTicket
from crm_core.timeline.store import save_entries
from crm_core.timeline.writes import SaveTimelineEntry
from kernel.clock import Clock
from kernel.db import readonly
from kernel.errors import NotFound, Refused
from kernel.ids import new_id

MAX_LIST = 200
MAX_DESCRIPTION = 20_000


class TicketService:
    """Each change of a ticket and its entry on the timeline are one transaction."""

    def __init__(self, db: Database, clock: Clock) -> None:
        self._db = db
        self._clock = clock

    async def create(self, new: NewTicket, author: Author) -> Ticket:
        """Open a ticket with the next number of the (UTC) year. Invalid names each wrong field."""
        accepted = check(new)
        now = self._clock.now()
        row = _row(accepted, author, now)
        async with self._db.begin() as connection:
            before = await made_before(connection, "ticket", row["id"], now)
            if before is not None:
                return await _get(connection, before)
            if not await store.is_customer(connection, new.customer_id, new.contact_id):
                raise NotFound("no_such_customer", "There is no such customer, or the contact is not theirs.")
            row["number"] = await store.next_number(connection, now.year)
            await store.insert_ticket(connection, row)
            ticket = await _get(connection, row["id"])
            await save_entries(connection, [_entry(ticket, now, author)])
            await audit.note(connection, now, "ticket_created", ticket["id"], number=ticket["number"])
        return ticket

    async def get(self, ticket_id: str) -> Ticket:
        """A ticket by its id."""
        async with readonly(self._db) as connection:
            return await _get(connection, ticket_id)

    async def of_customer(self, customer_id: str, only_open: bool = False, limit: int = MAX_LIST) -> list[Ticket]:
        """A customer's tickets, the open ones first, each group from new to old."""
        async with readonly(self._db) as connection:
            return await store.of_customer(connection, customer_id, only_open, min(limit, MAX_LIST))

    async def change(self, ticket_id: str, command: str, author: Author, version: int | None = None) -> Ticket:
        """Move a ticket by a command of `machines.TICKET` (wait, resume, resolve, reopen, close).

        IllegalCommand when its state has no such move; Refused changed_meanwhile when `version` is given and is
        not the latest.
        """
        now = self._clock.now()
        async with self._db.begin() as connection:
            before = await _get(connection, ticket_id, lock=True)
            if version is not None and version != before["version"]:
                raise Refused("changed_meanwhile", "Somebody else changed this ticket; load it again first.")
            state = TICKET.after(TicketState(before["status"]), command)
            await store.update_ticket(connection, ticket_id, _moved(state, before["version"], now))
            ticket = await _get(connection, ticket_id)
            made = await store.created_at(connection, ticket_id)
            await save_entries(connection, [_entry(ticket, made, author)])
            changed = [f"status: {before['status']} -> {ticket['status']}"]
            await audit.note(connection, now, "ticket_changed", ticket_id, number=ticket["number"], changed=changed)
        return ticket


def check(new: NewTicket) -> NewTicket:
    """The ticket as accepted, without numbers of payment cards; Invalid names each wrong field."""
    checks = Checks()
    accepted = replace(
        new,
        subject=masked(checks.text("subject", new.subject, 200)),
        category=masked(checks.text("category", new.category, 80)),
        product=masked(checks.maybe("product", new.product, 80) or "") or None,
        priority=checks.choice("priority", new.priority, PRIORITIES),
        description=masked(checks.maybe("description", new.description, MAX_DESCRIPTION) or ""),
        interaction_id=checks.maybe("interaction_id", new.interaction_id, 150),
    )
    checks.done()
    return accepted


async def _get(connection: Connection, ticket_id: str, lock: bool = False) -> Ticket:
    found = await store.get(connection, ticket_id, lock)
    if found is None:
        raise NotFound("no_such_ticket", "There is no such ticket.")
    return found


def _row(new: NewTicket, author: Author, now: datetime) -> dict[str, Any]:
    return {
        "id": new_id("ti"),
        "subject": new.subject,
        "description": new.description,
        "status": TICKET.initial,
        "priority": new.priority,
        "category": new.category,
        "product": new.product,
        "customer_id": new.customer_id,
        "contact_id": new.contact_id,
        "interaction_id": new.interaction_id,
        "opened_by": author.id,
        "opened_by_name": author.name,
        "created_at": now,
        "updated_at": now,
        "version": 1,
    }


def _moved(state: TicketState, version: int, now: datetime) -> dict[str, Any]:
    values: dict[str, Any] = {"status": state.value, "updated_at": now, "version": version + 1}
    if state in OPEN:
        values |= {"resolved_at": None, "closed_at": None}
    elif state is TicketState.RESOLVED:
        values["resolved_at"] = now
    else:
        values["closed_at"] = now
    return values


def _entry(ticket: Ticket, at: datetime, author: Author) -> SaveTimelineEntry:
    """The one entry of a ticket: it stands where the ticket was made and shows how it stands now."""
    return SaveTimelineEntry(
        id=f"tl-{ticket['id']}",
        customer_id=ticket["customer_id"],
        at=at,
        kind="ticket",
        title=f"{ticket['number']} {ticket['subject']}",
        body=ticket["description"],
        status="open" if ticket["status"] in OPEN else "done",
        ref=ticket["id"],
        staff_id=author.id,
        staff_name=author.name,
        details={key: ticket[key] for key in ("number", "status", "priority", "category", "product")},
    )
