"""Hours, for the model: queues close and opens while all goes on. Who came before is served, who comes while it
is closed is told so, and both survive whatever breaks."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from routing.dismissal import CallerDismissed
from routing.hoursrows import WEEKDAYS, business_hours
from routing.messages import InteractionQueued
from routing.setupmessages import ChangeSetUp
from routing.teamwork import Edit
from tests.unit.routing.bench import Bench
from tests.unit.routing.model_matching import DID

ALWAYS = {day: ["00:00-24:00"] for day in WEEKDAYS}


class Hours(RuleBasedStateMachine):
    """What the engine decided is read off its events, not off its rows."""

    bench: Bench
    state: Any
    arrived: int

    def __init__(self) -> None:
        super().__init__()
        self.entered: set[str] = set()
        self.heard_of = 0

    @precondition(lambda self: self.bench.alive)
    @rule(when=st.sampled_from(("open", "closed", "closes", "none")), on=st.booleans())
    def somebody_sets_the_hours(self, when: str, on: bool) -> None:
        """Of the queue to which callers come: closed for some days, or closing with the next minute; who comes then is
        turned away, or goes on to another."""
        queue = self.state.entered_by(DID)
        to = {"kind": "hang_up", "announcement_id": "closed"}
        if on:
            to = {"kind": "queue", "queue_id": "main" if queue == "other" else "other"}
        hours = Edit("hours", "office", {"name": "Office", "zone": "UTC", "weekly": self._weekly(when)})
        changes = {"hours_id": None if when == "none" else "office", "closed": {"to": to}}
        self.bench.take(ChangeSetUp(actor="adm", edits=(hours, Edit("queue", queue, changes))))

    @precondition(lambda self: self.bench.linked)
    @rule(on=st.booleans(), number=st.sampled_from(("", "+34600111222")), heard=st.booleans())
    def somebody_comes_while_it_is_closed(self, on: bool, number: str, heard: bool) -> None:
        self.somebody_sets_the_hours("closed", on)
        self.arrived += 1
        self.bench.switch.arrive(f"1700000000.{self.arrived}", number)
        if heard:
            self.bench.hear()

    def _weekly(self, when: str) -> dict[str, list[str]]:
        now = self.bench.at
        if when in ("open", "none"):
            return ALWAYS
        if when == "closed":
            return {WEEKDAYS[(now.weekday() + 3) % 7]: ["00:00-24:00"]}
        soon = now + timedelta(minutes=1)
        until = f"{soon:%H:%M}" if soon.date() == now.date() else "24:00"
        return {WEEKDAYS[now.weekday()]: [f"00:00-{until}"]}

    def no_hours_any_more(self) -> None:
        edits = [Edit("queue", one.id, {"hours_id": None}) for one in self.state.queues if one.active]
        if "office" in self.state.hours:
            edits.append(Edit("hours", "office", None))
        self.bench.take(ChangeSetUp(actor="adm", edits=tuple(edits)))

    @invariant()
    def nobody_who_entered_the_queue_is_turned_away_because_it_closed(self) -> None:
        for published in self.bench.published[self.heard_of :]:
            for event in published.events:
                if isinstance(event, InteractionQueued):
                    self.entered.add(event.interaction_id)
                elif isinstance(event, CallerDismissed) and event.reason == "closed":
                    assert event.interaction_id not in self.entered
        self.heard_of = len(self.bench.published)

    @invariant()
    def what_is_shown_of_hours_is_so(self) -> None:
        """But for the moment between a change's time and its deadline's turn."""
        for hours in self.state.hours:
            shown, now = self.state.openings[hours.id], self.bench.at
            if shown.changes_at is None or now < shown.changes_at:
                assert shown.open is business_hours(hours, {}).is_open(now)
            if self.bench.alive and shown.changes_at is not None:
                assert self.bench.core.deadlines[f"opening-{hours.id}"].at == shown.changes_at

    @invariant()
    def whoever_is_turned_away_has_an_end_that_comes(self) -> None:
        for caller in self.state.interactions:
            if caller.state == "dismissed" and self.bench.alive:
                assert caller.dismissal is not None
                assert self.bench.core.deadlines.get(f"dismissed-{caller.id}") or not self.state.line_up, caller
