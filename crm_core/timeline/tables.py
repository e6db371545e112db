"""The timeline table: one row per thing that happened, read by keyset on its index."""

from __future__ import annotations

from sqlalchemy import Column, Index, String, Table, Text, text

from kernel.db import Json, UtcDateTime, metadata

# No foreign key on customer_id: the engine's transaction must never fail because a customer was erased meanwhile.
timeline = Table(
    "timeline",
    metadata,
    Column("id", String(160), primary_key=True),
    Column("customer_id", String(40), nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("kind", String(20), nullable=False),
    Column("title", String(300), nullable=False),
    Column("body", Text, nullable=False),
    Column("status", String(10)),
    Column("ref", String(150)),
    Column("staff_id", String(60)),
    Column("staff_name", String(200)),
    Column("details", Json, nullable=False),
)

Index("ix_timeline_customer_id_at_id", timeline.c.customer_id, timeline.c.at.desc(), timeline.c.id.desc())
Index(
    "ix_timeline_open",
    timeline.c.customer_id,
    timeline.c.at.desc(),
    sqlite_where=text("status = 'open'"),
    postgresql_where=text("status = 'open'"),
)
