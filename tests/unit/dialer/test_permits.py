"""The chain of permits: whole as it was written, broken by any change."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest

from dialer.permits import GENESIS, PermitRow, broken_link

pytestmark = pytest.mark.unit

AT = datetime(2026, 3, 2, 10, tzinfo=timezone(timedelta(hours=1)))


def chain(length: int) -> list[tuple[PermitRow, str]]:
    rows: list[tuple[PermitRow, str]] = []
    for seq in range(1, length + 1):
        previous = rows[-1][1] if rows else GENESIS
        row = PermitRow(seq, f"permit-{seq}", "+34600111222", "manual", "st-1", None, AT, {"window": "ok"}, previous)
        rows.append((row, row.hash()))
    return rows


def test_a_chain_is_whole_in_whatever_zone_its_times_come_back() -> None:
    read = [(replace(row, granted_at=row.granted_at.astimezone(UTC)), stored) for row, stored in chain(3)]
    assert broken_link(read) is None


def test_a_changed_row_is_found() -> None:
    rows = chain(3)
    rows[1] = (replace(rows[1][0], number="+34600999999"), rows[1][1])
    assert broken_link(rows) == 2


def test_a_missing_row_is_found() -> None:
    rows = chain(3)
    del rows[1]
    assert broken_link(rows) == 3
