"""The two database types that services of this room hold and hand to their stores."""

from __future__ import annotations

from typing import TypeAlias

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

Database: TypeAlias = AsyncEngine
Connection: TypeAlias = AsyncConnection
