"""What queues ask of agents and what agents can do, made of the rows of the set-up for the matcher."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from routing.matching.demand import NO_ABILITY, Ability, Demand, unfit
from routing.queuerows import Queue
from routing.teamwork import Profile, terms


def demand_of(queue: Queue, step: int, tiers: Sequence[int] = ()) -> Demand:
    """What the callers of a queue ask of an agent after `step` steps of relaxation, and after these of its overflow
    tiers."""
    asked = terms(queue, step)
    return Demand(
        everyone=queue.everyone,
        groups=asked.groups.union(*(queue.overflow[one].groups for one in tiers if 0 <= one < len(queue.overflow))),
        members=queue.members,
        skills=tuple(sorted(asked.skills.items())),
        evaluation=queue.evaluation,
        strategy=queue.strategy,
    )


def demands_of(queue: Queue) -> Iterator[Demand]:
    """All that the callers of a queue come to ask for, as its steps and its tiers come in their order."""
    admitting = [nth for nth, tier in enumerate(queue.overflow) if tier.groups]
    for step in range(len(queue.steps) + 1):
        yield from (demand_of(queue, step, admitting[:many]) for many in range(len(admitting) + 1))


def widest(queue: Queue) -> Demand:
    """What the callers of a queue ask for at the last."""
    return demand_of(queue, len(queue.steps), range(len(queue.overflow)))


def ability_of(profile: Profile | None) -> Ability:
    """What a person can do; who has no profile can do nothing in particular."""
    return NO_ABILITY if profile is None else Ability(profile.skills, frozenset(profile.groups))


def serves(queue: Queue, agent_id: str, profile: Profile | None) -> bool:
    """Whether a person can have callers of a queue, when all its steps and tiers have come at the latest."""
    return unfit(widest(queue), agent_id, ability_of(profile)) is None
