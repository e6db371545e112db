"""What services hand out: JSON-ready dictionaries, typed, in the shape the browser gets. Pure."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Literal

from typing_extensions import TypedDict

EntryKind = Literal["call", "note", "ticket", "order", "opportunity", "callback", "campaign", "repair", "mail", "visit"]
ENTRY_KINDS: tuple[EntryKind, ...] = (
    "call", "note", "ticket", "order", "opportunity", "callback", "campaign", "repair", "mail", "visit",
)  # fmt: skip
EntryStatus = Literal["open", "done"]
LEVELS = ("standard", "silver", "gold", "vip")


class NumberCard(TypedDict):
    """`extension` behind a switchboard; `contact` is the name of the company's person who answers there; a `shared`
    number never tells who is calling. `zones` are those that the number can be in, whatever its customer's."""

    e164: str
    national: str
    label: str
    extension: str | None
    contact: str | None
    shared: bool
    zones: list[str]


class CustomerCard(TypedDict):
    """A customer in short. `number` is the main number in E.164; `time_zone` that of their address, not of their
    numbers; `owner` the name of the account's owner."""

    id: str
    name: str
    kind: str
    level: str
    language: str | None
    number: str | None
    numbers: list[NumberCard]
    email: str | None
    company: str | None
    city: str | None
    country: str | None
    time_zone: str | None
    since: str
    open_tickets: int
    open_opportunities: int
    callbacks: int
    owner: str | None


FoundBy = Literal["name", "contact", "number", "email", "ticket", "serial"]


class Reason(TypedDict):
    """What of a customer fits the search: `text` is that, in words; `ref` the id of the ticket."""

    by: FoundBy
    text: str
    ref: str | None


class FoundCustomer(CustomerCard):
    """A hit of the search. A customer with several tickets that fit is a hit for each."""

    found: Reason


class TimelineEntry(TypedDict):
    """`zones` are those of the number in `details`, where there is one."""

    id: str
    at: str
    kind: str
    title: str
    body: str
    status: str | None
    ref: str | None
    staff_name: str | None
    details: dict[str, Any]
    zones: list[str]


class TimelinePage(TypedDict):
    """`next` is the cursor of the page after this one, None at the end."""

    entries: list[TimelineEntry]
    next: str | None


class Ticket(TypedDict):
    """`version` is what a change must name, so that two people's changes never overwrite each other."""

    id: str
    number: str
    subject: str
    status: str
    priority: str
    category: str
    product: str | None
    created_at: str
    updated_at: str
    description: str
    customer_id: str
    interaction_id: str | None
    version: int


class DeviceCard(TypedDict):
    """A thing of ours that a customer owns; dates are ISO 8601 days."""

    id: str
    product: str
    model: str
    serial: str
    bought_at: str | None
    warranty_until: str | None


class Pop(TypedDict):
    """All the screen shows of a caller. `open_items` are open entries of any age, newest first."""

    customer: CustomerCard | None
    candidates: list[CustomerCard]
    timeline: TimelinePage
    open_items: list[TimelineEntry]
    tickets: list[Ticket]
    devices: list[DeviceCard]


def moment(at: datetime) -> str:
    """A time as ISO 8601 in UTC with milliseconds."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
