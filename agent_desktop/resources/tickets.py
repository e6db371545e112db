"""Tickets of a customer: listed, shown, made."""

from __future__ import annotations

from typing import Literal

from pydantic import Field
from typing_extensions import TypedDict

from agent_desktop.api import Ask, Form, Route
from agent_desktop.crm import Crm
from agent_desktop.hub import Hub
from crm_core.shapes import Ticket
from crm_core.tickets.models import NewTicket
from crm_core.tickets.service import MAX_DESCRIPTION
from kernel.access import Right


class TicketQuery(Form):
    open: Literal["0", "1"] = "0"


class TicketForm(Form):
    subject: str = Field(min_length=1, max_length=200)
    category: str = Field(min_length=1, max_length=60)
    product: str | None = Field(default=None, max_length=120)
    priority: str = Field(min_length=1, max_length=20)
    description: str = Field(default="", max_length=MAX_DESCRIPTION)
    interaction_id: str | None = Field(default=None, max_length=120)


class TicketList(TypedDict):
    items: list[Ticket]


class TicketResource:
    def __init__(self, crm: Crm, hub: Hub) -> None:
        self._crm = crm
        self._hub = hub

    async def list(self, ask: Ask) -> TicketList:
        only_open = ask.filters(TicketQuery).open == "1"
        return {"items": await self._crm.tickets.of_customer(ask.key("id"), only_open)}

    async def show(self, ask: Ask) -> Ticket:
        return await self._crm.tickets.get(ask.key("id"))

    async def create(self, ask: Ask) -> Ticket:
        form, customer_id = ask.form(TicketForm), ask.key("id")
        new = NewTicket(
            customer_id=customer_id,
            interaction_id=form.interaction_id or None,
            subject=form.subject,
            category=form.category,
            product=form.product or None,
            priority=form.priority,
            description=form.description,
        )
        ticket = await self._crm.tickets.create(new, ask.me.person)
        self._hub.customer_changed(customer_id)
        return ticket

    def routes(self) -> tuple[Route, ...]:
        return (
            Route(
                method="GET",
                path="/api/customers/{id}/tickets",
                resource=self.list,
                rule=Right.ticket_read,
                summary="A customer's tickets",
                query=TicketQuery,
                answer=TicketList,
            ),
            Route(
                method="POST",
                path="/api/customers/{id}/tickets",
                resource=self.create,
                rule=Right.ticket_write,
                summary="Make a ticket",
                body=TicketForm,
                answer=Ticket,
                status=201,
                errors={404: ("no_such_customer",), 422: ("invalid_fields",)},
            ),
            Route(
                method="GET",
                path="/api/tickets/{id}",
                resource=self.show,
                rule=Right.ticket_read,
                summary="A ticket",
                answer=Ticket,
                errors={404: ("no_such_ticket",)},
            ),
        )
