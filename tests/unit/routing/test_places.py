"""The index of places says what a scan of all callers says, whatever becomes of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from routing import places
from routing.places import Places
from routing.rows import TALKING, Interaction, InteractionState
from routing.state import State, came

pytestmark = pytest.mark.unit

START = datetime(2026, 3, 2, 9, tzinfo=UTC)
NAMES = [f"ix-{second}.{number}" for second in (1700000000, 1700000009) for number in range(12)]
moments = st.integers(-50, 50).map(lambda seconds: START + timedelta(seconds=seconds))


def without_agent(state: State) -> Iterator[Interaction]:
    inbound = (one for one in state.interactions if one.ended_at is None and one.direction == "inbound")
    return (one for one in inbound if one.state not in TALKING)


def scanned_after(state: State, caller_id: str) -> datetime | None:
    there = (one for one in without_agent(state) if one.resumed is None)
    return min((one.place for one in there if one.place and came(one.id) > came(caller_id)), default=None)


def scanned_before(state: State, caller_id: str) -> datetime | None:
    earlier = [one for one in without_agent(state) if came(one.id) < came(caller_id)]
    return max(((one.resumed is None and one.place) or one.arrived_at for one in earlier), default=None)


class Following(RuleBasedStateMachine):
    """Parts of the index are as small as they can be, so that they are split and emptied."""

    def __init__(self) -> None:
        super().__init__()
        self.full = places.FULL
        places.FULL = 2
        self.state = State()
        self.places = Places(self.state)

    @rule(
        name=st.sampled_from(NAMES),
        state=st.sampled_from(InteractionState),
        arrived=moments,
        place=st.none() | moments,
        direction=st.sampled_from(("inbound", "inbound", "inbound", "outbound")),
        resumed=st.sampled_from((None, None, None, "ix-1.1")),
        ended=st.booleans(),
    )
    def a_caller_is(self, name: str, ended: bool, arrived: Any, **more: Any) -> None:
        row = Interaction(name, more.pop("state"), "leg", "channel", "main", "", "en", arrived)
        self.state.interactions.put(replace(row, **more, ended_at=arrived if ended else None))

    @rule(name=st.sampled_from(NAMES))
    def a_caller_is_forgotten(self, name: str) -> None:
        self.state.interactions.drop(name)

    @rule(keep=st.booleans())
    def the_turn_ends(self, keep: bool) -> None:
        if keep:
            self.state.interactions.settle()
        else:
            self.state.interactions.undo()

    @invariant()
    def it_is_what_a_scan_finds(self) -> None:
        for name in (*NAMES, "ix-1.1", "ix-1800000000.1"):
            assert self.places.least_after(name) == scanned_after(self.state, name)
            assert self.places.most_before(name) == scanned_before(self.state, name)

    def teardown(self) -> None:
        places.FULL = self.full


TestFollowing = Following.TestCase
TestFollowing.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)


def test_with_five_thousand_waiting_an_arrival_looks_at_few_of_them() -> None:
    state = State()
    index = Places(state)
    for nth in range(5000):
        row = Interaction(f"ix-1700000000.{nth}", InteractionState.queued, "leg", "channel", "main", "", "en", START)
        state.interactions.put(replace(row, place=START + timedelta(seconds=nth)))
    largest = max(len(part.entries) for part in index._order._parts)
    assert largest + len(index._order._parts) < 400
    assert index.least_after("ix-1700000000.2500") == START + timedelta(seconds=2501)
