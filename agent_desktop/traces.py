"""Calls as a supervisor reads them afterwards: the list, and of one call what was decided, in order."""

from __future__ import annotations

from typing import Any

from typing_extensions import TypedDict

from agent_desktop.records import OfferWhy

LINES = 400
"""So many lines of one call are told at once."""


class CallLine(TypedDict):
    """One call in the list. `waited` and `expected` are seconds, None where nobody waited or nothing was known;
    `agents` are those who talked or were offered it."""

    id: str
    at: str
    direction: str
    display: str
    withheld: bool
    customer_id: str | None
    queue_id: str
    state: str
    end_reason: str | None
    answered_at: str | None
    ended_at: str | None
    waited: float | None
    expected: float | None
    agents: list[str]


class ListedCall(CallLine):
    """With what its queue and agents are called today."""

    queue: str
    agent_names: list[str]


class CallPage(TypedDict):
    """`next` goes on after the last, where there are more."""

    items: list[ListedCall]
    next: str | None


class TraceLine(TypedDict):
    """One line of the journal: what was heard (fact), asked (command) or decided (event). `actor` asked, `error` is why
    it was refused; `facts` are the values of it that are no person's data."""

    seq: int
    at: str
    kind: str
    type: str
    actor: str | None
    error: str | None
    facts: dict[str, Any]


class Names(TypedDict):
    """What the ids of a trace are called today, by kind."""

    people: dict[str, str]
    queues: dict[str, str]
    skills: dict[str, str]
    groups: dict[str, str]
    outcomes: dict[str, str]


class Trace(TypedDict):
    """A call with its lines, oldest first, and each of its offers with everybody considered. `more`: it goes on after
    the last line."""

    call: CallLine
    lines: list[TraceLine]
    more: bool
    offers: list[OfferWhy]
    names: Names
