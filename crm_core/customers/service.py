"""Use cases of customers: who is calling, finding, showing, creating and changing them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from crm_core.cards import store as card_store
from crm_core.customers import names, store
from crm_core.customers.forms import check_changes, check_contact, check_new, check_number
from crm_core.customers.matching import decide
from crm_core.customers.models import Contact, Customer, Device, Match, NewCustomer, NewNumber
from crm_core.customers.numbers import Number, NumberKind, parse, spellings, zones_shown
from crm_core.once.store import made_before
from crm_core.people import audit
from crm_core.search import service as searching
from crm_core.shapes import CustomerCard, FoundCustomer, NumberCard
from crm_core.store import Connection, Database
from kernel.clock import Clock
from kernel.db import glance, readonly
from kernel.errors import NotFound, Refused
from kernel.ids import new_id

SEARCH_LIMIT = 20


class CustomerService:
    """`default_region` is the country (ISO 3166) whose way of writing numbers is meant where none is said."""

    def __init__(self, db: Database, default_region: str, clock: Clock) -> None:
        self._db = db
        self._region = default_region
        self._clock = clock

    def parse(self, raw: str | None) -> Number:
        """A number as somebody in the default region writes it."""
        return parse(raw, self._region)

    async def identify(self, raw_number: str | None) -> Match:
        """Who a calling number belongs to; several owners or a switchboard never make it known."""
        number = self.parse(raw_number)
        if number.kind is not NumberKind.E164 or number.e164 is None:
            return decide(number, ())
        async with glance(self._db) as connection:
            return decide(number, await store.holders(connection, *spellings(number.e164)))

    async def search(self, text: str, limit: int = SEARCH_LIMIT) -> list[FoundCustomer]:
        """Customers by the beginning of any word of their name or of a contact's (in any script; accents do not
        count), by a part of a number, a mail address, a ticket's or a device's number; by any part of the name when
        nothing begins so. Each says what fits."""
        async with readonly(self._db) as connection:
            return await searching.find(connection, text, self._region, max(1, min(limit, SEARCH_LIMIT)))

    async def card(self, customer_id: str) -> CustomerCard:
        """The card of a customer; NotFound when there is none."""
        found = await self.cards([customer_id])
        if not found:
            raise _no_customer()
        return found[0]

    async def cards(self, ids: Sequence[str]) -> list[CustomerCard]:
        """Cards in the order of `ids`; customers that are not there are left out."""
        async with readonly(self._db) as connection:
            return await card_store.cards(connection, ids, self._region)

    async def names(self, ids: Sequence[str]) -> dict[str, str]:
        """By id; customers that are not there are left out."""
        async with readonly(self._db) as connection:
            return await store.names_of(connection, ids)

    async def get(self, customer_id: str) -> Customer:
        """The whole row of a customer, with the version that a change must name."""
        async with readonly(self._db) as connection:
            return await _get(connection, customer_id)

    async def contacts(self, customer_id: str) -> list[Contact]:
        """The people of a company by name."""
        async with readonly(self._db) as connection:
            return await store.contacts_of(connection, customer_id)

    async def devices(self, customer_id: str) -> list[Device]:
        """What the customer owns, the newest first."""
        async with readonly(self._db) as connection:
            return await store.devices_of(connection, customer_id)

    async def create(self, new: NewCustomer) -> CustomerCard:
        """Create a customer, with the number given, if any. Invalid names each wrong field."""
        accepted, number = check_new(new, self._region)
        customer = _customer(accepted, self._clock)
        async with self._db.begin() as connection:
            before = await made_before(connection, "customer", customer.id, customer.created_at)
            if before is not None:
                return (await card_store.cards(connection, [before], self._region))[0]
            if customer.company_id is not None:
                await _get(connection, customer.company_id)
            await store.insert_customer(connection, customer, names.key(customer.name))
            await _set_words(connection, customer)
            if number is not None:
                first = NewNumber(raw="", primary=True)
                await store.insert_number(connection, _number_row(customer.id, number, first))
            await audit.note(connection, customer.created_at, "customer_created", customer.id)
            return (await card_store.cards(connection, [customer.id], self._region))[0]

    async def update(self, customer_id: str, version: int, changes: Mapping[str, Any]) -> Customer:
        """Change fields (`forms.CHANGEABLE`); Refused changed_meanwhile when `version` is not the latest."""
        values = check_changes(changes)
        if "name" in values:
            values["name_key"] = names.key(values["name"])
        async with self._db.begin() as connection:
            await _get(connection, customer_id, lock=True)
            values["updated_at"] = self._clock.now()
            if not await store.update_customer(connection, customer_id, version, values):
                raise Refused("changed_meanwhile", "Somebody else changed this customer; load it again first.")
            customer = await _get(connection, customer_id)
            await _set_words(connection, customer)
            await _note_change(connection, customer.updated_at, customer_id, sorted(changes))
            return customer

    async def add_number(self, customer_id: str, new: NewNumber) -> NumberCard:
        """Add a number; adding one that is there already changes nothing."""
        accepted, number = check_number(new, self._region)
        row = _number_row(customer_id, number, accepted)
        async with self._db.begin() as connection:
            await _get(connection, customer_id, lock=True)
            person = await _contact_name(connection, customer_id, accepted.contact_id)
            if (number.e164, accepted.contact_id) not in await store.numbers_of(connection, customer_id):
                await store.insert_number(connection, row)
                await _note_change(connection, self._clock.now(), customer_id, ["numbers"])
        return {
            "e164": row["e164"],
            "national": number.national,
            "label": accepted.label,
            "extension": number.extension,
            "contact": person,
            "shared": accepted.shared,
            "zones": zones_shown(row["e164"]),
        }

    async def add_contact(self, customer_id: str, name: str, **details: str | None) -> Contact:
        """Add a person to a company (`forms.CONTACT_LIMITS` names the details); the company is then found by
        their name too."""
        values = check_contact(name, details)
        contact = Contact(id=new_id("co"), customer_id=customer_id, created_at=self._clock.now(), **values)
        async with self._db.begin() as connection:
            customer = await _get(connection, customer_id, lock=True)
            await store.insert_contact(connection, contact)
            await _set_words(connection, customer)
            await _note_change(connection, contact.created_at, customer_id, ["contacts"])
        return contact


def _no_customer() -> NotFound:
    return NotFound("no_such_customer", "There is no such customer.")


async def _get(connection: Connection, customer_id: str, lock: bool = False) -> Customer:
    found = await store.get(connection, customer_id, lock)
    if found is None:
        raise _no_customer()
    return found


async def _contact_name(connection: Connection, customer_id: str, contact_id: str | None) -> str | None:
    """The name of a person of this customer's; None for no person."""
    if contact_id is None:
        return None
    for contact in await store.contacts_of(connection, customer_id):
        if contact.id == contact_id:
            return contact.name
    raise NotFound("no_such_contact", "This customer has no such contact.")


