"""The tables of notes and of words begun and not yet sent."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, String, Table, Text

from kernel.db import UtcDateTime, metadata

notes = Table(
    "notes",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("customer_id", String(40), ForeignKey("customers.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("text", Text, nullable=False),
    Column("staff_id", String(60)),
    Column("staff_name", String(200)),
    Column("interaction_id", String(150), index=True),
    Column("created_at", UtcDateTime, nullable=False),
    Column("once", String(64), unique=True),
)

# `owner` is empty for a call's draft, which everybody has who has the call in hand, else whose draft it is.
drafts = Table(
    "drafts",
    metadata,
    Column("scope", String(10), primary_key=True),
    Column("ref", String(150), primary_key=True),
    Column("owner", String(60), primary_key=True),
    Column("customer_id", String(40), ForeignKey("customers.id", ondelete="CASCADE"), index=True),
    Column("note", Text, nullable=False),
    Column("ticket", Text, nullable=False),
    Column("disposition", String(120), nullable=False),
    Column("staff_id", String(60), nullable=False),
    Column("staff_name", String(200), nullable=False),
    Column("updated_at", UtcDateTime, nullable=False),
    Index("ix_drafts_staff_id", "staff_id"),
    Index("ix_drafts_updated_at", "updated_at"),
)
