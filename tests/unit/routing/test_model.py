"""The whole engine under random calls, people and faults: nobody is lost, joined twice, or left stuck."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, precondition, rule

from cti.facts import Device, Place
from routing.messages import (
    DeclineOffer,
    DeskSeen,
    ExtendWrapUp,
    FinishWrapUp,
    HangUpCall,
    HoldCall,
    OfferRendered,
    ResumeCall,
    SetPresence,
    SignInAgent,
    SignOutAgent,
)
from routing.queuerows import Strategy, WrapMode
from routing.rows import Duty, InteractionState, Match, OfferState, Presence, Reach, Stint, StintState
from routing.standing import standing_of
from tests.unit.routing.bench import AGENTS, PHONES, QUEUE, Bench
from tests.unit.routing.little_legs import by_the_switch
from tests.unit.routing.model_announcing import Announcing
from tests.unit.routing.model_clocks import Clocks
from tests.unit.routing.model_dialling import Dialling
from tests.unit.routing.model_figures import Figures
from tests.unit.routing.model_hours import Hours
from tests.unit.routing.model_matching import Matching
from tests.unit.routing.model_order import Order
from tests.unit.routing.model_overflow import SentOn
from tests.unit.routing.model_picking import Picking
from tests.unit.routing.model_returning import Returning

pytestmark = pytest.mark.unit

NTH = st.integers(0, 5)
ON_CALL = (StintState.joined, StintState.held)
S = InteractionState
EMPTIED = ("offers", "stints", "legs", "deadlines", "recordings", "attempts", "given_up_places", "outside_dials")
LOADED = ("interactions", "agents", "phone_leases", "queue_recent", *EMPTIED)


class Model(Dialling, Clocks, Figures, Matching, Returning, Order, Picking, SentOn, Hours, Announcing):
    """Rules are what people, the network and time do; what the platform does in between is checked."""

    def __init__(self) -> None:
        super().__init__()
        self.bench = Bench()
        self.arrived = 0
        self.acknowledged: list[str] = []

    @property
    def state(self) -> Any:
        return self.bench.rooms.routing

    @initialize(strategy=st.sampled_from(Strategy))
    def the_queue_rings(self, strategy: Strategy) -> None:
        self.bench.set_up(replace(QUEUE, strategy=strategy))

    @precondition(lambda self: self.bench.alive)
    @rule(strategy=st.sampled_from(Strategy), mode=st.sampled_from(WrapMode), wrap=st.sampled_from((0, 20)))
    def the_queue_is_set_up_anew(self, strategy: Strategy, mode: WrapMode, wrap: int) -> None:
        self.bench.set_up(replace(QUEUE, strategy=strategy, wrap_mode=mode, wrap_seconds=wrap))

    @precondition(lambda self: self.bench.alive)
    @rule(agent=st.sampled_from(AGENTS), is_open=st.booleans())
    def a_desk_is_opened_or_closed(self, agent: str, is_open: bool) -> None:
        self.bench.take(DeskSeen(actor=agent, agent_id=agent, open=is_open, grace=15))

    # ── people ──────────────────────────────────────────────────────────────────────────────────────────

    @rule(number=st.sampled_from(("", "+34600111222", "+34600333444")))
    def a_caller_arrives(self, number: str) -> None:
        self.arrived += 1
        self.bench.switch.arrive(f"1700000000.{self.arrived}", number)

    @precondition(lambda self: self.bench.callers())
    @rule(nth=NTH)
    def a_caller_leaves(self, nth: int) -> None:
        callers = self.bench.callers()
        self.bench.switch.caller_leaves(callers[nth % len(callers)])

    @precondition(lambda self: any(not leg.up for leg in self.bench.agent_legs()))
    @rule(nth=NTH)
    def a_phone_answers(self, nth: int) -> None:
        ringing = [leg for leg in self.bench.agent_legs() if not leg.up]
        self.bench.switch.answer(ringing[nth % len(ringing)])

    @precondition(lambda self: any(not leg.up for leg in self.bench.agent_legs()))
    @rule()
    def all_phones_answer_at_once(self) -> None:
        """Nobody hears of the others' answers before the own."""
        for leg in [leg for leg in self.bench.agent_legs() if not leg.up]:
            if leg.id in self.bench.switch.legs:
                self.bench.switch.answer(leg)

    @precondition(lambda self: self.bench.agent_legs())
    @rule(nth=NTH, lost=st.booleans(), cause=st.sampled_from((16, 17, 19, 20, 21, 34)))
    def an_agents_leg_ends(self, nth: int, lost: bool, cause: int) -> None:
        legs = self.bench.agent_legs()
        leg = legs[nth % len(legs)]
        self.bench.switch.agent_leg_ends(leg, cause if not leg.up else 44 if lost else 16)

    @rule(phone=st.sampled_from(PHONES), device=st.sampled_from((Device.lost, Device.reachable)))
    def a_phone_comes_or_goes(self, phone: str, device: Device) -> None:
        self.bench.switch.device(phone, device)

    @rule(phone=st.sampled_from(PHONES), silent=st.booleans())
    def a_phones_contact_goes(self, phone: str, silent: bool) -> None:
        self.bench.switch.contact_goes(phone, silent)

    @precondition(lambda self: self.bench.alive)
    @rule(agent=st.sampled_from(AGENTS), presence=st.sampled_from((Presence.ready, Presence.ready, Presence.paused)))
    def an_agent_changes_presence(self, agent: str, presence: Presence) -> None:
        reason = "break" if presence is Presence.paused else None
        self.bench.take(SetPresence(actor=agent, agent_id=agent, presence=presence, reason=reason))

    @precondition(lambda self: self.bench.alive)
    @rule(agent=st.sampled_from(AGENTS), leaves=st.booleans())
    def an_agent_signs_in_or_out(self, agent: str, leaves: bool) -> None:
        if leaves:
            self.bench.take(SignOutAgent(actor=agent, agent_id=agent))
        else:
            self.bench.take(SignInAgent(actor=agent, agent_id=agent, name=agent.title()))

    @precondition(lambda self: self.bench.alive and len(self.state.offers))
    @rule(nth=NTH, kind=st.sampled_from((OfferRendered, OfferRendered, DeclineOffer)))
    def an_agent_answers_an_offer_on_screen(self, nth: int, kind: Any) -> None:
        offers = list(self.state.offers)
        offer = offers[nth % len(offers)]
        self.bench.take(kind(actor=offer.agent_id, offer_id=offer.id))

    @precondition(lambda self: self.bench.alive and len(self.state.stints))
    @rule(nth=NTH, kind=st.sampled_from((HoldCall, ResumeCall, HangUpCall, FinishWrapUp, ExtendWrapUp)))
    def an_agent_works_on_a_call(self, nth: int, kind: Any) -> None:
        stints = list(self.state.stints)
        stint = stints[nth % len(stints)]
        interaction = self.state.interactions.get(stint.interaction_id)
        more = {"disposition_id": "resolved"} if kind is FinishWrapUp else {}
        done = self.bench.take(kind(actor=stint.agent_id, interaction_id=stint.interaction_id, **more))
        if done and kind is FinishWrapUp:
            self.acknowledged.append(stint.id)
        if done and kind is HangUpCall and interaction is not None:
            self.bench.switch.meant.add(interaction.leg)

    # ── the machinery ───────────────────────────────────────────────────────────────────────────────────

    @precondition(lambda self: self.bench.inbox)
    @rule(most=st.integers(1, 4))
    def the_engine_hears(self, most: int) -> None:
        self.bench.hear(most)

    @precondition(lambda self: self.bench.alive and self.bench.busy_lanes())
    @rule(nth=NTH)
    def the_switch_acts(self, nth: int) -> None:
        lanes = self.bench.busy_lanes()
        self.bench.act(lanes[nth % len(lanes)])

    @precondition(lambda self: self.bench.alive and self.bench.busy_lanes())
    @rule()
    def the_switch_swallows_an_order_to_ring(self) -> None:
        self.bench.swallow()

    @precondition(lambda self: self.bench.swallowed)
    @rule()
    def the_switch_does_late_what_it_swallowed(self) -> None:
        self.bench.spit_out()

    @rule()
    def all_that_is_under_way_happens(self) -> None:
        self.bench.pump()

    @rule(seconds=st.sampled_from((0.5, 0.5, 2.0, 4.0, 12.0, 30.0)))
    def time_passes(self, seconds: float) -> None:
        self.bench.wait(seconds)

    @precondition(
        lambda self: (
            any(leg.place is Place.fallback for leg in self.bench.customers())
            and any(self.bench.switch.free(phone) for phone in PHONES)
        )
    )
    @rule(nth=NTH)
    def the_fallback_queue_rings(self, nth: int) -> None:
        callers = [leg for leg in self.bench.customers() if leg.place is Place.fallback]
        free = [phone for phone in PHONES if self.bench.switch.free(phone)]
        self.bench.switch.fallback_rings(callers[nth % len(callers)], free[nth % len(free)])

    # ── faults ──────────────────────────────────────────────────────────────────────────────────────────

    @precondition(lambda self: self.bench.linked)
    @rule(executed=st.booleans())
    def the_link_is_cut(self, executed: bool) -> None:
        self.bench.cut(executed)

    @precondition(lambda self: self.bench.alive and not self.bench.linked)
    @rule()
    def the_link_is_back(self) -> None:
        self.bench.link()

    @precondition(lambda self: self.bench.alive)
    @rule(executed=st.booleans())
    def the_platform_is_killed(self, executed: bool) -> None:
        self.bench.kill(executed)

    @precondition(lambda self: not self.bench.alive)
    @rule()
    def the_platform_starts(self) -> None:
        self.lives, self.read = self.lives + 1, None  # what was not committed is read again
        self.bench.start()
        self.bench.link()

    @precondition(lambda self: self.bench.alive)
    @rule(seconds=st.sampled_from((1.0, 5.0, 40.0)))
    def the_platform_is_dead_for_a_while(self, seconds: float) -> None:
        """Deadlines come that nobody hears."""
        self.bench.kill()
        self.bench.wait(seconds)
        self.the_platform_starts()

    # ── what always holds ───────────────────────────────────────────────────────────────────────────────

    @invariant()
    def nobody_is_lost_or_taken_from_a_talk(self) -> None:
        assert not self.bench.switch.wrongs, self.bench.switch.wrongs

    @invariant()
    def a_caller_has_one_offer_or_several_shared_and_an_agent_one_reservation(self) -> None:
        live = [offer for offer in self.state.offers if offer.ended_at is None]
        assert len({offer.agent_id for offer in live}) == len(live)
        for offer in live:
            others = [one for one in live if one.interaction_id == offer.interaction_id and one.id != offer.id]
            assert not others or (offer.shared and all(one.shared for one in others))
            assert not others or offer.state is OfferState.pending, "the others are rescinded with the first answer"

    @invariant()
    def what_people_see_of_an_agent_is_what_it_is(self) -> None:
        for agent in self.state.agents:
            offers, stints = (shelf.where("agent_id", agent.id) for shelf in (self.state.offers, self.state.stints))
            assert agent.standing is standing_of(agent, offers, stints)

    @invariant()
    def p2_a_caller_talks_to_one_agent_and_an_agent_to_one_caller(self) -> None:
        talks = [one for one in self.state.stints if one.state in ON_CALL]
        for whose in ("agent_id", "interaction_id"):
            assert len({getattr(one, whose) for one in talks}) == len(talks), (whose, talks)

    @invariant()
    def what_an_agent_does_has_its_reason(self) -> None:
        for agent in self.state.agents:
            parts = self.state.stints.where("agent_id", agent.id)
            stints = [one.state for one in parts]
            talks, wraps = sum(one in ON_CALL for one in stints), stints.count(StintState.wrapping)
            offers = self.state.offers.where("agent_id", agent.id)
            calls = [one for one in self.state.attempts if one.agent_id == agent.id and self.keeps_its_agent(one)]
            if agent.duty is Duty.reserved:
                assert len(offers) + len(calls) == 1, f"{agent.id} is reserved for {offers} and {calls}"
            else:
                assert all(one.ended_at for one in offers), f"{agent.id} is {agent.duty} and offered a call"
            assert talks == (agent.duty is Duty.busy), f"{agent.id} is {agent.duty} with {talks} talks"
            wrapping = wraps > 0 and not talks
            assert wrapping == (agent.duty is Duty.wrapping), f"{agent.id} is {agent.duty} with {wraps} wrap-ups"
            ours = [one for one in parts if one.state is not StintState.done and not by_the_switch(one.leg)]
            assert len(ours) <= 1, f"only the switch's own queue rings {agent.id} in a wrap-up, not we: {ours}"
            if agent.duty is Duty.idle:
                assert not [one for one in stints if one is not StintState.done], f"{agent.id} is idle on a call"

    @invariant()
    def what_a_start_would_load_is_what_is_in_memory(self) -> None:
        if not self.bench.alive:
            return
        kept = self.bench.kept()
        for name in LOADED:
            rows = [row for row in self.bench.core.shelves[name] if not _forgotten(row)]
            assert rows == sorted(kept.get(name, []), key=lambda row: row.id), name

    @invariant()
    def what_the_journal_makes_again_is_what_is_in_memory(self) -> None:
        again = self.journal_again()
        for name, shelf in self.bench.core.shelves.items():
            made = [row for row in again.shelves[name] if not _forgotten(row)]
            assert made == [row for row in shelf if not _forgotten(row)], name

    @invariant()
    def p4_what_was_acknowledged_is_on_the_disk_whatever_died_since(self) -> None:
        for stint_id in self.acknowledged:
            row = self.bench.disk["stints"][stint_id]
            assert (row.state, row.disposition_id) == (StintState.done, "resolved")

    @invariant()
    def p6_each_offer_says_of_every_agent_why_or_why_not(self) -> None:
        for offer in self.state.offers:
            considered = self.bench.choices[offer.choice_id]
            verdicts = {one.agent_id: one for one in considered}
            assert verdicts.keys() == {agent.id for agent in self.state.agents}
            assert verdicts[offer.agent_id].verdict == "chosen"
            assert all(one.reason for one in considered)

    def teardown(self) -> None:
        """Everything comes to rest, and the platform agrees with the switch; then everybody leaves."""
        bench = self.bench
        bench.start()
        bench.link()
        bench.wait(2)
        self.no_hours_any_more()
        self._what_was_asked_is_done_or_told()
        for leg in bench.callers():
            ix = self.state.interactions[leg.ix]
            assert ix.match is (Match.known if ix.number else Match.withheld)
        for leg in bench.customers():
            ix = self.state.interactions[leg.ix]
            assert ix.ended_at is None
            if leg.peer:
                assert ix.state is S.active
            elif leg.place is Place.fallback:
                assert bench.companions(leg), "left in the fallback queue although nobody rings there"
            elif leg.place is Place.waiting:
                assert ix.state in (S.queued, S.offered, S.dismissed), ix
        for leg in bench.customers():
            bench.switch.caller_leaves(leg)
        bench.wait(1)
        for leg in bench.agent_legs():
            bench.switch.agent_leg_ends(leg, 16)
        bench.wait(1)
        self._wrap_up()
        bench.wait(200)
        bench.wait(600, step=60)
        self.nobody_is_lost_or_taken_from_a_talk()
        sizes = {name: len(bench.core.shelves[name]) for name in bench.core.shelves}
        for name in ("interactions", *EMPTIED):
            assert sizes[name] == 0, (name, list(bench.core.shelves[name]))
        self._everybody_is_free()
        for name, shelf in bench.core.shelves.items():  # P5: what lives is what the journal makes again
            assert list(self.journal_again().shelves[name]) == list(shelf), name
        self.p5_figures_are_what_the_log_says()
        self.p1_nobody_is_passed_over_and_no_place_gets_later()

    def _what_was_asked_is_done_or_told(self) -> None:
        """P4 of commands: a kill forgets nothing that an agent asked of the switch; and no phone rings for nobody."""
        for stint in self.state.stints:
            assert stint.asked is None or stint.state in ON_CALL, stint
            if stint.asked == "hang_up":
                assert stint.leg not in self.bench.switch.legs, "the end that the agent asked for did not come"
        for leg in self.bench.agent_legs():
            if leg.role == "agent" and not leg.up:
                assert self.state.awaited(leg.id) or self.state.offers.where("leg", leg.id), "it rings for nobody"

    def _wrap_up(self) -> None:
        """Where the queue wants an outcome, nobody's time runs out."""
        for stint in [one for one in self.state.stints if one.state is StintState.wrapping]:
            done = FinishWrapUp(actor=stint.agent_id, interaction_id=stint.interaction_id, disposition_id="resolved")
            self.bench.take(done)

    def _everybody_is_free(self) -> None:
        for agent in self.state.agents:
            assert agent.duty is Duty.idle
            away = agent.away_after is not None and agent.device is Reach.lost
            assert agent.presence is Presence.out or not away, "nobody stays in the queue without desk and phone"


def _forgotten(row: Any) -> bool:
    """A stint that nobody asks for any more: it waits only until its offer's leg is gone."""
    return isinstance(row, Stint) and row.state is StintState.done and row.joined_at is None


TestModel = Model.TestCase
TestModel.settings = settings(
    max_examples=200, stateful_step_count=50, deadline=None, suppress_health_check=list(HealthCheck)
)
