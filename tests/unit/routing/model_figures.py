"""Figures on screens and for Prometheus, held against the log alone, for the model (P5)."""

from __future__ import annotations

from collections import Counter
from typing import Any

from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from agent_desktop.ports import State
from agent_desktop.projection import Projection
from cti.events import CallerInFallback, CallerWaits, Joined
from kernel.codec import plain
from kernel.core import Core
from kernel.messages import Event
from routing.attempts import Attempt
from routing.dialling import DialEnded, DialRefused
from routing.dismissal import CallerDismissed
from routing.messages import InteractionEnded, OfferEnded
from server.figures import OVER, Tally
from server.platform import make_core
from server.ports import plain_batch
from server.replay import replay
from tests.unit.routing.bench import Bench


class Log:
    """What the journal's events alone say: who waits since when, and what ended how."""

    def __init__(self) -> None:
        self.read = 0
        self.waits: set[str] = set()
        self.talks: set[str] = set()
        self.offers: Counter[str] = Counter()
        self.dials: Counter[str] = Counter()
        self.refusals: Counter[str] = Counter()

    def follow(self, bench: Bench) -> None:
        for entry in bench.journal[self.read :]:
            if isinstance(entry.message, Event):
                self._say(entry.message)
        self.read = len(bench.journal)

    def _say(self, event: Event) -> None:
        match event:
            case CallerWaits(interaction_id=key):
                self.waits.add(key)
                self.talks.discard(key)
            case CallerInFallback(interaction_id=key):
                if key not in self.talks:
                    self.waits.add(key)
            case CallerDismissed(interaction_id=key):
                self.waits.discard(key)
            case Joined(interaction_id=key):
                self.waits.discard(key)
                self.talks.add(key)
            case InteractionEnded(interaction_id=key):
                self.waits.discard(key)
                self.talks.discard(key)
            case OfferEnded(state=state):
                self.offers[state] += 1
            case _:
                self._say_of_dials(event)

    def _say_of_dials(self, event: Event) -> None:
        if isinstance(event, DialEnded):
            self.dials[event.outcome] += 1
        elif isinstance(event, DialRefused):
            self.refusals[event.error] += 1


class Figures(RuleBasedStateMachine):
    """A screen that has heard every commit, and the counters of a process that never died."""

    bench: Bench
    state: Any

    def __init__(self) -> None:
        super().__init__()
        self.log = Log()
        self.tally = Tally()
        self.screen = Projection()
        self.told = 0
        self.again = make_core()[0]
        self.made = 0

    def journal_again(self) -> Core:
        """What the journal makes again, as far as it goes: each line is taken once, not anew each time."""
        assert list(replay(self.bench.journal[self.made :], self.again)) == []
        self.made = len(self.bench.journal)
        return self.again

    @invariant()
    def p5_figures_are_what_the_log_says(self) -> None:
        for published in self.bench.published[self.told :]:
            self.screen.apply(plain_batch(published))
            self.tally.heard(published)
        self.told = len(self.bench.published)
        self.log.follow(self.bench)
        assert sum(queue["waiting"] for queue in self.screen.board.queues()) == len(self.log.waits)
        assert {row["id"] for row in self.screen.interactions() if row["state"] in ("active", "held")} <= self.log.talks
        assert self.tally.dials == self.log.dials
        assert self.tally.refusals == self.log.refusals
        counted = {state: self.tally.ended["offers", state] for state in OVER["offers"]}
        settled = [one for one in self.bench.disk["offers"].values() if one.state == "accepted" and one.ended_at]
        assert counted == {state: self.log.offers[state] for state in counted} | {"accepted": len(settled)}

    @invariant()
    def the_last_dial_of_each_agent_is_shown(self) -> None:
        """However late those before it end."""
        self.p5_figures_are_what_the_log_says()
        last: dict[str, Attempt] = {}
        for one in sorted(self.bench.disk["attempts"].values(), key=lambda one: (one.asked_at, one.id)):
            last[one.agent_id] = one
        assert self.screen.rows("attempts") == sorted(map(plain, last.values()), key=lambda row: row["id"])

    @precondition(lambda self: self.bench.alive)
    @rule()
    def a_screen_is_opened_anew(self) -> None:
        """What it shows is what those show that were open all the time, and what the journal makes again."""
        core = self.journal_again()
        seq, shelves = core.seq, core.shelves
        rows = {name: {row.id: plain(row) for row in shelf} for name, shelf in shelves.items()}
        fresh = Projection()
        fresh.reset(State(seq, rows))
        self.p5_figures_are_what_the_log_says()
        assert fresh.board.queues() == self.screen.board.queues()
        for name in ("agents", "interactions", "offers"):
            assert fresh.rows(name) == self.screen.rows(name), name
