"""Tables of customers, their people, numbers, devices, and the words they are found by."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Date, ForeignKey, Index, Integer, String, Table

from crm_core.store import Ordered20, Ordered120
from kernel.db import Json, UtcDateTime, metadata

customers = Table(
    "customers",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("kind", String(10), nullable=False),
    Column("name", String(300), nullable=False),
    Column("name_key", String(600), nullable=False),
    Column("level", String(10), nullable=False),
    Column("language", String(10)),
    Column("email", String(254)),
    Column("city", String(100)),
    Column("country", String(2)),
    Column("time_zone", String(50)),
    Column("owner_id", String(60)),
    Column("company_id", String(40), ForeignKey("customers.id", ondelete="SET NULL"), index=True),
    Column("department", String(100)),
    Column("birthday", Date),
    Column("preferences", Json, nullable=False),
    Column("custom", Json, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("updated_at", UtcDateTime, nullable=False),
    Column("version", Integer, nullable=False),
)

contacts = Table(
    "contacts",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("customer_id", String(40), ForeignKey("customers.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("name", String(300), nullable=False),
    Column("department", String(100)),
    Column("position", String(100)),
    Column("email", String(254)),
    Column("language", String(10)),
    Column("created_at", UtcDateTime, nullable=False),
)

numbers = Table(
    "numbers",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("e164", Ordered20, nullable=False, index=True),
    Column("reversed", Ordered20, nullable=False, index=True),
    Column("customer_id", String(40), ForeignKey("customers.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("contact_id", String(40), ForeignKey("contacts.id", ondelete="CASCADE"), index=True),
    Column("label", String(40), nullable=False),
    Column("shared", Boolean, nullable=False),
    Column("extension", String(20)),
    Column("is_primary", Boolean, nullable=False),
)

devices = Table(
    "devices",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("customer_id", String(40), ForeignKey("customers.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("product", String(80), nullable=False),
    Column("model", String(80), nullable=False),
    Column("serial", String(80), nullable=False, index=True),
    Column("bought_at", Date),
    Column("warranty_until", Date),
)

# Each word a customer (or one of its people) can be found by; `crm_core.customers.names.words` makes them.
customer_words = Table(
    "customer_words",
    metadata,
    Column("word", Ordered120, primary_key=True),
    Column("customer_id", String(40), ForeignKey("customers.id", ondelete="CASCADE"), primary_key=True),
    Index("ix_customer_words_customer_id", "customer_id"),
)
