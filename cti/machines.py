"""The state table of a leg. It has facts only: nobody can ask a leg to change, only the switch can say that it did."""

from __future__ import annotations

from enum import StrEnum

from kernel.machine import Machine, table


class LegState(StrEnum):
    """`asked`: a leg that we ordered and did not send yet; `new`: it was sent, or the channel is there."""

    asked = "asked"
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
        (LegState.asked, "sent", LegState.new),
        ((LegState.asked, LegState.new), "rings", LegState.ringing),
        ((LegState.asked, LegState.new, LegState.ringing), "answers", LegState.up),
        ((LegState.asked, LegState.new, LegState.ringing, LegState.up), "ends", LegState.ended),
    ),
)

MACHINES = (LEG,)
