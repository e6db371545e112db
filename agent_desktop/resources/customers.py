"""Customers: found, shown, created; their timeline and notes."""

from __future__ import annotations

from typing import Literal

from pydantic import Field
from typing_extensions import TypedDict

from agent_desktop.api import Ask, Form, Route
from agent_desktop.crm import Crm
from agent_desktop.hub import Hub
from crm_core.activities.service import MAX_NOTE
from crm_core.cards.service import device_card
from crm_core.customers.models import NewCustomer
from crm_core.shapes import CustomerCard, DeviceCard, EntryKind, FoundCustomer, TimelineEntry, TimelinePage
from kernel.access import Right

PAGE = 50
NOBODY = {404: ("no_such_customer",)}


class CustomerQuery(Form):
    q: str = Field(min_length=1, max_length=200)


class CustomerForm(Form):
    name: str = Field(min_length=1, max_length=200)
    kind: Literal["person", "company"] = "person"
    number: str | None = Field(default=None, max_length=60)
    email: str | None = Field(default=None, max_length=254)


class TimelineQuery(Form):
    cursor: str | None = Field(default=None, min_length=1, max_length=400)
    limit: int = Field(default=PAGE, ge=1, le=200)
    kind: EntryKind | None = None


class NoteForm(Form):
    text: str = Field(min_length=1, max_length=MAX_NOTE)
    interaction_id: str | None = Field(default=None, max_length=120)


class CustomerList(TypedDict):
    items: list[FoundCustomer]


class DeviceList(TypedDict):
    items: list[DeviceCard]


class CustomerResource:
    def __init__(self, crm: Crm, hub: Hub) -> None:
        self._crm = crm
        self._hub = hub

    async def search(self, ask: Ask) -> CustomerList:
        return {"items": await self._crm.customers.search(ask.filters(CustomerQuery).q)}

    async def create(self, ask: Ask) -> CustomerCard:
        form = ask.form(CustomerForm)
        new = NewCustomer(name=form.name, kind=form.kind, number=form.number or None, email=form.email or None)
        return await self._crm.customers.create(new)

    async def show(self, ask: Ask) -> CustomerCard:
        return await self._crm.customers.card(ask.key("id"))

    async def timeline(self, ask: Ask) -> TimelinePage:
        query, customer_id = ask.filters(TimelineQuery), ask.key("id")
        await self._crm.customers.card(customer_id)
        return await self._crm.timeline.page(customer_id, query.cursor, query.limit, query.kind)

    async def devices(self, ask: Ask) -> DeviceList:
        customer_id = ask.key("id")
        await self._crm.customers.card(customer_id)
        return {"items": [device_card(one) for one in await self._crm.customers.devices(customer_id)]}

    async def add_note(self, ask: Ask) -> TimelineEntry:
        form, customer_id = ask.form(NoteForm), ask.key("id")
        entry = await self._crm.notes.add(customer_id, form.text, ask.me.person, form.interaction_id)
        self._hub.customer_changed(customer_id)
        return entry

    def routes(self) -> tuple[Route, ...]:
        return (*self._customer_routes(), *self._history_routes())

    def _customer_routes(self) -> tuple[Route, ...]:
        return (
            Route(
                method="GET",
                path="/api/customers",
                resource=self.search,
                rule=Right.customer_read,
                summary="Find customers by name, contact, number, mail address, ticket or serial number",
                query=CustomerQuery,
                answer=CustomerList,
            ),
            Route(
                method="POST",
                path="/api/customers",
                resource=self.create,
                rule=Right.customer_write,
                summary="Create a customer",
                body=CustomerForm,
                answer=CustomerCard,
                status=201,
                errors={422: ("invalid_fields",)},
            ),
            Route(
                method="GET",
                path="/api/customers/{id}",
                resource=self.show,
                rule=Right.customer_read,
                summary="A customer's card",
                answer=CustomerCard,
                errors=NOBODY,
            ),
        )

    def _history_routes(self) -> tuple[Route, ...]:
        return (
            Route(
                method="GET",
                path="/api/customers/{id}/timeline",
                resource=self.timeline,
                rule=Right.customer_read,
                summary="A customer's history, newest first, by pages",
                query=TimelineQuery,
                answer=TimelinePage,
                errors={**NOBODY, 422: ("bad_cursor",)},
            ),
            Route(
                method="GET",
                path="/api/customers/{id}/devices",
                resource=self.devices,
                rule=Right.customer_read,
                summary="What a customer owns, the newest first",
                answer=DeviceList,
                errors=NOBODY,
            ),
            Route(
                method="POST",
                path="/api/customers/{id}/notes",
                resource=self.add_note,
                rule=Right.note_write,
                summary="Write a note",
                body=NoteForm,
                answer=TimelineEntry,
                status=201,
                errors={**NOBODY, 422: ("invalid_fields",)},
            ),
        )
