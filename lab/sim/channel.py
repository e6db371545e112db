"""What the simulated switch is made of: channels and bridges, and how Asterisk describes them in headers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Protocol


class State(IntEnum):
    """Asterisk's channel states, those that occur here."""

    Down = 0
    Ring = 4
    Ringing = 5
    Up = 6


UNKNOWN = "<unknown>"

CAUSES = {
    0: "Unknown",
    1: "Unallocated (unassigned) number",
    3: "No route to destination",
    16: "Normal Clearing",
    17: "User busy",
    18: "No user responding",
    19: "User alerting, no answer",
    20: "Subscriber absent",
    21: "Call Rejected",
    26: "Answered elsewhere",
    27: "Destination out of order",
    34: "Circuit/channel congestion",
    38: "Network out of order",
    44: "Requested channel not available",
    127: "Interworking, unspecified",
}


class Party(Protocol):
    """Who is at the far end of a channel: a caller or a phone."""

    def bridged(self, channel: Channel) -> None:
        """The channel is in a bridge with another."""
        ...

    def left(self, channel: Channel) -> None:
        """The channel is gone."""
        ...


@dataclass(slots=True, eq=False)
class Bridge:
    """A mixing point. A basic one dissolves when one of its two leaves."""

    id: str
    technology: str = "simple_bridge"
    kind: str = "basic"
    name: str = UNKNOWN
    creator: str = UNKNOWN
    members: list[Channel] = field(default_factory=list)

    def headers(self) -> list[tuple[str, object]]:
        return [
            ("BridgeUniqueid", self.id),
            ("BridgeType", self.kind),
            ("BridgeTechnology", self.technology),
            ("BridgeCreator", self.creator),
            ("BridgeName", self.name),
            ("BridgeNumChannels", len(self.members)),
            ("BridgeVideoSourceMode", "none"),
        ]


@dataclass(slots=True, eq=False)
class Channel:
    """One leg. `heard` are the sounds that were begun for it, as `language:sound`. `leave` undoes the application that
    runs (timers, queue, bridge); `resume` goes on after a bridge.
    `dialled` is what came in with it, `outside` the number that it calls over the trunk."""

    name: str
    id: str
    linked: str
    endpoint: str
    party: Party
    born: float
    state: State = State.Down
    number: str = ""
    caller: str = ""
    connected_number: str = ""
    connected_name: str = ""
    dialled: str = ""
    outside: str = ""
    language: str = "en"
    context: str = ""
    exten: str = "s"
    priority: int = 1
    app: str = ""
    data: str = ""
    variables: dict[str, str] = field(default_factory=dict)
    inherited: set[str] = field(default_factory=set)
    bridge: Bridge | None = None
    music: str = ""
    recording: bool = False
    in_dialplan: bool = False
    cause: int = 0
    tech_cause: str = ""
    gone: bool = False
    heard: list[str] = field(default_factory=list)
    spins: int = 0
    turn: int = 0
    leave: Callable[[], None] | None = None
    resume: Callable[[], None] | None = None
    hung_up: Callable[[], None] | None = None
    at_end: Callable[[], None] | None = None
    on_ring: Callable[[], None] | None = None
    on_answer: Callable[[], None] | None = None

    def headers(self, prefix: str = "") -> list[tuple[str, object]]:
        """The snapshot of a channel as it opens most events; `prefix` is `Dest` for a dialled leg."""
        return [
            (f"{prefix}Channel", self.name),
            (f"{prefix}ChannelState", int(self.state)),
            (f"{prefix}ChannelStateDesc", self.state.name),
            (f"{prefix}CallerIDNum", self.number or UNKNOWN),
            (f"{prefix}CallerIDName", self.caller or UNKNOWN),
            (f"{prefix}ConnectedLineNum", self.connected_number or UNKNOWN),
            (f"{prefix}ConnectedLineName", self.connected_name or UNKNOWN),
            (f"{prefix}Language", self.language),
            (f"{prefix}AccountCode", ""),
            (f"{prefix}Context", self.context),
            (f"{prefix}Exten", self.exten),
            (f"{prefix}Priority", self.priority),
            (f"{prefix}Uniqueid", self.id),
            (f"{prefix}Linkedid", self.linked),
        ]

    def set(self, name: str, value: str) -> None:
        """Set a variable; `_` and `__` before the name make it known to legs that the switch dials for this one."""
        plain = name.lstrip("_")
        if plain != name:
            self.inherited.add(plain)
        self.variables[plain] = value
