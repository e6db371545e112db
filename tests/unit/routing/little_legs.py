"""A channel of the little switch, for model tests."""

from __future__ import annotations

from dataclasses import dataclass

from cti.facts import Heard, Place

RING = 20.0
"""Seconds that the kit lets a phone ring by itself."""

OWN = "fb-"
"""What the ids of legs begin with that the switch's own queue rang."""


@dataclass
class Leg:
    """A channel. `wants` is whom an agent's leg picks up; `claim` the token, as a channel variable. `shared`: an
    agent's leg that is one of several, a caller for whom several are rung; `looks` is when such a leg began to wait;
    `dials` for how long the leg of an agent who calls somebody waits once it is up. `said` is the step of what was
    said last, or is until `says_until`; with `leaves` the call ends after it; `result` is how it
    will end, `heard` how the last ended. `born` is when it came, and `began`
    the same by the switch's own clock."""

    id: str
    channel: str
    endpoint: str
    role: str
    ix: str
    linked: str
    place: Place | None = None
    since: float = 0.0
    up: bool = False
    peer: str = ""
    bridge: str = ""
    wants: str = ""
    claim: str = ""
    agent: str = ""
    gone: str = ""
    orphan: bool = False
    silent: bool = False
    shared: bool = False
    looks: float | None = None
    ring_seconds: float = RING
    dials: float | None = None
    born: float = 0.0
    said: str = ""
    leaves: bool = False
    says_until: float | None = None
    result: Heard = Heard.played
    heard: str = ""
    began: float = 0.0

    @property
    def outside(self) -> bool:
        """Whether a customer is at its end."""
        return self.role in ("caller", "dialled")


def by_the_switch(leg: str) -> bool:
    """Whether the switch's own queue rang that leg, which does not know who wraps up."""
    return leg.startswith(OWN)
