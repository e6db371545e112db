"""The table of recordings."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Float, String, Table

from kernel.db import UtcDateTime, metadata

recordings = Table(
    "recordings",
    metadata,
    Column("id", String(150), primary_key=True),
    Column("interaction_id", String(150), nullable=False, index=True),
    Column("state", String(10), nullable=False, index=True),
    Column("file", String(200), nullable=False),
    Column("started_at", UtcDateTime, nullable=False, index=True),
    Column("ended_at", UtcDateTime),
    Column("seconds", Float),
    Column("bytes", BigInteger),
    Column("talked", Float, nullable=False, server_default="0"),
    Column("talk_since", UtcDateTime),
    Column("problem", String(20)),
)
