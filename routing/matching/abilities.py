"""Who can do what, as bits of agents' numbers: who fits a demand is found by a few operations on sets."""

from __future__ import annotations

from collections.abc import Iterator
from functools import reduce
from operator import and_, or_

from routing.matching.demand import Ability, Demand
from routing.teamwork import Evaluation


class Abilities:
    """Everybody known, and sets of them by group, by skill with its least level, and by id."""

    def __init__(self) -> None:
        self.everybody = 0
        self._has: dict[tuple[str, int], int] = {}
        self._in: dict[str, int] = {}
        self._bits: dict[str, int] = {}

    def add(self, agent_id: str, number: int, ability: Ability) -> None:
        bit = self._bits[agent_id] = 1 << number
        self.everybody |= bit
        for group in ability.groups:
            self._in[group] = self._in.get(group, 0) | bit
        for held in _held(ability):
            self._has[held] = self._has.get(held, 0) | bit

    def remove(self, agent_id: str, ability: Ability) -> None:
        others = ~self._bits.pop(agent_id)
        self.everybody &= others
        for group in ability.groups:
            self._in[group] &= others
        for held in _held(ability):
            self._has[held] &= others

    def fit(self, demand: Demand) -> int:
        """Who can serve a demand, whatever they do now."""
        held = [self._has.get(one, 0) for one in demand.skills]
        skilled = reduce(or_ if demand.evaluation is Evaluation.any else and_, held) if held else self.everybody
        return self._belong(demand) & skilled

    def unfit(self, demand: Demand) -> dict[str, int]:
        """Who cannot, by the reason that `demand.unfit` gives for one of them."""
        belong, fit = self._belong(demand), self.fit(demand)
        found, left = {"not_in_queue": self.everybody & ~belong}, belong & ~fit
        for skill, least in demand.skills:
            has = self._has.get((skill, least), 0)
            found[f"lacks_skill_{skill}"] = left & ~has
            left &= has
        return found

    def _belong(self, demand: Demand) -> int:
        if demand.everyone:
            return self.everybody
        groups = (self._in.get(group, 0) for group in demand.groups)
        return reduce(or_, (self._bits.get(one, 0) for one in demand.members), reduce(or_, groups, 0))


def _held(ability: Ability) -> Iterator[tuple[str, int]]:
    """Each skill at each level up to the one they have it at."""
    return ((skill, level) for skill, most in ability.skills.items() for level in range(1, most + 1))
