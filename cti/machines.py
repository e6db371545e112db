"""The state table of a leg. It has facts only: nobody can ask a leg to change, only the switch can say that it did."""

from __future__ import annotations

from enum import StrEnum

from kernel.machine import Machine, table


class LegState(StrEnum):
    new = "new"
    ringing = "ringing"
    up = "up"
    ended = "ended"


LEG: Machine[LegState] = Machine(
    name="leg",
    states=LegState,
    initial=LegState.new,
    commands={},
    facts=table(
        (LegState.new, "rings", LegState.ringing),
        ((LegState.new, LegState.ringing), "answers", LegState.up),
        ((LegState.new, LegState.ringing, LegState.up), "ends", LegState.ended),
    ),
)

MACHINES = (LEG,)
