"""The CRM's services as the desktop uses them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from agent_desktop.deskview import Person
from agent_desktop.pops import PopKey
from crm_core.activities.drafts import DraftService
from crm_core.activities.service import NoteService
from crm_core.cardnumbers import masked
from crm_core.cards.service import PopService
from crm_core.customers.models import Match, MatchKind
from crm_core.customers.service import CustomerService
from crm_core.donotcall.service import DoNotCallService
from crm_core.tickets.service import TicketService
from crm_core.timeline.service import TimelineService
from kernel.errors import Refused


@dataclass(frozen=True, slots=True)
class Crm:
    """Customers and what is known of them."""

    customers: CustomerService
    timeline: TimelineService
    tickets: TicketService
    notes: NoteService
    drafts: DraftService
    lists: DoNotCallService


async def save_wrap_up_note(
    notes: NoteService, author: Person, interaction_id: str, customer_id: str | None, text: str
) -> str:
    """Keep the note of a wrap-up; the same text for the same call again gives the id of the note that is there.

    Refused while nobody said whose history it belongs to.
    """
    if customer_id is None:
        raise Refused(
            "note_needs_customer",
            "A note belongs to a customer: say who the caller was (or create them), or finish without a note.",
        )
    once = f"{author.id} {interaction_id} {masked(text)}"
    entry = await notes.add(customer_id, text, author, interaction_id, once=once)
    return entry["ref"] or entry["id"]


class CrmPops:
    """The pop of a caller out of the CRM."""

    def __init__(self, pops: PopService) -> None:
        self._pops = pops

    async def pop(self, key: PopKey) -> dict[str, Any]:
        match = Match(MatchKind(key.match), key.customer_id, candidate_ids=key.candidate_ids)
        return dict(await self._pops.pop(match))