async def _note_change(connection: Connection, at: datetime, customer_id: str, fields: Sequence[str]) -> None:
    """The trail names the fields; what stood in them is the person's own."""
    await audit.note(connection, at, "customer_changed", customer_id, changed=list(fields))


async def _set_words(connection: Connection, customer: Customer) -> None:
    people = await store.contacts_of(connection, customer.id)
    emails = [email for email in (customer.email, *(person.email for person in people)) if email]
    words = names.words([customer.name, *(person.name for person in people)], emails)
    await store.set_words(connection, customer.id, words)


def _customer(new: NewCustomer, clock: Clock) -> Customer:
    now = clock.now()
    return Customer(
        id=new_id("cu"),
        kind=new.kind,
        name=new.name,
        level=new.level,
        language=new.language,
        email=new.email,
        city=new.city,
        country=new.country,
        time_zone=new.time_zone,
        owner_id=new.owner_id,
        company_id=new.company_id,
        department=new.department,
        birthday=new.birthday,
        preferences=new.preferences,
        custom=new.custom,
        created_at=now,
        updated_at=now,
        version=1,
    )


def _number_row(customer_id: str, number: Number, new: NewNumber) -> dict[str, Any]:
    return {
        "id": new_id("nu"),
        "e164": number.e164,
        "customer_id": customer_id,
        "contact_id": new.contact_id,
        "label": new.label,
        "shared": new.shared,
        "extension": number.extension,
        "is_primary": new.primary,
    }
