"""Tables of staff, teams, sessions and sign-in attempts."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, ForeignKey, Index, String, Table

from kernel.db import BigId, Json, UtcDateTime, metadata

teams = Table(
    "teams",
    metadata,
    Column("id", String(60), primary_key=True),
    Column("name", String(100), nullable=False, unique=True),
)

staff = Table(
    "staff",
    metadata,
    Column("id", String(60), primary_key=True),
    Column("login", String(100), nullable=False),
    Column("login_key", String(300), nullable=False, unique=True),
    Column("name", String(200), nullable=False),
    Column("password_hash", String(200), nullable=False),
    Column("roles", Json, nullable=False),
    Column("language", String(10), nullable=False),
    Column("team_id", String(60), ForeignKey("teams.id"), index=True),
    Column("active", Boolean, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
)

sessions = Table(
    "sessions",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("staff_id", String(60), ForeignKey("staff.id"), nullable=False, index=True),
    Column("created_at", UtcDateTime, nullable=False),
    Column("seen_at", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime, nullable=False, index=True),
    Column("ip", String(60), nullable=False),
    Column("user_agent", String(300), nullable=False),
    Column("csrf_token", String(60), nullable=False),
    Column("data", Json, nullable=False),
    Column("revoked_at", UtcDateTime),
)

sign_in_attempts = Table(
    "sign_in_attempts",
    metadata,
    Column("id", BigId, primary_key=True, autoincrement=True),
    Column("at", UtcDateTime, nullable=False, index=True),
    Column("login_hash", String(64), nullable=False),
    Column("ip", String(60), nullable=False),
    Column("ok", Boolean, nullable=False),
    Index("ix_sign_in_attempts_login_hash_at", "login_hash", "at"),
    Index("ix_sign_in_attempts_ip_at", "ip", "at"),
)
