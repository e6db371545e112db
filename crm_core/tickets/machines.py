"""The ticket's states and the named sets of them."""

from __future__ import annotations

from enum import StrEnum

from kernel.machine import Machine, table


class TicketState(StrEnum):
    OPEN = "open"
    WAITING = "waiting"
    RESOLVED = "resolved"
    CLOSED = "closed"


_S = TicketState
OPEN = frozenset({_S.OPEN, _S.WAITING})
"""States in which the customer still expects something of us."""

TICKET = Machine(
    name="ticket",
    states=TicketState,
    initial=_S.OPEN,
    commands=table(
        (_S.OPEN, "wait", _S.WAITING),
        (_S.WAITING, "resume", _S.OPEN),
        (OPEN, "resolve", _S.RESOLVED),
        (_S.RESOLVED, "reopen", _S.OPEN),
        ((_S.OPEN, _S.WAITING, _S.RESOLVED), "close", _S.CLOSED),
    ),
    facts=table(((_S.WAITING, _S.RESOLVED), "customer_replied", _S.OPEN)),
)
