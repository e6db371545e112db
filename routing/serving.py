"""Who could have a queue's callers, of people who are there at all. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from routing.demands import ability_of, widest
from routing.matching.demand import unfit
from routing.queuerows import Queue
from routing.teamwork import Profile

ENOUGH = 2
"""Of a queue that so many could serve nobody has to be told."""


def able(queue: Queue, people: Iterable[str], profiles: Mapping[str, Profile]) -> list[str]:
    """The first ENOUGH of these people who could have its callers, when all its steps and tiers have come."""
    demand, found = widest(queue), list[str]()
    for person in people:
        if unfit(demand, person, ability_of(profiles.get(person))) is None:
            found.append(person)
            if len(found) == ENOUGH:
                break
    return found


def hardly_served(
    queues: Iterable[Queue], people: Iterable[str], profiles: Mapping[str, Profile]
) -> dict[str, list[str]]:
    """Queues in use that fewer than ENOUGH could serve, by id, with who could: one person, or nobody."""
    there = sorted(people)
    found = {one.id: able(one, there, profiles) for one in queues if one.active}
    return {id: some for id, some in found.items() if len(some) < ENOUGH}
