"""Which requests were carried out, and what they made."""

from __future__ import annotations

from sqlalchemy import Column, String, Table

from kernel.db import UtcDateTime, metadata

requests_done = Table(
    "requests_done",
    metadata,
    Column("id", String(150), primary_key=True),
    Column("digest", String(64), nullable=False),
    Column("ref", String(40), nullable=False),
    Column("at", UtcDateTime, nullable=False, index=True),
)
