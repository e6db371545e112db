"""What a core's turns leave on the disk, for tests without a database."""

from __future__ import annotations

from typing import Any

from kernel.core import Outcome

Disk = dict[str, dict[str, Any]]
"""Rows by shelf and id."""


def keep(disk: Disk, out: Outcome) -> None:
    """The rows as a commit would leave them."""
    for change in out.changes.values():
        if change.row is None:
            disk[change.shelf].pop(change.key, None)
        else:
            disk[change.shelf][change.key] = change.row
