"""What queues ask of agents and what agents can do, made of the rows of the set-up for the matcher."""

from __future__ import annotations

from collections.abc import Iterator

from routing.matching.demand import NO_ABILITY, Ability, Demand, unfit
from routing.queuerows import Queue
from routing.teamwork import Profile, terms


def demand_of(queue: Queue, step: int) -> Demand:
    """What the callers of a queue ask of an agent after `step` steps of relaxation."""
    asked = terms(queue, step)
    return Demand(
        everyone=queue.everyone,
        groups=asked.groups,
        members=queue.members,
        skills=tuple(sorted(asked.skills.items())),
        evaluation=queue.evaluation,
        strategy=queue.strategy,
    )


def demands_of(queue: Queue) -> Iterator[Demand]:
    """All that the callers of a queue can come to ask for."""
    return (demand_of(queue, step) for step in range(len(queue.steps) + 1))


def ability_of(profile: Profile | None) -> Ability:
    """What a person can do; who has no profile can do nothing in particular."""
    return NO_ABILITY if profile is None else Ability(profile.skills, frozenset(profile.groups))


def serves(queue: Queue, agent_id: str, profile: Profile | None) -> bool:
    """Whether a person can have callers of a queue, at its last step at the latest."""
    return unfit(demand_of(queue, len(queue.steps)), agent_id, ability_of(profile)) is None
