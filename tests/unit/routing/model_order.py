"""The order of the queue, for the model (P1): nobody is passed over but for who was picked by hand, and no place gets
later, whatever breaks. It reads
what was committed, commit by commit, and nothing of how an agent is found."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from kernel.engine import Published
from routing.messages import OfferMade
from routing.outsiderows import OutsideDial
from routing.rows import Interaction, InteractionState, Offer
from routing.state import came
from tests.unit.routing.bench import AGENTS, Bench


class Waiting:
    """Callers and their offers as the commits tell them; `wrongs` is whatever was out of order in one of them."""

    def __init__(self) -> None:
        self.callers: dict[str, Interaction] = {}
        self.offers: dict[str, Offer] = {}
        self.outside: dict[str, OutsideDial] = {}
        self.wrongs: list[str] = []
        self.before: set[str] = set()

    def heard(self, published: Published) -> None:
        """Who is free only since this commit may be so since after the offer in it: a turn matches more than once."""
        if any(isinstance(event, OfferMade) for event in published.events):
            self.before = {one.id for one in self._free()}
        for change in published.changes:
            if change.shelf == "interactions" and isinstance(change.row, Interaction):
                self._place(change.row)
                self.callers[change.key] = change.row
            elif change.shelf == "offers" and isinstance(change.row, Offer):
                self.offers[change.key] = change.row
            elif change.shelf == "outside_dials" and isinstance(change.row, OutsideDial):
                self.outside[change.key] = change.row
        for event in published.events:
            if isinstance(event, OfferMade) and not event.picked:
                self._offered(self.callers[event.interaction_id], event.agent_id, published)

    def _place(self, row: Interaction) -> None:
        before = self.callers.get(row.id)
        if before is not None and before.place is not None and (row.place is None or row.place > before.place):
            self.wrongs.append(f"{row.id} had the place {before.place} and now {row.place}")

    def _offered(self, caller: Interaction, agent: str, published: Published) -> None:
        if caller.direction != "inbound":
            return
        waiting = [one for one in self._free() if one.id in self.before and _waits_for(one, agent, published.at)]
        earlier = [one.id for one in waiting if one.queue_id == caller.queue_id and _order(one) < _order(caller)]
        if earlier:
            self.wrongs.append(f"{caller.id} was offered before {earlier} in the commit of {published.seq}")

    def _free(self) -> Iterable[Interaction]:
        """Inbound callers who wait, looked up or given up as unknown, and for whom nobody's phone rings."""
        taken = {one.interaction_id for one in self.offers.values() if one.ended_at is None or one.leg_live}
        taken |= {one.interaction_id for one in self.outside.values() if one.ended_at is None}
        for one in self.callers.values():
            waits = one.state is InteractionState.queued and one.match is not None and one.id not in taken
            if waits and one.direction == "inbound":
                yield one


def _waits_for(caller: Interaction, agent: str, at: datetime) -> bool:
    """Whether a caller could have had this agent, and waits for nobody else."""
    alone = caller.prefer_until is not None and at < caller.prefer_until
    return not alone or caller.prefer_agent in (None, agent)


def _order(caller: Interaction) -> tuple[bool, tuple[int, ...]]:
    """Who lost an agent's phone goes before all; then as the switch numbered them, or the call whose place it is."""
    return not caller.front, came(caller.resumed or caller.id)


class Order(RuleBasedStateMachine):
    """Who comes first is served first."""

    bench: Bench
    arrived: int

    def __init__(self) -> None:
        super().__init__()
        self.waiting = Waiting()
        self.seen = 0

    @rule(many=st.integers(len(AGENTS), len(AGENTS) + 2))
    def a_crowd_arrives(self, many: int) -> None:
        """More than there are agents, so that somebody has to wait."""
        for _ in range(many):
            self.arrived += 1
            self.bench.switch.arrive(f"1700000000.{self.arrived}", "")

    @invariant()
    def p1_nobody_is_passed_over_and_no_place_gets_later(self) -> None:
        for published in self.bench.published[self.seen :]:
            self.waiting.heard(published)
        self.seen = len(self.bench.published)
        assert not self.waiting.wrongs, self.waiting.wrongs
