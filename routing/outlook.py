"""How the last callers of a queue fared. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from routing.recent import Wait

LAST, LEAST = 50, 10
"""A service level is that of so many calls at most, and of so many at least: of fewer it says nothing."""


def level(waits: Sequence[Wait], within: int) -> float | None:
    """Of a hundred of a queue's last calls, how many were answered within so many seconds, the ring included. Who gave
    up sooner than that counts for nothing, who gave up later was not answered in time."""
    counted = [
        rang is not None and waited + rang <= within for _, waited, rang in waits if rang is not None or waited > within
    ][-LAST:]
    return 100 * sum(counted) / len(counted) if len(counted) >= LEAST else None
