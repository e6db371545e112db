"""Database types that the services, tables and stores of this room share, and how a beginning is looked for."""

from __future__ import annotations

from typing import TypeAlias

from sqlalchemy import ColumnElement, String
from sqlalchemy.dialects import postgresql
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine
from sqlalchemy.sql.elements import KeyedColumnElement

Database: TypeAlias = AsyncEngine
Connection: TypeAlias = AsyncConnection

# Range scans by prefix need plain code point order, which SQLite has and PostgreSQL gives with COLLATE "C".
Ordered20 = String(20).with_variant(postgresql.VARCHAR(20, collation="C"), "postgresql")
Ordered120 = String(120).with_variant(postgresql.VARCHAR(120, collation="C"), "postgresql")

_LAST = "\U0010ffff"


def begins(column: KeyedColumnElement[str], start: str) -> ColumnElement[bool]:
    """A prefix match that both databases answer from a plain index, whatever characters `start` holds."""
    return (column >= start) & (column < start + _LAST)
