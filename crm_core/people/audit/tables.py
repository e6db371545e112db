"""Tables of the audit trail. `audit_head` has one row: where the chain ends, so that a cut tail is found too."""

from __future__ import annotations

from sqlalchemy import Column, Index, Integer, String, Table

from kernel.db import BigId, Json, UtcDateTime, metadata

audit = Table(
    "audit",
    metadata,
    Column("seq", BigId, primary_key=True, autoincrement=False),
    Column("at", UtcDateTime, nullable=False, index=True),
    Column("actor", String(60), nullable=False, index=True),
    Column("action", String(60), nullable=False),
    Column("subject", String(100), nullable=False, index=True),
    Column("ip", String(60), nullable=False),
    Column("details", Json, nullable=False),
    Column("prev", String(64), nullable=False),
    Column("hash", String(64), nullable=False),
    Index("ix_audit_action_seq", "action", "seq"),
)

audit_head = Table(
    "audit_head",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("seq", BigId, nullable=False),
    Column("hash", String(64), nullable=False),
)
