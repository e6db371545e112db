"""Numbered changes: a browser that missed some ends with the desk of today, or is told to take a snapshot."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent_desktop.feed import Feed

pytestmark = pytest.mark.unit

KEYS = ("me", "offer", "call", "pop")
desks = st.lists(st.fixed_dictionaries({key: st.integers(0, 2) for key in KEYS}), min_size=1, max_size=20)


@given(desks, st.data())
def test_given_a_cursor_when_caught_up_then_the_desk_is_todays(
    found: list[dict[str, Any]], data: st.DataObject
) -> None:
    feed = Feed("life", found[0])
    seen = [(0, found[0])]
    for desk in found[1:]:
        feed.update(desk)
        seen.append((feed.seq, desk))
    seq, shown = data.draw(st.sampled_from(seen))

    missed = feed.since("life", seq)

    assert missed is not None
    assert [change.seq for change in missed] == list(range(seq + 1, feed.seq + 1))
    for change in missed:
        shown = {**shown, **change.set}
    assert shown == feed.desk


def test_given_no_difference_when_updated_then_no_number_is_used() -> None:
    feed = Feed("life", {"me": 1})

    assert feed.update({"me": 1}) is None
    assert feed.seq == 0


@pytest.mark.parametrize(
    ("epoch", "seq"),
    [("other", 3), (None, None), ("life", 99), ("life", -1), ("life", "3"), ("life", True), ("life", 0)],
)
def test_given_a_cursor_we_cannot_serve_then_a_snapshot_is_needed(epoch: object, seq: object) -> None:
    feed = Feed("life", {"me": 0}, kept=3)
    for value in range(1, 6):
        feed.update({"me": value})

    assert feed.since(epoch, seq) is None


def test_given_a_cursor_at_the_edge_of_what_is_kept_then_it_is_served() -> None:
    feed = Feed("life", {"me": 0}, kept=3)
    for value in range(1, 6):
        feed.update({"me": value})

    missed = feed.since("life", 2)

    assert missed is not None
    assert [change.set for change in missed] == [{}, {}, {"me": 5}]
