"""Which table keeps which shelf of the CallBook. All rows are loaded at start: ended legs leave after a minute."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Table

from cti.rows import LegRow, PhoneRow
from cti.tables import legs, phones

SHELVES: dict[str, tuple[type[Any], Table]] = {"legs": (LegRow, legs), "phones": (PhoneRow, phones)}
