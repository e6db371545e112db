"""Reads and writes customers, their people, numbers and devices."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import bindparam, delete, func, insert, select, update

from crm_core.customers.matching import MAX_HOLDERS
from crm_core.customers.models import Contact, Customer, Device, Holder
from crm_core.customers.tables import contacts, customer_words, customers, devices, numbers
from crm_core.store import Connection
from kernel.db import to_row

_HOLDERS = (
    select(
        numbers.c.customer_id,
        numbers.c.contact_id,
        numbers.c.shared,
        numbers.c.extension,
        customers.c.level,
        customers.c.language,
        customers.c.owner_id,
    )
    .join(customers, customers.c.id == numbers.c.customer_id)
    .where(numbers.c.e164.in_([bindparam("e164"), bindparam("other")]))
    .order_by(numbers.c.customer_id, numbers.c.id)
    .limit(MAX_HOLDERS)
)
_CUSTOMER = select(*(customers.c[name] for name in Customer.__dataclass_fields__))
_CONTACT = select(*(contacts.c[name] for name in Contact.__dataclass_fields__))
_DEVICES_OF = (
    select(*(devices.c[name] for name in Device.__dataclass_fields__))
    .where(devices.c.customer_id == bindparam("customer_id"))
    .order_by(devices.c.bought_at.desc(), devices.c.id)
)


async def holders(connection: Connection, e164: str, other: str | None = None) -> list[Holder]:
    """Who has this number, in one of its two spellings, at most MAX_HOLDERS rows."""
    rows = await connection.execute(_HOLDERS, {"e164": e164, "other": other or e164})
    return [Holder(*row) for row in rows]


async def get(connection: Connection, customer_id: str, lock: bool = False) -> Customer | None:
    """A customer's row; with `lock` nobody else changes it until the transaction ends."""
    query = _CUSTOMER.where(customers.c.id == customer_id)
    row = (await connection.execute(query.with_for_update() if lock else query)).first()
    return Customer(*row) if row is not None else None


async def names_of(connection: Connection, ids: Sequence[str]) -> dict[str, str]:
    """Names by id; customers that are not there are left out."""
    rows = await connection.execute(select(customers.c.id, customers.c.name).where(customers.c.id.in_(ids)))
    return {row.id: row.name for row in rows}


async def insert_customer(connection: Connection, customer: Customer, name_key: str) -> None:
    await connection.execute(insert(customers), [{**to_row(customer), "name_key": name_key}])


async def update_customer(connection: Connection, customer_id: str, version: int, values: Mapping[str, Any]) -> bool:
    """Write `values` when the row still has this version; False when somebody was faster."""
    statement = update(customers).where(customers.c.id == customer_id, customers.c.version == version)
    result = await connection.execute(statement.values(**values, version=version + 1))
    return result.rowcount == 1


async def contacts_of(connection: Connection, customer_id: str) -> list[Contact]:
    rows = await connection.execute(_CONTACT.where(contacts.c.customer_id == customer_id).order_by(contacts.c.name))
    return [Contact(*row) for row in rows]


async def contacts_of_all(connection: Connection, customer_ids: Collection[str]) -> list[Contact]:
    """The people of all these customers."""
    query = _CONTACT.where(contacts.c.customer_id.in_(customer_ids)).order_by(contacts.c.name, contacts.c.id)
    return [Contact(*row) for row in await connection.execute(query)]


async def insert_contact(connection: Connection, contact: Contact) -> None:
    await connection.execute(insert(contacts), [to_row(contact)])


async def devices_of(connection: Connection, customer_id: str) -> list[Device]:
    return [Device(*row) for row in await connection.execute(_DEVICES_OF, {"customer_id": customer_id})]


async def insert_device(connection: Connection, device: Device) -> None:
    await connection.execute(insert(devices), [to_row(device)])


async def numbers_of(connection: Connection, customer_id: str) -> set[tuple[str | None, str | None]]:
    """The customer's numbers as (E.164, contact id)."""
    query = select(numbers.c.e164, numbers.c.contact_id).where(numbers.c.customer_id == customer_id)
    return {(row.e164, row.contact_id) for row in await connection.execute(query)}


async def insert_number(connection: Connection, values: Mapping[str, Any]) -> None:
    """Add a number row; a main number takes the place of the one before."""
    if values["is_primary"]:
        mine = numbers.c.customer_id == values["customer_id"]
        await connection.execute(update(numbers).where(mine, numbers.c.is_primary).values(is_primary=False))
    await connection.execute(insert(numbers), [{**values, "reversed": str(values["e164"])[::-1]}])


async def zone_of(connection: Connection, customer_id: str) -> str | None:
    """The time zone of a customer's address; None where nobody knows it."""
    query = select(customers.c.time_zone).where(customers.c.id == customer_id)
    zone: str | None = await connection.scalar(query)
    return zone


async def set_words(connection: Connection, customer_id: str, words: Collection[str]) -> None:
    """Make the customer found by exactly these words."""
    await connection.execute(delete(customer_words).where(customer_words.c.customer_id == customer_id))
    if words:
        rows = [{"word": word, "customer_id": customer_id} for word in words]
        await connection.execute(insert(customer_words), rows)


async def count(connection: Connection) -> int:
    return (await connection.execute(select(func.count()).select_from(customers))).scalar_one()
