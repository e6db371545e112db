"""Who calls, whom, for how long: seeded plans for the lab's traffic, and what became of calls. Pure."""

import random
from collections.abc import Sequence
from dataclasses import dataclass, field

NAMES = ("Ana López", "José Núñez", "Łucja Żółć", "王芳", "Иван Петров", "Mary O'Neill", "Zoë Brontë", "Ömer Şahin")
DEMO_CALLERS = {
    "+34600111222": "Lucía Fernández",
    "+442079460123": "James Whitfield",
    "+12125550123": "Sarah O'Connor",
}
"""Customers of the demo company, by number: who calls when only the number is said."""
MAX_CALLS = 10_000
MAX_RATE = 50.0


@dataclass(frozen=True, slots=True)
class CallPlan:
    """One caller; `seconds` is how long the caller stays after the answer unless the other side ends the call."""

    number: str
    name: str
    to: str
    seconds: float


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a call. `ended_by`: caller, switch, refused or lost. `heard`: seconds of music, of other sound,
    of silence; empty where nobody listened."""

    plan: CallPlan
    answered: bool
    seconds: float
    ended_by: str
    detail: str = ""
    heard: dict[str, float] = field(default_factory=dict)


def make_plan(calls: int, seconds: float, to: str, seed: int) -> list[CallPlan]:
    """So many callers with lengths from half to one and a half of `seconds`; the same seed gives the same callers.

    Raises ValueError when the load would not be bounded."""
    if not 1 <= calls <= MAX_CALLS:
        raise ValueError(f"calls are 1 to {MAX_CALLS}")
    source = random.Random(seed)
    return [
        CallPlan(
            number=f"+346{source.randrange(10**8):08d}",
            name=source.choice(NAMES),
            to=to,
            seconds=round(seconds * source.uniform(0.5, 1.5), 1),
        )
        for _ in range(calls)
    ]


def tally(outcomes: Sequence[Outcome]) -> dict[str, int]:
    """How many calls ended how; `answered` and `calls` too."""
    counts = {"calls": len(outcomes), "answered": sum(one.answered for one in outcomes)}
    for one in outcomes:
        key = f"ended by {one.ended_by}"
        counts[key] = counts.get(key, 0) + 1
    return counts
