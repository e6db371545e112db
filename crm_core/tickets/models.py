"""What the ticket service takes."""

from __future__ import annotations

from dataclasses import dataclass

PRIORITIES = ("low", "normal", "high", "urgent")


@dataclass(frozen=True, slots=True, kw_only=True)
class NewTicket:
    """A ticket as somebody filled it in."""

    customer_id: str
    subject: str
    category: str
    priority: str = "normal"
    product: str | None = None
    description: str = ""
    contact_id: str | None = None
    interaction_id: str | None = None
