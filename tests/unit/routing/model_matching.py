"""What always holds of matching, for the model: nobody idle while somebody waits, who does so in a queue that there is,
and the index is true."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from routing.rows import TALKING, WAITING, InteractionState, Presence, rejection
from routing.setupmessages import ChangeSetUp
from routing.teamwork import Edit
from tests.unit.routing.bench import Bench
from tests.unit.routing.indexes import matchmaker_of, must_hold_what_a_new_one_would

DID = "555"
"""What the little switch's callers called."""


class Matching(RuleBasedStateMachine):
    """Here every agent serves every caller."""

    bench: Bench
    state: Any

    @initialize(there=st.booleans())
    def callers_come_to_a_queue_beside_the_main_one(self, there: bool) -> None:
        self.a_queue_beside_the_main_one_is_made_or_removed(there)

    @precondition(lambda self: self.bench.alive and self._talks_beside())
    @rule()
    def the_queue_of_those_who_talk_is_removed_and_their_agents_phones_are_lost(self) -> None:
        self.a_queue_beside_the_main_one_is_made_or_removed(False)
        for leg in [leg for leg in self.bench.agent_legs() if leg.up]:
            self.bench.switch.agent_leg_ends(leg, 44)
        self.bench.pump()

    def _talks_beside(self) -> bool:
        return any(one.state in TALKING and one.queue_id == "other" for one in self.state.interactions)

    @precondition(lambda self: self.bench.alive)
    @rule(there=st.booleans())
    def a_queue_beside_the_main_one_is_made_or_removed(self, there: bool) -> None:
        values = {"name": "Other", "dids": [DID], "ring_seconds": 10} if there else None
        self.bench.take(ChangeSetUp(actor="adm", edits=(Edit("queue", "other", values),)))

    @invariant()
    def nobody_waits_in_a_queue_that_is_removed(self) -> None:
        for caller in self.state.interactions:
            if caller.ended_at is None and caller.state in WAITING:
                assert self.state.queue_of(caller).active, caller

    @invariant()
    def no_agent_is_idle_while_somebody_waits_whom_they_can_serve(self) -> None:
        if not self.bench.alive or not self.state.line_up:
            return
        free = [one.id for one in self.state.agents if self._is_free(one)]
        queued = self.state.interactions.where("state", InteractionState.queued)
        looked_up = [one for one in queued if one.match is not None and not self.state.live_offers(one.id)]
        for caller in [one for one in looked_up if self.state.outside_of(one.id) is None]:
            only = self.state.agents.get(caller.prefer_agent)
            waits = caller.prefer_until is not None and self.bench.at < caller.prefer_until
            if waits and only is not None and only.presence is not Presence.out:
                assert only.id not in free, caller
            else:
                assert not free, caller

    def _is_free(self, agent: Any) -> bool:
        offered = any(one.live for one in self.state.offers.where("agent_id", agent.id))
        in_use = agent.endpoint is not None and self.bench.rooms.book.in_use(agent.endpoint)
        return rejection(agent, self.bench.at) is None and not offered and not in_use

    @invariant()
    def the_index_is_what_a_new_one_would_be(self) -> None:
        if self.bench.alive and self.state.line_up:
            kept = matchmaker_of(self.bench.core.handlers)
            must_hold_what_a_new_one_would(kept, self.state, self.bench.rooms.book, self.bench.at)
