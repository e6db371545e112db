"""Figures, goals and the stream of made-up events."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.ami_stream import BANNER, chunks, stream
from bench.machine import Machine
from bench.report import Figure, Findings, Goal, as_object, percentile
from cti.ami.wire import Framer

pytestmark = pytest.mark.unit

MACHINE = Machine("cpu", 2, 1000, "system", "3.11", 0.5)


@given(st.lists(st.floats(0, 1e6), min_size=1), st.floats(0.01, 1))
def test_given_values_then_so_many_of_them_do_not_exceed_the_percentile(values: list[float], share: float) -> None:
    found = percentile(values, share)

    assert found in values
    assert sum(value <= found for value in values) >= share * len(values) - 1e-6


@pytest.mark.parametrize(
    ("goal", "value", "met"), [("<=", 5, True), ("<=", 5.1, False), (">=", 5, True), ("==", 0, False)]
)
def test_given_a_goal_then_its_limit_is_met_or_not(goal: str, value: float, met: bool) -> None:
    assert Goal(goal, 5).met(value) is met


def test_given_findings_then_the_object_of_the_contract() -> None:
    found = Findings({"events": 3})
    found.add("ratio", [9.0, 7.0, 8.0])

    made = as_object("ami", found, {"ratio": Goal(">=", 8)}, MACHINE, "abc")

    assert found.figures["ratio"] == Figure(8.0, 7.0, 9.0, 3)
    assert made["goals"] == {"ratio": {"goal": ">= 8", "value": 8.0, "met": True}}
    assert made.keys() == {"bench", "load", "figures", "goals", "machine", "commit", "notes"}


def test_given_a_stream_then_it_is_so_many_whole_events_in_whatever_pieces() -> None:
    data = stream(500, 3)
    framer = Framer()

    messages = [one for piece in chunks(data, 3) for one in framer.feed(piece)]

    assert data.startswith(BANNER)
    assert len(messages) == 500
    assert all(one.startswith(b"Event: ") for one in messages)
