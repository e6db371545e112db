"""The tables of the CallBook's shelves: columns named like the fields of the rows."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, String, Table

from kernel.db import UtcDateTime, metadata

ID = String(150)

legs = Table(
    "legs",
    metadata,
    Column("id", ID, primary_key=True),
    Column("role", String(10), nullable=False),
    Column("interaction_id", ID, nullable=False, index=True),
    Column("state", String(10), nullable=False),
    Column("since", UtcDateTime, nullable=False),
    Column("channel", String(200), nullable=False),
    Column("endpoint", String(200), nullable=False),
    Column("linked", ID, nullable=False),
    Column("bridge", ID, nullable=False),
    Column("partner", ID, nullable=False),
    Column("place", String(10)),
    Column("stale", Boolean, nullable=False),
    Column("ended_at", UtcDateTime),
    Column("said", ID, nullable=False, server_default=""),
)

phones = Table(
    "phones",
    metadata,
    Column("id", String(200), primary_key=True),
    Column("device", String(10), nullable=False),
)
