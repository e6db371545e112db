"""Clocks that are set while all goes on, for the model: lengths stay right, and timers neither storm nor stall."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from kernel.once import KEPT, AnswersAreOld
from routing.opening import OpeningDue
from routing.resuming import KEPT_LONGER
from routing.returning import PlaceDue
from routing.wrapping import LEFT_BEHIND
from tests.unit.routing.bench import QUEUE, Bench

HOUR, TEN_MINUTES = 3600.0, 600.0
LONGEST = timedelta(seconds=LEFT_BEHIND + QUEUE.wrap_extensions * QUEUE.wrap_extend_seconds)
"""A wrap-up that was left behind and extended as often as may be. No timer of the engine is set further ahead, but for
those in LONGER."""
MOST_AT_ONCE = 60
"""Deadlines that may come in half a second; what runs here has some forty rows at most."""


LONGER = {
    AnswersAreOld.__name__: KEPT + timedelta(hours=2),
    PlaceDue.__name__: timedelta(seconds=QUEUE.resume_seconds) + KEPT_LONGER,
}
"""Answers are kept for a day, a place that was given up for who calls again while we are away."""


class Clocks(RuleBasedStateMachine):
    """The wall clock an hour wrong either way, the switch's own ten minutes."""

    bench: Bench
    state: Any

    def __init__(self) -> None:
        super().__init__()
        self.read: datetime | None = None
        self.arrivals: dict[str, tuple[float, int]] = {}
        self.lives = 0
        self.switch_set = 0.0

    @rule(ahead=st.sampled_from((HOUR, 0.0, -HOUR)))
    def somebody_sets_the_clock(self, ahead: float) -> None:
        self.bench.machine.ahead = ahead

    @rule(ahead=st.sampled_from((TEN_MINUTES, 0.0, -TEN_MINUTES)))
    def somebody_sets_the_clock_of_the_switch(self, ahead: float) -> None:
        self.bench.switch.ahead = ahead
        self.switch_set = 2 * TEN_MINUTES

    @invariant()
    def time_never_runs_backwards(self) -> None:
        now = self.bench.at
        assert self.read is None or now >= self.read
        self.read = now
        journal = self.bench.journal
        assert all(one.at <= other.at for one, other in zip(journal[-40:], journal[-39:], strict=False))

    @invariant()
    def timers_neither_storm_nor_stall(self) -> None:
        assert self.bench.storm <= MOST_AT_ONCE
        for deadline in self.bench.core.deadlines:
            if deadline.type == OpeningDue.__name__:  # hours may not turn for days
                continue
            assert deadline.at - self.bench.at <= LONGER.get(deadline.type, LONGEST), deadline

    @invariant()
    def waits_are_as_long_as_they_were(self) -> None:
        """Within one life of the platform to one in a hundred; over a restart, or told by a switch whose clock was
        set, at most as wrong as that clock, and never negative."""
        now = self.bench.switch.now
        wrong = self.switch_set if self.switch_set else 1.0  # the switch tells whole seconds
        for interaction in self.state.interactions:
            seen, life = self.arrivals.setdefault(interaction.id, (now, self.lives))
            waited = (self.bench.at - interaction.arrived_at).total_seconds()
            assert waited >= 0
            if life == self.lives:
                leg = self.bench.switch.legs.get(interaction.leg)
                assert leg is None or leg.role != "caller" or waited <= (now - leg.born) * 1.01 + wrong
                assert waited >= (now - seen) * 0.99 - 0.01
