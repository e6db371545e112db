"""A floor of agents with skills and of callers who wait for them, as rows: what `bench routing` decides on."""

from __future__ import annotations

import bisect
import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from routing.demands import ability_of, demand_of
from routing.matching.demand import Rank, unfit
from routing.matchmaking import Matchmaker, place_in_line
from routing.queuerows import Queue, Strategy
from routing.rows import Agent, Considered, Duty, Interaction, InteractionState, Line, Match, Presence, Reach, rejection
from routing.state import MAIN_LINE, State
from routing.teamwork import Evaluation, Profile, Step

START = datetime(2026, 3, 2, 9, tzinfo=UTC)
STRATEGIES = (Strategy.longest_idle, Strategy.longest_idle, Strategy.fewest_calls, Strategy.least_talk,
              Strategy.round_robin, Strategy.top_down, Strategy.random)  # fmt: skip
"""Those that offer a caller to one agent; half of what is in use is the default."""


@dataclass(frozen=True, slots=True)
class Size:
    agents: int
    waiting: int
    queues: int = 50
    skills: int = 100


class Phones:
    """Nobody's phone is in use by itself."""

    def in_use(self, endpoint: str) -> bool:
        return False

    def follow_phones(self, heard: Callable[[str], None]) -> None: ...

    def alive(self, leg: str) -> bool:
        return False

    reachable = on_hold = alive

    def partner(self, leg: str) -> str:
        return ""

    def ours(self) -> list[tuple[str, str]]:
        return []


class Floor:
    """The rows, the matchmaker over them, and the callers in the order in which they are served (for the scan)."""

    def __init__(self, size: Size, seed: int, everybody_free: bool = False) -> None:
        self.size = size
        self.rng = random.Random(seed)
        self.at = START
        self.state = State()
        self.matchmaker = Matchmaker(self.state, Phones())
        self.line: list[Rank] = []
        self._came = 0
        self.state.lines.load([Line(MAIN_LINE, up=True, since=START)])
        skills = [f"s{number:03}" for number in range(size.skills)]
        self.state.queues.load([self._queue(number, skills) for number in range(size.queues)])
        duty = Duty.idle if everybody_free else Duty.busy
        self.state.agents.load([self._agent(number, duty) for number in range(size.agents)])
        self.state.profiles.load([self._profile(agent.id, skills) for agent in self.state.agents])
        for _ in range(size.waiting):
            self.arrive()
        self.matchmaker.next(self.at)
        self.settle()

    def _queue(self, number: int, skills: list[str]) -> Queue:
        asked = self.rng.sample(skills, self.rng.choice((1, 1, 2)))
        levels = {name: self.rng.randint(1, 4) for name in asked}
        fewer = {asked[0]: 1}
        return Queue(
            f"q{number:02}",
            f"Queue {number}",
            strategy=self.rng.choice(STRATEGIES),
            everyone=self.rng.random() < 0.5,
            groups=(f"g{number % 10}",),
            skills=levels,
            evaluation=self.rng.choice((Evaluation.all, Evaluation.all, Evaluation.any, Evaluation.best)),
            steps=(Step(30, fewer, ()), Step(60, fewer, tuple(f"g{n}" for n in range(10)))),
            priority=self.rng.choice((0, 0, 60, 300)),
        )

    def _agent(self, number: int, duty: Duty) -> Agent:
        idle = START - timedelta(seconds=self.rng.uniform(0, 600))
        key, phone = f"a{number:05}", f"cti-phone-{number:05}"
        return Agent(key, key, Presence.ready, duty, Reach.reachable, idle, idle, phone, number=number)

    def _profile(self, agent_id: str, skills: list[str]) -> Profile:
        own = {name: self.rng.randint(1, 5) for name in self.rng.sample(skills, self.rng.randint(4, 12))}
        return Profile(agent_id, own, tuple(f"g{self.rng.randrange(10)}" for _ in range(2)))

    # ── what happens ────────────────────────────────────────────────────────────────────────────────────

    def arrive(self) -> None:
        """Somebody more waits, at one of the steps of one of the queues."""
        self._came += 1
        self.at += timedelta(milliseconds=5)
        row = Interaction(
            id=f"ix-1795312272.{self._came}",
            state=InteractionState.queued,
            leg=f"1795312272.{self._came}",
            channel="PJSIP/trunk-1",
            queue_id=f"q{self.rng.randrange(self.size.queues):02}",
            did="",
            language="en",
            arrived_at=self.at,
            match=Match.known,
            place=self.at - timedelta(seconds=self.rng.choice((0, 0, 40, 70))),
            step=self.rng.choice((0, 0, 1, 2)),
        )
        self.state.interactions.put(row)
        bisect.insort(self.line, self.rank(row))

    def rank(self, row: Interaction) -> Rank:
        return place_in_line(row, self.state.queue_of(row).priority)

    def becomes(self, agent_id: str, duty: Duty) -> None:
        self.at += timedelta(milliseconds=5)
        self.state.put_agent(self.state.agents[agent_id], duty=duty, idle_since=self.at)

    def offer(self, caller_id: str, agent_id: str) -> None:
        """What the engine does of a choice, as far as the matchmaker goes by it."""
        caller = self.state.interactions[caller_id]
        self.line.remove(self.rank(caller))
        self.state.put_interaction(caller, state=InteractionState.offered, offer_id="of")
        self.becomes(agent_id, Duty.reserved)

    def leave(self, caller_id: str) -> None:
        self.state.interactions.drop(caller_id)

    def settle(self) -> None:
        """As at the end of a turn."""
        for shelf in self.state.shelves:
            shelf.settle()
        self.state.touched.clear()


class Scan:
    """The same decision by looking at all agents: what the platform did before there was an index. What never changes
    here (what queues ask, what people can do, the order of the callers) is given to it for nothing."""

    def __init__(self, floor: Floor) -> None:
        self._floor = floor
        queues = floor.state.queues
        self._demands = {(one.id, step): demand_of(one, step) for one in queues for step in range(len(one.steps) + 1)}
        self._abilities = {one.id: ability_of(one) for one in floor.state.profiles}

    def fits(self, caller: Interaction, agent: Agent) -> str | None:
        return unfit(self._demands[caller.queue_id, caller.step], agent.id, self._abilities[agent.id])

    def first(self) -> tuple[Interaction, list[Agent]] | None:
        """The first caller for whom somebody is free, and those who are and could: without any reasons."""
        state, at = self._floor.state, self._floor.at
        free = [one for one in state.agents if rejection(one, at) is None]
        for rank in self._floor.line if free else ():
            caller = state.interactions[rank[-1]]
            found = [one for one in free if self.fits(caller, one) is None]
            if found:
                return caller, sorted(found, key=lambda one: (one.idle_since, one.id))
        return None

    def decide(self) -> tuple[str, list[Considered]] | None:
        """The caller, and every agent with verdict and reason."""
        found, at = self.first(), self._floor.at
        if found is None:
            return None
        caller, free = found
        chosen, why = free[0].id, []
        for agent in sorted(self._floor.state.agents, key=lambda one: (one.idle_since, one.id)):
            reason = rejection(agent, at) or self.fits(caller, agent)
            verdict = "rejected" if reason else "chosen" if agent.id == chosen else "passed"
            idle = max(0.0, (at - agent.idle_since).total_seconds())
            told = reason or ("longest_idle" if verdict == "chosen" else "idle_for_less_time")
            why.append(Considered(agent.id, agent.name, verdict, told, round(idle, 3)))
        return caller.id, why
