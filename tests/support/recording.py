"""What was recorded of a scenario on a real Asterisk: facts and what was done, and what had to come before what."""

from __future__ import annotations

import gzip
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from cti.ami.parse import parse
from cti.ami.wire import Framer
from cti.facts import ContactGone, LegPlaced, LegStarted, LegUp
from kernel.messages import Fact
from lab.scenarios.script import Step, scenario
from lab.scenarios.transcripts import moment_of, step_of
from lab.scenarios.worlds import ENDPOINTS
from tests.support.callbook import SCENARIOS

PLATFORMS_PART = frozenset({"ring", "ring_dialler", "dial", "hold", "resume", "hang_up"})


@dataclass(frozen=True, slots=True)
class Beat:
    """Something of a recording: a fact, or a step of the platform's side, `after` so many seconds."""

    number: int
    after: float
    fact: Fact | None = None
    step: Step | None = None

    @property
    def lane(self) -> str:
        """What is promised to keep its order."""
        return getattr(self.fact, "leg", "") or getattr(self.fact, "endpoint", "") if self.fact else "people"


@dataclass(frozen=True, slots=True)
class Story:
    """A recording. `roles` are the recorded legs by the names that the scenario has for them."""

    name: str
    beats: tuple[Beat, ...]
    roles: dict[str, str]
    needs: tuple[frozenset[int], ...]
    shared: bool

    @property
    def facts(self) -> list[Fact]:
        return [beat.fact for beat in self.beats if beat.fact is not None]


@cache
def story(name: str) -> Story:
    heard = gzip.decompress((SCENARIOS / f"{name}.txt.gz").read_bytes())
    beats: list[Beat] = []
    begun = 0.0
    for event in Framer().feed(b"Asterisk Call Manager/11.0.0\r\n" + heard):
        at = moment_of(event) or begun
        begun = begun or at
        step = step_of(event)
        if step is not None and step["do"] in PLATFORMS_PART:
            beats.append(Beat(len(beats), at - begun, step=step))
        elif event.startswith(b"Event: ") and b"\r\nActionID: " not in event and (fact := parse(event)) is not None:
            beats.append(Beat(len(beats), at - begun, fact))
    played = scenario(name)
    shared = any(step["do"] == "share" for step in played.steps)
    roles = _roles(beats, [one["as"] for one in played.steps if one["do"] == "call"])
    return Story(name, tuple(beats), roles, tuple(_needs(beats, roles)), shared)


def _needs(beats: list[Beat], roles: dict[str, str]) -> Iterable[frozenset[int]]:
    """What must have come before each: of a leg, a phone and a bridge all is told in order; a fact comes after all that
    was done; a phone has one leg after the other, and goes after what its legs did (one that goes while it rings is
    another story); whose answer was the first is what the switch was told by; and whoever did something had heard all
    of whom it is about."""
    earlier: dict[str, list[str]] = defaultdict(list)
    for beat in beats:
        before = beats[: beat.number]
        if beat.fact is not None:
            bridge = getattr(beat.fact, "bridge", "")
            found = [
                one.number
                for one in before
                if one.step is not None
                or one.lane == beat.lane
                or (bridge and getattr(one.fact, "bridge", "") == bridge)
                or (isinstance(beat.fact, LegStarted | ContactGone) and one.lane in earlier[beat.fact.endpoint])
                or (isinstance(beat.fact, LegUp) and isinstance(one.fact, LegUp) and beat.fact.leg.startswith("leg-"))
            ]
        else:
            step = beat.step or {}
            about = {roles.get(one, "") for one in step.values()} | {ENDPOINTS.get(one, "") for one in step.values()}
            found = [one.number for one in before if one.step is not None or one.lane in about]
        if isinstance(beat.fact, LegStarted) and beat.fact.endpoint in ENDPOINTS.values():
            earlier[beat.fact.endpoint].append(beat.fact.leg)
        yield frozenset(found)


def _roles(beats: Iterable[Beat], callers: list[str]) -> dict[str, str]:
    legs = list(dict.fromkeys(beat.fact.leg for beat in beats if isinstance(beat.fact, LegPlaced | LegStarted)))
    ours = {leg.split("-", 2)[2]: leg for leg in legs if leg.startswith("leg-")}
    entered = [beat.fact.leg for beat in beats if isinstance(beat.fact, LegPlaced) and beat.fact.place == "entered"]
    return {**ours, **dict(zip(callers, dict.fromkeys(entered), strict=False))}
