"""Every kind of order that the switch is ever sent, found by looking: what is made later is missed by no test."""

from __future__ import annotations

import sys

from cti.orders import SwitchOrder, TakeOrders

NO_ACTIONS = {TakeOrders}
"""The link keeps these to itself: nothing of them is sent."""


def kinds_sent() -> set[type[SwitchOrder]]:
    """What `steps` has to know."""
    return _concrete(SwitchOrder) - NO_ACTIONS


def _concrete(kind: type[SwitchOrder]) -> set[type[SwitchOrder]]:
    """The kinds below one that have none below them. A class with slots is a second one, which its module holds; the
    first, without them, is nobody's any more."""
    below = [one for one in kind.__subclasses__() if vars(sys.modules[one.__module__])[one.__name__] is one]
    return {one for sub in below for one in _concrete(sub)} if below else {kind}
