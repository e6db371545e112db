"""Callers picked by hand, for the model: asked at whatever moment, it is refused, or they are offered to that agent."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from routing.messages import PickCall
from tests.unit.routing.bench import AGENTS, Bench


class Picking(RuleBasedStateMachine):
    """Agents who rest, are busy, are paused or wait for another caller pick whomever they see, and some whom they do
    not."""

    bench: Bench
    state: Any

    @precondition(lambda self: self.bench.alive and len(self.state.interactions))
    @rule(nth=st.integers(0, 5), agent=st.sampled_from(AGENTS), anywhere=st.booleans())
    def an_agent_picks_a_caller(self, nth: int, agent: str, anywhere: bool) -> None:
        callers = list(self.state.interactions)
        caller = callers[nth % len(callers)]
        places = {one.id: one.place for one in callers if one.id != caller.id}
        done = self.bench.take(PickCall(actor=agent, interaction_id=caller.id, anywhere=anywhere))
        if done:
            assert agent in [one.agent_id for one in self.state.live_offers(caller.id) if one.ended_at is None]
        for id, place in places.items():
            assert self.state.interactions[id].place == place, "somebody else's place has moved"

    @precondition(lambda self: self.bench.alive and len(self.state.interactions))
    @rule(nth=st.integers(0, 5), many=st.integers(2, 3))
    def several_pick_the_same_caller(self, nth: int, many: int) -> None:
        """At most one of them has the caller."""
        callers = list(self.state.interactions)
        caller = callers[nth % len(callers)]
        before = {one.agent_id for one in self.state.live_offers(caller.id)}
        got = [
            one for one in AGENTS[:many]
            if self.bench.take(PickCall(actor=one, interaction_id=caller.id)) and one not in before
        ]  # fmt: skip
        assert len(got) <= 1

    @invariant()
    def a_picked_offer_is_its_agents_alone(self) -> None:
        for offer in self.state.offers:
            if self.bench.choices[offer.choice_id][0].reason == "picked":
                assert not offer.shared
