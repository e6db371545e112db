"""Tables of tickets and of the ranges that number them."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, Integer, String, Table, Text

from crm_core.store import Ordered20
from kernel.db import UtcDateTime, metadata

tickets = Table(
    "tickets",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("number", Ordered20, nullable=False, unique=True),
    Column("subject", String(200), nullable=False),
    Column("description", Text, nullable=False),
    Column("status", String(10), nullable=False),
    Column("priority", String(10), nullable=False),
    Column("category", String(80), nullable=False),
    Column("product", String(80)),
    Column("customer_id", String(40), ForeignKey("customers.id", ondelete="CASCADE"), nullable=False),
    Column("contact_id", String(40), ForeignKey("contacts.id", ondelete="SET NULL"), index=True),
    Column("interaction_id", String(150)),
    Column("opened_by", String(60)),
    Column("opened_by_name", String(200)),
    Column("created_at", UtcDateTime, nullable=False),
    Column("updated_at", UtcDateTime, nullable=False),
    Column("resolved_at", UtcDateTime),
    Column("closed_at", UtcDateTime),
    Column("version", Integer, nullable=False),
    Index("ix_tickets_customer_id_created_at", "customer_id", "created_at"),
    Index("ix_tickets_status_created_at", "status", "created_at"),
)

number_ranges = Table(
    "number_ranges",
    metadata,
    Column("name", String(20), primary_key=True),
    Column("last", Integer, nullable=False),
)
