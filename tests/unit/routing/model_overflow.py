"""Callers who are sent on, for the model: whatever is set up and whatever breaks, nobody stays whose time to go has
come, nobody is torn out of an offer, and the indexes are true."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from cti.orders import RingOutside
from kernel.codec import plain
from routing.destinations import reachable
from routing.headcount import asks, doing, facts
from routing.overflow import Overflow
from routing.overflowlines import Lines, movable
from routing.rows import InteractionState
from routing.setupmessages import ChangeSetUp
from routing.state import State
from routing.teamwork import Edit
from routing.tiers import Destination, EmptyRules, Factor, Goes, Tier, When
from tests.unit.routing.bench import Bench

PARTNER = "+34911222333"
OUT = Destination(Goes.outside, number=PARTNER)
MAIN = Destination(Goes.queue, queue_id="main")
TIERS: tuple[tuple[Tier, ...], ...] = (
    (),
    (Tier(When.waited, 4, to=MAIN),),
    (Tier(When.nobody_ready, 2, to=MAIN),),
    (Tier(When.service_level, 1, percent=90, to=MAIN), Tier(When.waited, 30, to=MAIN)),
    (Tier(When.expected_wait, 3, to=MAIN),),
    (Tier(When.waited, 2, to=OUT),),
    (Tier(When.waited, 2, to=OUT), Tier(When.waited, 12, to=MAIN)),
)
RULES = (
    EmptyRules(),
    EmptyRules(join=(Factor.all_busy, Factor.none_signed_in), join_to=MAIN),
    EmptyRules(leave=(Factor.nobody_ready, Factor.all_paused), leave_to=MAIN, grace_seconds=3),
)


class SentOn(RuleBasedStateMachine):
    """The queue beside the main one sends callers on to that; everybody serves both."""

    bench: Bench
    state: Any

    @precondition(lambda self: self.bench.alive)
    @rule(tiers=st.sampled_from(TIERS), rules=st.sampled_from(RULES))
    def ways_out_are_set_up(self, tiers: tuple[Tier, ...], rules: EmptyRules) -> None:
        values = {"overflow": [plain(one) for one in tiers], "empty": plain(rules)}
        self.bench.take(ChangeSetUp(actor="adm", edits=(Edit("queue", "other", {"name": "Other", **values}),)))

    @invariant()
    def p3_an_outside_number_is_dialled_once_under_a_permit_that_was_committed_before(self) -> None:
        for dials in (self.bench.switch.outside, [one for one in self.bench.sent if isinstance(one, RingOutside)]):
            for name in ("permit_id", "leg", "order_id"):
                assert all(count == 1 for count in Counter(getattr(one, name) for one in dials).values())
            for dial in dials:
                row = self.bench.disk["outside_dials"][dial.order_id.removeprefix("outside-")]
                assert (row.permit_id, row.dialed_at is not None) == (dial.permit_id, True)
                assert self.bench.office.permits[dial.permit_id].attempt_id == row.id
                assert dial.number == PARTNER

    @invariant()
    def for_whom_an_outside_number_is_called_nobody_else_is_rung(self) -> None:
        for dial in self.state.outside:
            assert dial.ended_at is None
            live = [one for one in self.state.live_offers(dial.interaction_id) if one.ended_at is None]
            assert not live, (dial, live)

    @invariant()
    def nobody_stays_whose_time_to_go_has_come(self) -> None:
        if not self.bench.alive or not self.state.line_up or self._something_is_due():
            return
        for caller in self.state.interactions.where("state", InteractionState.queued):
            if not movable(self.state, caller):
                continue
            queue, since = self.state.queue_of(caller), caller.in_queue_since
            for nth, tier in enumerate(queue.overflow):
                if tier.when is When.waited and nth not in caller.tiers and self._leads_on(tier, queue.id):
                    assert self.bench.at < since + timedelta(seconds=tier.seconds), (caller, tier)

    def _leads_on(self, tier: Tier, queue_id: str) -> bool:
        return tier.to is None or reachable(self.state, queue_id, tier.to, self.bench.at)

    def _something_is_due(self) -> bool:
        due = self.bench.core.next_due()
        return due is not None and due <= self.bench.at

    @invariant()
    def what_is_missing_in_a_queue_is_what_its_people_do(self) -> None:
        if not self.bench.alive:
            return
        doings = [doing(agent) for agent in self.state.agents]
        counted = facts({one: doings.count(one) for one in doings})
        for queue in self.state.queues:
            lack = self.state.lacks.get(queue.id)
            assert (lack is not None) == asks(queue), queue
            for factor in Factor if lack is not None else ():
                assert (lack.since(factor) is not None) == counted[factor], (factor, counted, lack)

    @invariant()
    def the_lines_of_those_who_can_be_sent_on_are_what_new_ones_would_be(self) -> None:
        if not self.bench.alive or not self.state.line_up:
            return
        (handler,) = [one for one in self.bench.core.handlers if isinstance(one, Overflow)]
        kept = handler._lines
        again = State()
        new = Lines(again)
        for old, fresh in zip(self.state.shelves, again.shelves, strict=True):
            fresh.load(list(old))
        for caller in again.interactions:
            queue = again.queue_of(caller)
            if movable(again, caller) and (queue.overflow or queue.empty.join or queue.empty.leave):
                new.file(caller, queue)
        if not kept.waits:
            assert kept._filed == new._filed
