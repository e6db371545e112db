"""What always holds of callers who come back, for the model: who waits for one agent alone can have them, and only for
a while; a place that was given up is had again by one caller, and is no better than it was."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from routing.rows import InteractionState, Presence, Reach
from tests.unit.routing.bench import AGENTS, Bench

NUMBERS = ("+34600111222", "+34600333444")


class Returning(RuleBasedStateMachine):
    """The bench's look-up says who talked with a number last, and whose customer it is."""

    bench: Bench
    state: Any
    arrived: int

    @rule(number=st.sampled_from(NUMBERS), agent=st.sampled_from((*AGENTS, "nobody")), owner=st.sampled_from(AGENTS))
    def somebody_has_talked_with_a_number(self, number: str, agent: str, owner: str) -> None:
        self.bench.talked[number] = agent, owner

    @rule(number=st.sampled_from(NUMBERS))
    def somebody_gives_up_and_calls_again(self, number: str) -> None:
        for leg in self.bench.callers():
            row = self.state.interactions.get(leg.ix)
            if row is not None and row.number == number and row.answered_at is None:
                self.bench.switch.caller_leaves(leg)
                break
        self.arrived += 1
        self.bench.switch.arrive(f"1700000000.{self.arrived}", number)

    @invariant()
    def whoever_waits_for_one_agent_alone_can_have_them_and_not_for_ever(self) -> None:
        if not self.bench.alive:
            return
        for caller in self.state.interactions.where("state", InteractionState.queued):
            if caller.preferred is None or caller.prefer_agent is None or caller.ended_at is not None:
                continue
            agent = self.state.agents.get(caller.prefer_agent)
            assert agent is not None
            assert (agent.presence, agent.device) == (Presence.ready, Reach.reachable), (caller, agent)
            assert caller.prefer_until <= caller.queued_at + timedelta(seconds=60)

    @invariant()
    def a_place_is_had_again_by_one_caller_and_is_what_it_was(self) -> None:
        places = {one.first: one.place for one in self.state.given_up}
        resumed = [one for one in self.state.interactions if one.resumed is not None and one.ended_at is None]
        firsts = [one.resumed for one in resumed]
        assert len(set(firsts)) == len(firsts), firsts
        assert not places.keys() & set(firsts), "given back, and still there"
        for one in resumed:
            assert one.place is not None
            assert one.place <= one.arrived_at or one.queued_at is None or one.place <= one.queued_at
