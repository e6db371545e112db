"""Tables of staff, teams, sessions, recovery codes and sign-in attempts."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Index, Integer, String, Table

from kernel.db import BigId, Json, UtcDateTime, metadata

teams = Table(
    "teams",
    metadata,
    Column("id", String(60), primary_key=True),
    Column("name", String(100), nullable=False, unique=True),
    Column("version", Integer, nullable=False),
)

staff = Table(
    "staff",
    metadata,
    Column("id", String(60), primary_key=True),
    Column("login", String(100), nullable=False),
    Column("login_key", String(300), nullable=False, unique=True),
    Column("name", String(200), nullable=False),
    Column("words", String(700), nullable=False),
    Column("password_hash", String(200), nullable=False),
    Column("roles", Json, nullable=False),
    Column("language", String(10), nullable=False),
    Column("team_id", String(60), ForeignKey("teams.id"), index=True),
    Column("leads", Json, nullable=False),
    Column("active", Boolean, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("version", Integer, nullable=False),
    Column("email", String(254)),
    Column("email_key", String(300), index=True, unique=True),
    Column("must_change", Boolean, nullable=False),
    Column("signed_in_at", UtcDateTime),
    Column("subject", String(400), index=True, unique=True),
    Column("totp_secret", String(300)),
    Column("totp_at", UtcDateTime),
    Column("totp_step", BigInteger),
)

recovery_codes = Table(
    "recovery_codes",
    metadata,
    Column("id", BigId, primary_key=True, autoincrement=True),
    Column("staff_id", String(60), ForeignKey("staff.id"), nullable=False, index=True),
    Column("code_hash", String(64), nullable=False),
    Column("used_at", UtcDateTime),
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
    Column("stage", String(10), nullable=False),
    Column("method", String(20), nullable=False),
    Column("places", Json, nullable=False),
    Column("seed", String(64), nullable=False, server_default=""),
    Column("turn", Integer, nullable=False, server_default="0"),
    Column("turned_at", UtcDateTime),
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
