"""What the switch said, as frozen typed facts. A leg is named by Asterisk's Uniqueid, for legs that we
originate the id that we gave. `channel` is the full channel name (commands that match by prefix need it)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from kernel.messages import Fact, personal

PHONE_LOST = frozenset({27, 38, 41, 44})
"""Hang-up causes of an agent's leg that say its phone was lost, not that somebody hung up: 44 is rtp_timeout, 27 is
what a page says that is closed or loaded again under a talk."""


class Device(StrEnum):
    """A phone endpoint as the switch sees it."""

    reachable = "reachable"
    in_use = "in_use"
    lost = "lost"


class Place(StrEnum):
    """Where in the dialplan kit a leg reported itself."""

    entered = "entered"
    waiting = "waiting"
    held = "held"
    fallback = "fallback"
    after = "after"
    idle = "idle"


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkUp(Fact):
    """Signed in to the switch. Facts flow from here on; orders are refused until the Snapshot that follows."""

    switch_version: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkDown(Fact):
    """`reason` is one of: closed, heartbeat, refused (wrong secret), unreachable, overflow, garbage, not_ready,
    late (orders were outdated before they could be saved)."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LegAsked(Fact):
    """The switch is about to be asked for a leg: an agent's, or (`dialled`) that of a public number. Comes before
    anything can be heard of that leg, which then always ends with a LegEnded (also when no channel ever came)."""

    leg: str
    endpoint: str
    interaction_id: str
    dialled: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class LegStarted(Fact):
    """A channel came to be (Newchannel). `endpoint` is the part of the channel name between / and -."""

    leg: str
    channel: str
    endpoint: str
    linked: str
    number: str | None = personal()
    name: str | None = personal()


@dataclass(frozen=True, slots=True, kw_only=True)
class LegRinging(Fact):
    leg: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LegUp(Fact):
    leg: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LegEnded(Fact):
    """`cause` is the ISDN hang-up cause (16 normal, 17 busy, 19 no answer...); 0 when it is not known. `unseen`: the
    leg was gone after an outage of the link or the switch, nobody heard how."""

    leg: str
    cause: int
    text: str = ""
    unseen: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class BridgeEntered(Fact):
    """`linked` as in LegPlaced: a bridge is where it changes, to that of its oldest leg."""

    leg: str
    bridge: str
    linked: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class BridgeLeft(Fact):
    leg: str
    bridge: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LegPlaced(Fact):
    """A leg reported its place in the dialplan kit (UserEvent Cti*). `did` and `language` come with `entered`.
    `linked` is Asterisk's Linkedid, which ties the legs that the switch itself rings to their caller.
    `seconds` is the age of a channel that a snapshot told."""

    leg: str
    channel: str
    place: Place
    interaction_id: str
    linked: str = ""
    did: str = ""
    language: str = ""
    reason: str = ""
    seconds: int = 0
    number: str | None = personal()
    name: str | None = personal()


class Heard(StrEnum):
    """What became of something said: all of it was played; the switch lacks a sound of it; or it was cut short."""

    played = "played"
    missing = "missing"
    cut = "cut"


@dataclass(frozen=True, slots=True, kw_only=True)
class LegSaid(Fact):
    """The kit is through with what SayToCaller asked for under the name `step`."""

    leg: str
    interaction_id: str
    step: str
    result: Heard


@dataclass(frozen=True, slots=True, kw_only=True)
class PickupEnded(Fact):
    """An agent's leg left `cti-pickup`: `result` is STALE, or Bridge()'s result (SUCCESS, NONEXISTENT...)."""

    leg: str
    interaction_id: str
    claim: str
    result: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordingStarted(Fact):
    """`since`: when, of one that is told late."""

    leg: str
    interaction_id: str
    file: str
    since: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceChanged(Fact):
    """`endpoint` without the technology, e.g. cti-phone-01."""

    endpoint: str
    device: Device


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactGone(Fact):
    """A phone's registration is gone: it signed off, its WebSocket closed, or it expired. A talk on it may go on, and
    the device is then still in use."""

    endpoint: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LegSound(Fact):
    """What a look at a leg's sound found: whether any came from its far end for a moment."""

    leg: str
    heard: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderDone(Fact):
    """The end of an order, exactly one per order. `ok` False with `message` when it was refused or got no answer
    (`unknown` True: nobody can say whether it happened; the snapshot decides). An order for a leg is done when
    its channel exists. `interaction_id` is that of the order, if it had one; `leg` the one that it asked for."""

    order_id: str
    ok: bool
    message: str = ""
    unknown: bool = False
    interaction_id: str | None = None
    leg: str = ""


@dataclass(frozen=True, slots=True)
class LegSnapshot:
    """One live channel as the snapshot after (re)connecting found it. `place` is None outside the kit and in a
    bridge, `bridge` None outside one; `role` is CTI_ROLE, empty on legs that the switch rang by itself; `gone` is
    CTI_GONE, `leg:cause` of the agent's leg that a caller talked with last and that has ended; `said` is CTI_SAID,
    `step:result` of what was said last; `seconds` the age."""

    leg: str
    channel: str
    endpoint: str
    linked: str
    up: bool
    ringing: bool
    bridge: str | None
    place: Place | None
    interaction_id: str
    role: str
    gone: str = ""
    did: str = ""
    language: str = ""
    seconds: int = 0
    number: str | None = personal()
    name: str | None = personal()
    said: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot(Fact):
    """All that is alive on the switch, taken after LinkUp and true at the moment it was posted: what events said
    while it was collected is already in it. CallBook turns the difference to what it knows into ordinary facts.
    `unread`: names and ids of channels that are there, but could not be read; nothing is concluded about them.
    `number` counts the snapshots of one run."""

    legs: tuple[LegSnapshot, ...]
    devices: tuple[tuple[str, Device], ...]
    switch_version: str = ""
    unread: tuple[str, ...] = ()
    number: int = 0
