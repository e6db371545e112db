"""The order of a strategy: where an agent stands in it, with which figure, and why those behind were passed over."""

from __future__ import annotations

from datetime import datetime
from hashlib import blake2b

from routing.matching.demand import Caller, Demand, Key, Supply, fitness
from routing.queuerows import Strategy
from routing.teamwork import Evaluation

LOWER_SKILL = "lower_skill"
BEHIND = {
    Strategy.longest_idle: "idle_for_less_time",
    Strategy.fewest_calls: "no_fewer_calls",
    Strategy.least_talk: "no_less_talk",
    Strategy.round_robin: "later_in_the_round",
    Strategy.top_down: "further_down",
    Strategy.random: "not_drawn",
    Strategy.ring_progressively: "rung_later",
    Strategy.ring_all: "idle_for_less_time",
}
"""Why somebody who could have had the caller was passed over. Equal figures are settled by who is idle the longest,
then by the agent's id, so each says no more than that the other did not stand behind."""
PICKED = "picked"
"""The reason of an agent who took the caller by their own choice."""
NOT_PICKED = "picked_by_another"
"""Why anybody else who was free and could have had that caller was passed over."""
PASSED = frozenset({*BEHIND.values(), LOWER_SKILL, NOT_PICKED})


def key(demand: Demand, agent: Supply, position: int) -> Key:
    """Where an agent stands, the least is first. `position` is that among the members (of those who are none: behind
    all). The fitter go first where the best are asked for; else the first value is 0 for everybody."""
    fit = -fitness(demand, agent.ability)
    match demand.strategy:
        case Strategy.fewest_calls:
            return (fit, agent.calls, agent.idle_since, agent.id)
        case Strategy.least_talk:
            return (fit, agent.talk, agent.idle_since, agent.id)
        case Strategy.round_robin | Strategy.random:
            return (fit, agent.id)
        case Strategy.top_down | Strategy.ring_progressively:
            return (fit, position, agent.id)
        case _:
            return (fit, agent.idle_since, agent.id)


def score(demand: Demand, agent: Supply, idle: float, nth: int) -> float:
    """The figure by which the strategy went, in its own unit: seconds idle, calls, seconds of talk, or, where an order
    decides, the place in it from 1 on. Where the best go first: the sum of levels."""
    if demand.evaluation is Evaluation.best and demand.skills:
        return float(fitness(demand, agent.ability))
    match demand.strategy:
        case Strategy.longest_idle | Strategy.ring_all:
            return idle
        case Strategy.fewest_calls:
            return float(agent.calls)
        case Strategy.least_talk:
            return round(agent.talk, 3)
        case _:
            return float(nth)


def drawn(caller: Caller, at: datetime, of: int) -> int:
    """A lot among so many, the same in each replay: from the caller and the moment of the journal."""
    digest = blake2b(f"{caller.id} {at.isoformat()}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big") % of
