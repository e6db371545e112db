"""Routing's handlers in their order, over one State."""

from __future__ import annotations

from collections.abc import Callable

from kernel.turn import Handler
from routing.agents import Agents
from routing.control import Control
from routing.offers import Offers
from routing.setup import Setup
from routing.state import State
from routing.visits import Visits
from routing.wrapping import Wrapping


def handlers(state: State, alive: Callable[[str], bool]) -> tuple[Handler, ...]:
    """`alive` tells whether the switch has a leg of that id. Offers come last: they match after each message."""
    wrapping = Wrapping(state)
    offers = Offers(state, alive)
    return (Setup(state), Agents(state), wrapping, Control(state), Visits(state, offers, wrapping), offers)
