"""What the matchmaker's index holds, and what one made anew from the same rows would hold."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, Protocol

from kernel.turn import Handler
from routing.matchmaking import Matchmaker
from routing.offers import Offers
from routing.state import State


class Phones(Protocol):
    def in_use(self, endpoint: str) -> bool: ...


class Unheard:
    """Tells whose phone is in use, and nobody when that changes."""

    def __init__(self, phones: Phones) -> None:
        self.in_use = phones.in_use

    def follow_phones(self, heard: Callable[[str], None]) -> None: ...


def matchmaker_of(handlers: Sequence[Handler]) -> Matchmaker:
    """The one that is at work."""
    (offers,) = [one for one in handlers if isinstance(one, Offers)]
    return offers._matchmaker


def must_hold_what_a_new_one_would(kept: Matchmaker, state: State, phones: Phones, at: datetime) -> None:
    kept._look(at)
    again = State()
    new: Any = Matchmaker(again, Unheard(phones))  # type: ignore[arg-type]
    for old, fresh in zip(state.shelves, again.shelves, strict=True):
        fresh.load(list(old))
    new._look(at)
    assert _contents(kept) == _contents(new)
    assert kept.next(at) == new.next(at), "the new one looks at every line, the living one where something came"


def _contents(matchmaker: Any) -> dict[str, object]:
    matcher = matchmaker._matcher
    lines = {demand: found._lines.items() for demand, found in matcher._lines.items()}
    return {
        "agents": {key: one.supply for key, one in matcher._agents.items()},
        "callers": matcher._callers,
        "free": matcher._free,
        "away": matcher._away,
        "orders": {demand: list(pool._order) for demand, pool in matcher._pools.items()},
        "unfit": {demand: matcher._abilities.unfit(demand) for demand in matcher._pools},
        "levels": {demand: pool.levels for demand, pool in matcher._pools.items()},
        "lines": {demand: {only: list(line._order) for only, line in each} for demand, each in lines.items()},
        "preferring": dict(matchmaker._preferring),
    }
