"""The CallBook under repeated, interleaved and lost facts of real calls: the same end, and every call ends."""

from collections import defaultdict

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cti.facts import LegPlaced
from kernel.messages import Fact
from tests.support.callbook import (
    Desk,
    facts_of,
    picture,
    settled,
    snapshot_of,
    transcript,
    transcript_names,
    with_asks,
)

pytestmark = pytest.mark.unit


STORIES = {name: with_asks(facts_of(transcript(name))) for name in transcript_names()}
NAMES = sorted(name for name, facts in STORIES.items() if any(isinstance(fact, LegPlaced) for fact in facts))


def played(facts: list[Fact]) -> Desk:
    desk = Desk()
    desk.take(*facts)
    return desk


def everything(desk: Desk) -> list[tuple[str, ...]]:
    return sorted(picture(row) for row in desk.book.legs)


def outcome(desk: Desk) -> dict[str, int]:
    """How often each leg ended, each pair was joined and parted."""
    counts: dict[str, int] = defaultdict(int)
    for event in desk.events:
        kind = type(event).__name__
        if kind in ("Joined", "CallerArrived", "CallerLeft", "AgentLegEnded"):
            counts[kind] += 1
    return dict(counts)


@pytest.mark.parametrize("name", NAMES)
def test_given_a_recorded_call_then_all_its_legs_end_and_who_was_joined_is_parted(name: str) -> None:
    desk = played(STORIES[name])
    assert desk.state() == []
    assert not any(row.partner or row.bridge for row in desk.book.legs)


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(NAMES), st.data())
def test_given_facts_that_come_twice_then_the_end_is_the_same(name: str, data: st.DataObject) -> None:
    facts = STORIES[name]
    twice = data.draw(st.sets(st.integers(0, len(facts) - 1), max_size=len(facts)))
    doubled = [fact for at, one in enumerate(facts) for fact in ([one, one] if at in twice else [one])]
    assert outcome(played(doubled)) == outcome(played(facts))
    assert everything(played(doubled)) == everything(played(facts))


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(NAMES))
def test_given_a_whole_call_again_after_its_end_then_nothing_happens(name: str) -> None:
    desk = played(STORIES[name])
    before = outcome(desk)
    desk.take(*STORIES[name])
    assert outcome(desk) == before
    assert desk.state() == []


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(NAMES), st.data())
def test_given_the_legs_interleaved_in_another_way_then_the_end_is_the_same(name: str, data: st.DataObject) -> None:
    """Each leg keeps its own order, as Asterisk does; a leg of ours is never heard of before its caller waits."""
    facts = STORIES[name]
    first_other = next((at for at, fact in enumerate(facts) if getattr(fact, "leg", "").startswith("leg-")), len(facts))
    start, rest = facts[:first_other], facts[first_other:]
    lanes: dict[str, list[Fact]] = defaultdict(list)
    for fact in rest:
        lanes[getattr(fact, "leg", "") or getattr(fact, "endpoint", "")].append(fact)
    mixed = list(start)
    while open_lanes := sorted(key for key, lane in lanes.items() if lane):
        mixed.append(lanes[data.draw(st.sampled_from(open_lanes))].pop(0))
    assert everything(played(mixed)) == everything(played(facts))


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(NAMES), st.data())
def test_given_any_facts_lost_then_the_snapshot_makes_the_state_right(name: str, data: st.DataObject) -> None:
    facts = STORIES[name]
    until = data.draw(st.integers(0, len(facts)))
    lost = data.draw(st.sets(st.integers(0, max(until - 1, 0)), max_size=until))
    truth = played(facts[:until])
    partly = played([fact for at, fact in enumerate(facts[:until]) if at not in lost])
    partly.take(snapshot_of(truth))
    assert settled(partly, truth) == settled(truth, truth)
    partly.take(*facts[until:])
    assert partly.state() == []
