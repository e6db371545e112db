"""One order of each kind that the switch is ever sent; the kinds are found by looking: what is made later is missed by
no test."""

from __future__ import annotations

import dataclasses
import sys

from cti.orders import (
    DialOut,
    DropClaim,
    GrantClaim,
    HangUp,
    HoldCaller,
    HushCaller,
    LookAtLeg,
    QueueCaller,
    ResumeCaller,
    RingAgent,
    RingDialler,
    RingOutside,
    SayToCaller,
    SwitchOrder,
    TakeOrders,
)

CALLER, AGENT, IX = "PJSIP/trunk-00000001", "PJSIP/cti-phone-01-00000002", "ix-1.1"
RING = RingAgent(
    order_id="o",
    leg="leg-1",
    endpoint="cti-phone-01",
    caller_channel=CALLER,
    interaction_id=IX,
    claim="of-1",
    timeout=20,
    caller_number="+34 600 111 222",
    caller_name="José",
)
DIAL = DialOut(
    order_id="o",
    leg="leg-2",
    interaction_id=IX,
    permit_id="pm-1",
    trunk="PJSIP/{number}@my-trunk",
    agent_channel=AGENT,
    timeout=60,
    number="+34600111222",
    caller_number="+34910000000",
)
ORDERS: tuple[SwitchOrder, ...] = (
    RING,
    GrantClaim(order_id="o", caller_channel=CALLER, interaction_id=IX, claim="of-1"),
    DropClaim(order_id="o", caller_channel=CALLER, interaction_id=IX),
    HangUp(order_id="o", leg="leg-1", cause=26, interaction_id=IX),
    HoldCaller(order_id="o", caller_channel=CALLER, agent_channel=AGENT, interaction_id=IX),
    ResumeCaller(order_id="o", caller_channel=CALLER, agent_channel=AGENT, interaction_id=IX, claim="st-1"),
    QueueCaller(order_id="o", caller_channel=CALLER, interaction_id=IX),
    RingDialler(
        order_id="o",
        leg="leg-1",
        interaction_id=IX,
        endpoint="cti-phone-01",
        timeout=20,
        wait=90,
        number="+34 600 111 222",
        name="José",
    ),
    DIAL,
    RingOutside(
        order_id="o",
        leg="leg-1",
        interaction_id=IX,
        permit_id="permit-1",
        trunk="PJSIP/{number}@trunk",
        number="+34911222333",
        caller_channel=CALLER,
        claim="leg-1",
        timeout=60,
        caller_number="+34910000000",
    ),
    LookAtLeg(order_id="o", leg="leg-1", interaction_id=IX),
    SayToCaller(order_id="o", caller_channel=CALLER, interaction_id=IX, step="an-1", sounds=("vm-sorry", "number:7")),
    HushCaller(order_id="o", caller_channel=CALLER, interaction_id=IX),
)
"""One of each kind that the switch is ever sent."""
TEXT_FIELDS = [
    (order, field.name)
    for order in ORDERS
    for field in dataclasses.fields(order)
    if isinstance(getattr(order, field.name), str)
]
"""Every field of theirs that holds text."""

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
