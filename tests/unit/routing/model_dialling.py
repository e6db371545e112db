"""Rules and invariants of calls that go out, for the model: P3 and, as far as the engine goes, P7."""

from __future__ import annotations

from collections import Counter
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from cti.orders import DialOut, RingDialler
from dialer.hours import local_times, warnings
from dialer.numbers import examine
from kernel.messages import Fact
from routing.attempts import SENT, Attempt, AttemptState
from routing.dialling import DialNumber, PermitGranted, PermitRefused
from routing.rows import StintState
from tests.unit.routing.bench import AGENTS, Bench
from tests.unit.routing.little_office import LISTED, MOST_A_DAY, NUMBERS

NTH = st.integers(0, 5)
ONCE = ("OrderDone", "LinkUp", "LinkDown", "Snapshot")
"""What the link itself says comes once; what the switch says may come twice."""


class Dialling(RuleBasedStateMachine):
    """Agents who call somebody, numbers that answer or do not, and facts that come twice."""

    bench: Bench
    state: Any

    # ── people ──────────────────────────────────────────────────────────────────────────────────────────

    @precondition(lambda self: self.bench.alive)
    @rule(agent=st.sampled_from(AGENTS), number=st.sampled_from(NUMBERS), twice=st.booleans())
    def an_agent_dials(self, agent: str, number: str, twice: bool) -> None:
        self.bench.take(DialNumber(actor=agent, number=number))
        if twice:
            assert not self.bench.take(DialNumber(actor=agent, number=number)), "who calls already is refused"

    @precondition(lambda self: any(not leg.up for leg in self.bench.dialled()))
    @rule(nth=NTH)
    def a_number_answers(self, nth: int) -> None:
        ringing = [leg for leg in self.bench.dialled() if not leg.up]
        self.bench.switch.answer(ringing[nth % len(ringing)])

    @precondition(lambda self: self.bench.dialled())
    @rule(nth=NTH, cause=st.sampled_from((1, 17, 21, 34)))
    def a_number_is_gone(self, nth: int, cause: int) -> None:
        legs = self.bench.dialled()
        leg = legs[nth % len(legs)]
        self.bench.switch.caller_leaves(leg, 16 if leg.up else cause)

    # ── faults ──────────────────────────────────────────────────────────────────────────────────────────

    @precondition(lambda self: self.bench.inbox)
    @rule(nth=NTH)
    def a_fact_comes_twice(self, nth: int) -> None:
        facts = [one for one in self.bench.inbox if isinstance(one, Fact) and type(one).__name__ not in ONCE]
        if facts:
            fact = facts[nth % len(facts)]
            self.bench.inbox.insert(self.bench.inbox.index(fact) + 1, fact)

    @precondition(lambda self: self.bench.alive and self.bench.office.permits)
    @rule(nth=NTH, granted=st.booleans())
    def the_office_says_again_what_it_said(self, nth: int, granted: bool) -> None:
        permits = list(self.bench.office.permits.items())
        permit_id, permit = permits[nth % len(permits)]
        attempt = self.bench.disk["attempts"].get(permit.attempt_id)
        if attempt is None:
            return
        ids = {"attempt_id": attempt.id, "interaction_id": attempt.interaction_id}
        answered = attempt.state != "asked"
        if granted:
            self.bench.take(PermitGranted(**ids, permit_id=permit_id))
        elif answered:
            self.bench.take(PermitRefused(**ids, error="permit_used", message="No."))

    # ── what always holds ───────────────────────────────────────────────────────────────────────────────

    @invariant()
    def p3_no_dial_without_a_committed_permit_and_one_dial_for_each(self) -> None:
        for dials in (self.bench.switch.dialled, [one for one in self.bench.sent if isinstance(one, DialOut)]):
            assert all(count == 1 for count in Counter(one.permit_id for one in dials).values())
            assert all(count == 1 for count in Counter(one.interaction_id for one in dials).values())
            assert all(count == 1 for count in Counter(one.leg for one in dials).values())
            for dial in dials:
                attempt = self.bench.disk["attempts"][dial.order_id.removeprefix("dial-")]
                assert attempt.permit_id == dial.permit_id
                assert attempt.dialed_at is not None
                assert self.bench.office.permits[dial.permit_id].attempt_id == attempt.id
        rung = [one for one in self.bench.sent if isinstance(one, RingDialler)]
        assert all(count == 1 for count in Counter(one.leg for one in rung).values())
        sent = {one.order_id for one in self.bench.sent}
        for attempt in self.bench.disk["attempts"].values():
            assert (attempt.dialed_at is not None) is (f"dial-{attempt.id}" in sent)
            assert attempt.state not in SENT or attempt.permit_id

    @invariant()
    def p7_what_is_dialled_is_what_the_office_allowed_then(self) -> None:
        for dial in self.bench.switch.dialled:
            permit = self.bench.office.permits[dial.permit_id]
            assert dial.number == permit.number
            assert dial.number != LISTED
            assert not warnings(local_times(examine(dial.number, "ES").zones, permit.at))
        most = Counter(dial.number for dial in self.bench.switch.dialled)
        assert all(count <= MOST_A_DAY for count in most.values())

    @invariant()
    def nobody_is_reserved_for_two_things(self) -> None:
        calling = Counter(one.agent_id for one in self.state.attempts if self.keeps_its_agent(one))
        assert all(count == 1 for count in calling.values())
        for offer in self.state.offers:
            assert offer.ended_at is not None or offer.agent_id not in calling

    def keeps_its_agent(self, attempt: Attempt) -> bool:
        """A dial has its agent until it is let go; once both talk, as long as the agent's part in the call lasts. The
        attempt outlives that part: its number may wait in the queue, or talk with somebody else, and is not free."""
        if attempt.ended_at is not None or attempt.state is AttemptState.ending:
            return False
        parts = self.state.stints.where("leg", attempt.leg)
        return attempt.state is not AttemptState.bridged or any(one.state is not StintState.done for one in parts)
