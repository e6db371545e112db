"""The chain of permits: whole as it was written, broken by any change, whole when a person is erased."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest

from dialer.permits import GENESIS, Link, PermitRow, broken_link, commit_to

pytestmark = pytest.mark.unit

AT = datetime(2026, 3, 2, 10, tzinfo=timezone(timedelta(hours=1)))
NUMBER, SALT = "+34600111222", "5a17"


def chain(length: int) -> list[Link]:
    links: list[Link] = []
    for seq in range(1, length + 1):
        previous = links[-1].hash if links else GENESIS
        row = PermitRow(
            f"permit-{seq}", f"at-{seq}", "ix-1", "manual", "st-1", commit_to(NUMBER, SALT), AT, {"window": "ok"}
        )
        links.append(Link(seq, previous, row.hash(seq, previous), row, NUMBER, SALT))
    return links


def test_a_chain_is_whole_in_whatever_zone_its_times_come_back() -> None:
    read = [replace(one, row=replace(one.row, granted_at=one.row.granted_at.astimezone(UTC))) for one in chain(3)]
    assert broken_link(read) is None


def test_a_changed_row_is_found() -> None:
    links = chain(3)
    links[1] = replace(links[1], row=replace(links[1].row, purpose="campaign"))
    assert broken_link(links) == 2


def test_another_number_behind_the_commitment_is_found() -> None:
    links = chain(3)
    links[1] = replace(links[1], number="+34600999999")
    assert broken_link(links) == 2


def test_a_missing_row_is_found() -> None:
    links = chain(3)
    del links[1]
    assert broken_link(links) == 3


def test_an_erased_person_leaves_the_chain_whole_and_half_an_erasure_is_found() -> None:
    links = chain(3)
    links[1] = replace(links[1], number=None, salt=None)
    assert broken_link(links) is None
    links[2] = replace(links[2], salt=None)
    assert broken_link(links) == 3
