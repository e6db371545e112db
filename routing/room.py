"""Routing's handlers in their order, over one State."""

from __future__ import annotations

from typing import Protocol

from kernel.turn import Handler
from routing.agents import Agents
from routing.control import Control
from routing.offers import Offers
from routing.setup import Setup
from routing.state import State
from routing.visits import Visits
from routing.wrapping import Wrapping


class Switchboard(Protocol):
    """What routing asks about the switch; the CallBook knows it."""

    def alive(self, leg: str) -> bool:
        """Whether the switch has a leg of that id."""
        ...

    def reachable(self, endpoint: str) -> bool:
        """Whether the switch reaches that phone."""
        ...


def handlers(state: State, switchboard: Switchboard) -> tuple[Handler, ...]:
    """Offers come last: they match after each message."""
    wrapping = Wrapping(state)
    offers = Offers(state, switchboard.alive)
    return (
        Setup(state),
        Agents(state, switchboard.reachable),
        wrapping,
        Control(state),
        Visits(state, offers, wrapping),
        offers,
    )
