"""How long a caller will wait, from how many are before them and how fast such callers were served lately. Pure.

The estimator is QL_m of R. Ibrahim and W. Whitt, Real-Time Delay Estimation in Overloaded Multiserver Queues with
Abandonments, Management Science 55 (2009) 1729-1742, after W. Whitt, Predicting Queueing Delays, Management Science 45
(1999) 870-888. With n callers before one, the n+1 departures that bring an agent come at the rates m + n*a, ..., m + a,
m, so the wait is expected to be

    E[W | n] = sum of 1 / (m + i*a), i = 0 ... n

m is at what rate callers are taken out of the line by agents while somebody waits (s*mu in the paper), a at what rate
each who waits gives up. Both are measured: m is the number of services that began while others waited, by the time
during which somebody waited; a is the number who gave up by all the time that was waited, which is the estimate of
greatest likelihood where patience is exponential and waits that ended with an agent are censored.

Why this one: the estimators by the delays of others (that of the last to be served, LES, or of the first in line, HOL)
need no rates, but tell of a line as it was when those joined it; the count of who waits is known here at no cost, and
among the estimators that use it QL_m is the best where patience is exponential and as simple as the one that knows of
no giving up, which promises too much waiting in an overload. docs/expected-wait.md has what it was measured to miss by.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from math import log1p

from routing.recent import Recent, Wait

WINDOW = 3600.0
"""Waits that ended longer ago than these seconds tell nothing of now."""
NO_WAIT = 1.0
"""Whoever waited for less seconds found somebody at once: a look-up may take as long."""
LEAST = 5
"""So many have to have been served after a wait, else too little is known."""
EXACT = 32
"""So many terms of the sum are added one by one, the rest by the formula of Euler and Maclaurin."""
TINY = 1e-9
"""A rate so small beside the other is none."""


@dataclass(frozen=True, slots=True)
class Rates:
    """What recent waits say: services a second while somebody waits, how many of those who wait give up, each a second,
    and how long a phone rings on the average."""

    served: float
    given_up: float
    rings: float


def expected_wait(
    ahead: int, recent: Recent | Iterable[Recent], at: datetime, since: datetime | None = None
) -> float | None:
    """Seconds until the caller with `ahead` others before them talks to somebody; None when too little is known.
    `recent` is of the queue, or of all whose callers stand in the same line; `since` is since when the first in it has
    waited: without it a line that has come to a stand is not seen."""
    known = rates((recent,) if isinstance(recent, Recent) else recent, at, since)
    return None if known is None else wait(ahead, known)


def wait(ahead: int, known: Rates) -> float:
    """The formula, and the ring."""
    return _departures(ahead, known.served, known.given_up) + known.rings


def rates(recents: Iterable[Recent], at: datetime, since: datetime | None = None) -> Rates | None:
    """What several queues with one line say together; None when fewer than LEAST were served after a wait."""
    now, some = at.timestamp(), tuple(recents)
    begin = max([now - WINDOW, *(one.since for one in some)])
    waits = [one for recent in some for one in recent.waits if begin < one[0] <= now]
    served = [one for one in waits if one[2] is not None and one[1] >= NO_WAIT]
    if len(served) < LEAST:
        return None
    busy = _spans(waits, begin, None if since is None else (since.timestamp(), now))
    waited = sum(one[1] for one in waits)
    given_up = sum(one[2] is None for one in waits)
    return Rates(len(served) / busy, given_up / waited, ring_seconds(some, at))


def ring_seconds(recents: Iterable[Recent], at: datetime) -> float:
    """How long a phone rings on the average; 0 where nothing is known."""
    begin, now = at.timestamp() - WINDOW, at.timestamp()
    rings = [rang for one in recents for end, _, rang in one.waits if rang is not None and begin < end <= now]
    return sum(rings) / len(rings) if rings else 0.0


def _spans(waits: Iterable[Wait], begin: float, open_span: tuple[float, float] | None) -> float:
    """How long somebody waited, of the time since `begin`."""
    spans = [(end - waited, end) for end, waited, _ in waits if waited >= NO_WAIT]
    if open_span is not None:
        spans.append(open_span)
    total, until = 0.0, begin
    for start, end in sorted(spans):
        total += max(0.0, end - max(start, until))
        until = max(until, end)
    return total


def _departures(ahead: int, served: float, given_up: float) -> float:
    """The sum of 1 / (served + i * given_up) for i from 0 to `ahead`."""
    first = min(ahead, EXACT)
    total = sum(1 / (served + i * given_up) for i in range(first + 1))
    if ahead == first:
        return total
    low, high = served + (first + 1) * given_up, served + ahead * given_up
    more = (ahead - first - 1) * given_up / low
    area = log1p(more) / given_up if more > TINY else (ahead - first - 1) / low
    slope = given_up * (1 / low**2 - 1 / high**2) / 12
    return total + area + (1 / low + 1 / high) / 2 + slope
