"""What callers are told, for the model: never a worse figure than before, only while they wait and nobody is asked to
take them, whatever breaks."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from routing.announcements import Announce
from routing.announcing import CallerTold
from routing.rows import InteractionState
from tests.unit.routing.bench import Bench

WAITS = (InteractionState.queued, InteractionState.dismissed)


class Announcing(RuleBasedStateMachine):
    """Reads what was committed."""

    bench: Bench
    state: Any

    def __init__(self) -> None:
        super().__init__()
        self.told_to = 0
        self.told: dict[str, CallerTold] = {}
        self.positions: dict[str, int] = {}
        self.minutes: dict[str, int] = {}

    @precondition(lambda self: self.bench.alive)
    @rule(position=st.booleans(), wait=st.booleans(), welcome=st.sampled_from((None, "closed")))
    def callers_are_to_be_told(self, position: bool, wait: bool, welcome: str | None) -> None:
        announce = Announce(welcome, position, wait, first_seconds=0, every_seconds=15)
        self.bench.set_up(replace(self.state.queues["main"], announce=announce))

    @rule(mute=st.booleans())
    def the_switch_has_no_sounds(self, mute: bool) -> None:
        self.bench.switch.mute = mute

    @invariant()
    def nobody_is_told_a_worse_figure(self) -> None:
        for published in self.bench.published[self.told_to :]:
            for event in published.events:
                if isinstance(event, CallerTold):
                    self._check(event)
        self.told_to = len(self.bench.published)

    def _check(self, event: CallerTold) -> None:
        assert event.sounds
        for kept, now in ((self.positions, event.position), (self.minutes, event.minutes)):
            if now is not None:
                assert now <= kept.get(event.interaction_id, now), "a worse figure than was told before"
                kept[event.interaction_id] = now

    @invariant()
    def something_is_said_only_to_who_waits_alone(self) -> None:
        for one in self.state.interactions:
            if one.told.step is not None and one.ended_at is None:
                assert one.state in WAITS, one.state
                assert not [offer for offer in self.state.live_offers(one.id) if offer.ended_at is None]
