"""Dial permits: one row per dial, in a chain of hashes, so that a changed or missing row is found."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, String, Table, UniqueConstraint

from kernel.db import BigId, Json, UtcDateTime, metadata

dial_permits = Table(
    "dial_permits",
    metadata,
    Column("seq", BigId, primary_key=True, autoincrement=False),
    Column("id", String(40), nullable=False),
    Column("number", String(40), nullable=False, index=True),
    Column("purpose", String(20), nullable=False),
    Column("asked_by", String(40), nullable=False),
    Column("interaction_id", String(150)),
    Column("granted_at", UtcDateTime, nullable=False),
    Column("checks", Json, nullable=False),
    Column("previous", String(64), nullable=False),
    Column("hash", String(64), nullable=False),
    Column("used_seq", BigInteger),
    UniqueConstraint("id"),
)
