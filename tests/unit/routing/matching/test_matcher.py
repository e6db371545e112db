"""The index after any changes decides what a scan of everybody decides, and says of each agent what is true."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from routing.matching.demand import Ability, Caller, Demand, Evaluation, Supply, rank_of, unfit
from routing.matching.matcher import WAITS_FOR_ANOTHER, Matcher
from routing.matching.ranking import PASSED
from routing.matching.why import verdicts
from routing.queuerows import Strategy
from tests.unit.routing.matching import scan
from tests.unit.routing.matching.scan import START

pytestmark = pytest.mark.unit

AGENTS, CALLERS, QUEUES = range(8), range(8), ("q1", "q2")
levels = st.dictionaries(st.sampled_from(("es", "tax")), st.integers(1, 5))
groups = st.frozensets(st.sampled_from(("north", "south")))
demands = st.builds(
    Demand,
    everyone=st.booleans(),
    groups=groups,
    members=st.lists(st.sampled_from([f"a{n:03}" for n in AGENTS]), max_size=3, unique=True).map(tuple),
    skills=levels.map(lambda found: tuple(sorted(found.items()))),
    evaluation=st.sampled_from(Evaluation),
    strategy=st.sampled_from(Strategy),
)
moments = st.integers(-60, 60).map(lambda seconds: START + timedelta(seconds=seconds))
away = st.sampled_from((None, None, None, "busy", "resting", "paused_lunch"))


class Index(RuleBasedStateMachine):
    """Agents and callers come, change and go; now and then somebody is offered to somebody."""

    def __init__(self) -> None:
        super().__init__()
        self.last: dict[str, str] = {}
        self.matcher = Matcher(self.last.get)
        self.agents: dict[str, Supply] = {}
        self.callers: dict[str, Caller] = {}
        self.at = START + timedelta(seconds=61)

    @rule(
        number=st.sampled_from(AGENTS),
        why=away,
        idle=moments,
        calls=st.integers(0, 2),
        can=st.builds(Ability, levels, groups),
    )
    def an_agent_comes_or_changes(self, number: int, why: str | None, idle: Any, calls: int, can: Ability) -> None:
        self.tell(Supply(f"a{number:03}", number, why, idle, can, calls, calls * 7.5))

    @rule(number=st.sampled_from(AGENTS), why=away)
    def an_agent_does_something_else(self, number: int, why: str | None) -> None:
        old = self.agents.get(f"a{number:03}")
        if old is not None:
            self.tell(replace(old, away=why))

    @rule(number=st.sampled_from(AGENTS))
    def an_agent_was_never_there(self, number: int) -> None:
        self.agents.pop(f"a{number:03}", None)
        self.matcher.agent_gone(f"a{number:03}")

    @rule(
        number=st.sampled_from(CALLERS),
        place=moments,
        bonus=st.sampled_from((0, 0, 30)),
        demand=demands,
        only=st.sampled_from((None, None, *(f"a{n:03}" for n in AGENTS))),
        queue=st.sampled_from(QUEUES),
    )
    def a_caller_comes_or_is_moved(
        self, number: int, place: Any, bonus: int, demand: Demand, only: str | None, queue: str
    ) -> None:
        name = f"c{number}"
        rank = rank_of(number == 0, place, bonus, (), name)
        self.callers[name] = Caller(name, rank, demand, only, queue)
        self.matcher.caller_changed(self.callers[name])

    @rule(number=st.sampled_from(CALLERS), demand=demands)
    def a_callers_demand_changes(self, number: int, demand: Demand) -> None:
        old = self.callers.get(f"c{number}")
        if old is not None:
            self.callers[old.id] = replace(old, demand=demand)
            self.matcher.caller_changed(self.callers[old.id])

    @rule(number=st.sampled_from(CALLERS))
    def a_caller_leaves(self, number: int) -> None:
        self.callers.pop(f"c{number}", None)
        self.matcher.caller_gone(f"c{number}")

    @rule(found=st.lists(demands, max_size=3))
    def the_set_up_changes(self, found: list[Demand]) -> None:
        self.matcher.keep(found)

    @rule(queue=st.sampled_from(QUEUES), number=st.sampled_from(AGENTS))
    def the_round_goes_on(self, queue: str, number: int) -> None:
        self.last[queue] = f"a{number:03}"

    @rule()
    def all_who_can_are_offered(self) -> None:
        """Until nobody is left: then no agent is idle while somebody waits whom they can serve."""
        for _ in range(len(self.agents) + 1):
            choice = self.matcher.decide(self.at)
            if choice is None:
                break
            self.last[self.callers[choice.caller].queue] = choice.agents[0]
            for agent_id in choice.agents:
                self.tell(replace(self.agents[agent_id], away="reserved"))
            self.a_caller_leaves(int(choice.caller[1:]))
        for caller in self.callers.values():
            assert scan.candidates(caller, self.agents.values()) == []

    def tell(self, agent: Supply) -> None:
        self.agents[agent.id] = agent
        self.matcher.agent_changed(agent)

    @invariant()
    def it_decides_what_a_scan_decides(self) -> None:
        choice = self.matcher.decide(self.at)
        found = (choice.caller, list(choice.agents)) if choice is not None else None
        assert found == scan.decide(self.callers.values(), self.agents.values(), self.last, self.at)

    @invariant()
    def of_each_caller_it_knows_how_many_are_before_them_whom_the_same_agents_can_serve(self) -> None:
        def fit(demand: Demand) -> set[str]:
            return {one.id for one in self.agents.values() if scan.can(demand, one)}

        for caller in self.callers.values():
            alike = set(self.matcher.alike(caller.demand))
            waits_with = {one.demand for one in self.callers.values()}
            assert alike & waits_with == {one for one in waits_with if fit(one) == fit(caller.demand)}
            before = [one.rank for one in self.callers.values() if one.demand in alike and one.rank < caller.rank]
            assert self.matcher.before(caller.rank, alike) == (len(before), min(before, default=None))
            free = any(one.away is None for one in self.agents.values() if scan.can(caller.demand, one))
            assert self.matcher.somebody_free(caller.demand) == free

    @invariant()
    def of_each_agent_it_says_once_what_is_true(self) -> None:
        choice = self.matcher.decide(self.at)
        if choice is None:
            return
        caller, told = self.callers[choice.caller], list(verdicts(choice.why))
        assert sorted(one.number for one in told) == sorted(one.number for one in self.agents.values())
        names = {agent.number: agent for agent in self.agents.values()}
        assert [names[one.number].id for one in told if one.verdict == "chosen"] == list(choice.agents)
        for one in told:
            agent = names[one.number]
            if one.verdict != "rejected":
                assert agent in scan.candidates(caller, self.agents.values())
                assert (one.verdict == "chosen") == (one.reason == caller.demand.strategy.value)
                assert one.verdict == "chosen" or one.reason in PASSED
                assert one.score is not None
            elif agent.away is not None:
                assert one.reason == agent.away
            elif one.reason == WAITS_FOR_ANOTHER:
                assert caller.only not in (None, agent.id)
                assert scan.can(caller.demand, agent)
            else:
                assert one.reason == unfit(caller.demand, agent.id, agent.ability)
                assert not scan.can(caller.demand, agent)


TestIndex = Index.TestCase
TestIndex.settings = settings(max_examples=150, stateful_step_count=40, deadline=None)
