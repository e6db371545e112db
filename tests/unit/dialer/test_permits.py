"""The chain of dial permits: whatever is changed, taken out or put in is found."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialer.permits import GENESIS, PermitRow, broken_link

pytestmark = pytest.mark.unit

AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
Chain = list[tuple[PermitRow, str]]


def chain(length: int) -> Chain:
    rows: Chain = []
    for seq in range(1, length + 1):
        previous = rows[-1][1] if rows else GENESIS
        row = PermitRow(
            seq=seq,
            id=f"permit-{seq}",
            number=f"+3460011122{seq}",
            purpose="manual",
            asked_by="usr-1",
            interaction_id=None,
            granted_at=AT + timedelta(seconds=seq),
            checks={"hours": "ok", "list": "ok"},
            previous=previous,
        )
        rows.append((row, row.hash()))
    return rows


def test_a_chain_that_nobody_touched_is_whole() -> None:
    assert broken_link([]) is None
    assert broken_link(chain(5)) is None


@given(st.integers(1, 5), st.sampled_from(["number", "purpose", "asked_by", "id", "interaction_id"]), st.text())
def test_a_changed_row_is_found(seq: int, field: str, value: str) -> None:
    rows = chain(5)
    row, stored = rows[seq - 1]
    rows[seq - 1] = (replace(row, **{field: value}), stored)  # type: ignore[arg-type]
    assert broken_link(rows) == seq


@given(st.integers(1, 4))
def test_a_row_taken_out_is_found_at_its_successor(seq: int) -> None:
    rows = chain(5)
    del rows[seq - 1]
    assert broken_link(rows) == seq + 1


def test_a_row_changed_with_its_own_hash_is_found_at_its_successor() -> None:
    rows = chain(3)
    forged = replace(rows[1][0], number="+34000000000")
    rows[1] = (forged, forged.hash())
    assert broken_link(rows) == 3


def test_other_checks_or_another_time_make_another_hash() -> None:
    row = chain(1)[0][0]
    assert replace(row, checks={"hours": "ok", "list": "hit"}).hash() != row.hash()
    assert replace(row, granted_at=AT).hash() != row.hash()
    assert replace(row, checks={"list": "ok", "hours": "ok"}).hash() == row.hash(), "the order of keys says nothing"
