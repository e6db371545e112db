"""Every scenario as a real Asterisk told it, disturbed on the way: the same end, and every call ends.

Causal limits, within which facts may be delayed and reordered: what the switch says of one channel keeps its order,
and so does what it says of one phone; nothing is heard of a leg before its caller was heard of for the first time.
Between channels and phones nothing is promised, so any interleaving may come. A fact may come again at any later
moment, and any fact that the switch says may be lost (LegAsked is the link's own). After the disturbance the link
breaks and comes back, and the snapshot of that moment is what a reconnect would bring.
"""

from __future__ import annotations

from collections import defaultdict

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cti.facts import LegAsked, LegPlaced, LinkDown, LinkUp
from kernel.messages import Fact
from lab.scenarios.script import names
from tests.support.callbook import Desk, scenario_facts, scenario_names, settled, snapshot_of

pytestmark = pytest.mark.unit

STORIES = {name: scenario_facts(name) for name in scenario_names()}
CALLS = sorted(name for name, facts in STORIES.items() if any(isinstance(fact, LegPlaced) for fact in facts))


def subject(fact: Fact) -> str:
    return getattr(fact, "leg", "") or getattr(fact, "endpoint", "")


def played(facts: list[Fact]) -> Desk:
    desk = Desk()
    desk.take(*facts)
    return desk


def disturbed(facts: list[Fact], data: st.DataObject) -> list[Fact]:
    """The facts in another order within the causal limits, some of them lost, some heard again later."""
    first = next((at for at, fact in enumerate(facts) if isinstance(fact, LegPlaced)), len(facts)) + 1
    lanes: dict[str, list[Fact]] = defaultdict(list)
    for fact in facts[first:]:
        lanes[subject(fact)].append(fact)
    mixed = list(facts[:first])
    chance = data.draw(st.randoms(use_true_random=False))
    while waiting := sorted(key for key, lane in lanes.items() if lane):
        mixed.append(lanes[chance.choice(waiting)].pop(0))
    for _ in range(data.draw(st.integers(0, 6))):
        at = chance.randrange(len(mixed) or 1)
        if mixed:
            mixed.insert(chance.randrange(at, len(mixed)) + 1, mixed[at])
    share = data.draw(st.sampled_from((0.0, 0.1, 0.5, 0.9)))
    return [fact for fact in mixed if isinstance(fact, LegAsked) or chance.random() >= share]


def test_every_scenario_was_recorded() -> None:
    assert scenario_names() == names()
    assert sum(map(len, STORIES.values())) > 500


@pytest.mark.parametrize("name", sorted(STORIES))
def test_given_a_scenario_as_it_was_told_then_every_leg_ends(name: str) -> None:
    desk = played(STORIES[name])
    assert desk.state() == []
    assert not any(row.bridge or row.partner for row in desk.book.legs)


@settings(max_examples=400, deadline=None)
@given(st.sampled_from(CALLS), st.data())
def test_given_a_disturbed_call_when_the_link_is_back_then_the_state_is_the_true_one(
    name: str, data: st.DataObject
) -> None:
    facts = STORIES[name]
    until = data.draw(st.integers(1, len(facts)))
    truth = played(facts[:until])
    desk = played(disturbed(facts[:until], data))
    desk.take(LinkDown(reason="closed"), LinkUp(switch_version="22"), snapshot_of(truth))
    assert settled(desk, truth) == settled(truth, truth)
    desk.take(*facts[until:])
    assert desk.state() == []
