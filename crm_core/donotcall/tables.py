"""Do-not-call entries, and the version that each change moves on: a permit names the version it was checked against."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, String, Table, UniqueConstraint

from crm_core.store import Ordered20
from kernel.db import UtcDateTime, metadata

do_not_call = Table(
    "do_not_call",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("list", String(60), nullable=False),
    Column("pattern", Ordered20, nullable=False, index=True),
    Column("reversed", Ordered20, nullable=False, server_default="", index=True),
    Column("reason", String(200), nullable=False),
    Column("words", String(600), nullable=False, server_default=""),
    Column("added_by", String(40), nullable=False),
    Column("added_at", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime),
    UniqueConstraint("list", "pattern"),
)

do_not_call_version = Table(
    "do_not_call_version",
    metadata,
    Column("id", String(10), primary_key=True),
    Column("version", BigInteger, nullable=False),
)
