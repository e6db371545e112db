"""The trunk of the simulated switch: numbers behind it do what `lab.outside` says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lab import outside
from lab.sim.channel import Channel
from lab.sim.phones import Manner, Policy, SimPhone

if TYPE_CHECKING:
    from lab.sim.exchange import Exchange

TRUNK = "trunk"


class SimTrunk(SimPhone):
    """Every number is there. `dialled` holds those that were called, in order."""

    def __init__(self, exchange: Exchange) -> None:
        super().__init__(exchange, TRUNK, Policy.rings_out(), registered=True)
        self.dialled: list[str] = []

    @property
    def legs(self) -> list[Channel]:
        """Those of numbers that were dialled; who called in over the trunk hangs up for themselves."""
        return [leg for leg in super().legs if leg.outside]

    def invited(self, leg: Channel) -> None:
        self.dialled.append(leg.outside)
        super().invited(leg)

    def manners(self, leg: Channel) -> Policy:
        """What the number of the leg does."""
        refusal = outside.refusal(leg.outside)
        if refusal is not None:
            return Policy(Manner.busy, code=refusal)
        if not outside.answers(leg.outside):
            return Policy.rings_out()
        return Policy.answers(outside.ANSWERS_AFTER, outside.talk_seconds(leg.outside))
