"""Dial permits, one row per dial, sealed into a chain of hashes; and the numbers that are being dialled."""

from __future__ import annotations

from sqlalchemy import Column, Integer, String, Table, UniqueConstraint

from kernel.db import BigId, Json, UtcDateTime, metadata

dial_permits = Table(
    "dial_permits",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("attempt_id", String(40), nullable=False),
    Column("interaction_id", String(150), nullable=False, index=True),
    Column("purpose", String(20), nullable=False),
    Column("asked_by", String(40), nullable=False),
    Column("number", String(40), index=True),
    Column("salt", String(40)),
    Column("commitment", String(64), nullable=False),
    Column("granted_at", UtcDateTime, nullable=False),
    Column("checks", Json, nullable=False),
    Column("seq", BigId),
    Column("previous", String(64)),
    Column("hash", String(64)),
    UniqueConstraint("attempt_id"),
    UniqueConstraint("seq"),
)

permit_head = Table(
    "permit_head",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("seq", BigId, nullable=False),
    Column("hash", String(64), nullable=False),
)
"""One row: where the chain ends, so that a cut tail is found too."""

dialled_numbers = Table(
    "dialled_numbers",
    metadata,
    Column("number", String(40), primary_key=True),
    Column("attempt_id", String(40), nullable=False, index=True),
    Column("taken_at", UtcDateTime, nullable=False),
)
"""The number lock: held while its attempt lives, whoever dials. A row whose attempt has ended holds nothing."""
