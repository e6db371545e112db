"""The notes table."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, String, Table, Text

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
