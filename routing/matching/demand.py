"""What a waiting caller asks of an agent, what an agent has to give, and whether the two fit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from routing.queuerows import Strategy
from routing.teamwork import Evaluation


@dataclass(frozen=True, slots=True)
class Demand:
    """What a caller asks of an agent at this moment, and how an agent is found. Callers with equal demands stand in one
    line, whatever their queue. Who serves: everyone, or `members` and whoever is in one of `groups`; of these, who has
    `skills` (each with its least level, in the order of their names). The order of `members` is that of top-down,
    `belong` the same people as a set, for each agent is looked up among them."""

    everyone: bool = True
    groups: frozenset[str] = frozenset()
    members: tuple[str, ...] = ()
    skills: tuple[tuple[str, int], ...] = ()
    evaluation: Evaluation = Evaluation.all
    strategy: Strategy = Strategy.longest_idle
    belong: frozenset[str] = field(init=False, repr=False, compare=False)
    _hash: int = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        parts = (self.everyone, self.groups, self.members, self.skills, self.evaluation, self.strategy)
        object.__setattr__(self, "_hash", hash(parts))
        object.__setattr__(self, "belong", frozenset(self.members))

    def __hash__(self) -> int:
        """Kept, since members are many and a demand is looked up with each change of a caller."""
        return self._hash


@dataclass(frozen=True, slots=True)
class Ability:
    """What a person can do: skills with levels of 1 to 5, and the groups they are in."""

    skills: Mapping[str, int] = field(default_factory=dict)
    groups: frozenset[str] = frozenset()


NO_ABILITY = Ability()


@dataclass(frozen=True, slots=True)
class Supply:
    """An agent as the matcher sees them. `number` is theirs alone; `away` is why no caller can be offered to them now,
    None when they are free. `calls` and `talk` (seconds) are those of the day."""

    id: str
    number: int
    away: str | None
    idle_since: datetime
    ability: Ability = NO_ABILITY
    calls: int = 0
    talk: float = 0.0


@dataclass(frozen=True, slots=True)
class Caller:
    """Somebody who can be offered now. `rank` orders all callers; `only` is the agent whom they wait for alone, and
    `because` the code of why; `queue` is whose round robin goes on with them."""

    id: str
    rank: Rank
    demand: Demand
    only: str | None = None
    queue: str = ""
    because: str = ""


Rank = tuple[bool, datetime, tuple[int, ...], str]


def rank_of(front: bool, place: datetime, bonus: float, came: tuple[int, ...], caller_id: str) -> Rank:
    """A caller's rank, the least is served first: those at the front, then by virtual place.

    The virtual place is the place less the bonus in seconds. score(at) = (at - place) + bonus grows by one a second
    for everybody, so two callers never change their order while they wait, and whoever waits is overtaken only by
    callers who came less than (the greatest bonus - the own) seconds later: that is the bound on starvation.
    """
    return (not front, place - timedelta(seconds=bonus), came, caller_id)


def unfit(demand: Demand, agent_id: str, ability: Ability) -> str | None:
    """Why an agent cannot serve a demand, whatever they do now; None when they can."""
    if not demand.everyone and demand.groups.isdisjoint(ability.groups) and agent_id not in demand.belong:
        return "not_in_queue"
    lacking = [name for name, least in demand.skills if ability.skills.get(name, 0) < least]
    if not lacking or (demand.evaluation is Evaluation.any and len(lacking) < len(demand.skills)):
        return None
    return f"lacks_skill_{lacking[0]}"


def fitness(demand: Demand, ability: Ability) -> int:
    """Where the best go first: the sum of the agent's levels in what is asked for; 0 in any other line."""
    if demand.evaluation is not Evaluation.best:
        return 0
    return sum(ability.skills.get(name, 0) for name, _ in demand.skills)


Key = tuple[Any, ...]
"""An agent's place in the order of a strategy; the last value is always the agent's id."""
