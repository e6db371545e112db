"""How the little switch says something to a caller: only in the loop where callers wait, each step once."""

from __future__ import annotations

from collections.abc import Callable

from cti.facts import Heard, LegSaid, Place
from cti.orders import SayToCaller
from kernel.messages import Fact
from tests.unit.routing.little_legs import Leg

SAYS, MISSES, PIECE = 4.0, 1.0, 1.0
"""Seconds that an announcement takes, one whose sounds are not there, and what plays of one that is cut short."""


def say(caller: Leg, order: SayToCaller, now: float, mute: bool) -> None:
    """What is said already is not said again; what was being said before ends unheard of."""
    if caller.place is not Place.waiting or caller.peer or caller.said == order.step:
        return
    caller.said, caller.leaves = order.step, order.leave
    caller.result, caller.says_until = (Heard.missing, now + MISSES) if mute else (Heard.played, now + SAYS)


def hush(caller: Leg) -> None:
    if caller.says_until is not None and not caller.leaves:
        caller.result, caller.says_until = Heard.cut, min(caller.says_until, caller.says_until - SAYS + PIECE)


def says_on(leg: Leg, now: float, tell: Callable[[Fact], None]) -> bool:
    """What is begun is said to its end, whether or not the heartbeat comes. True: the call is to end now."""
    if leg.says_until is None or now < leg.says_until:
        return False
    leg.says_until, leg.heard = None, f"{leg.said}:{leg.result}"
    tell(LegSaid(leg=leg.id, interaction_id=leg.ix, step=leg.said, result=leg.result))
    return leg.leaves
