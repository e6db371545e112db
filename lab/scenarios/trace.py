"""Turns what an AMI said into a trace that two switches can be compared by. Pure.

Ids become roles, times go, and the order is kept per channel, bridge, device and originate: between those, neither
switch promises any."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from lab.ami import Message

CHANNEL = ("ChannelStateDesc", "CallerIDNum", "CallerIDName", "Context", "Exten", "Linkedid")
BRIDGED = ("BridgeUniqueid", "BridgeType", "BridgeTechnology", "ChannelStateDesc", "CallerIDNum", "Linkedid")
DIAL = ("DestCallerIDNum", "DialString")
QUEUE = ("Queue", "Position", "Count", "OriginalPosition")
SAID = ("UserEvent", "Ix", "Did", "Lang", "Reason", "Claim", "Step", "Result", "File")
MATTERS: dict[str, tuple[str, ...]] = {
    "Newchannel": CHANNEL,
    "Newstate": CHANNEL,
    "DialBegin": DIAL,
    "DialEnd": ("DialStatus",),
    "BridgeEnter": BRIDGED,
    "BridgeLeave": BRIDGED,
    "UserEvent": (*SAID, "Context", "Exten"),
    "Hangup": ("Cause", "Cause-txt", "TechCause", "ChannelStateDesc", "Context"),
    "MusicOnHoldStart": ("Class",),
    "QueueCallerJoin": QUEUE,
    "QueueCallerLeave": QUEUE,
    "QueueCallerAbandon": QUEUE,
    "DTMFBegin": ("Digit", "Direction"),
    "DTMFEnd": ("Digit", "Direction"),
    "BridgeCreate": ("BridgeType", "BridgeTechnology", "BridgeNumChannels"),
    "BridgeDestroy": ("BridgeType", "BridgeNumChannels"),
    "OriginateResponse": ("Response", "Channel", "Context", "Exten", "Reason", "CallerIDNum", "CallerIDName"),
    "DeviceStateChange": ("State",),
    "PeerStatus": ("PeerStatus", "ChannelType"),
    "ContactStatus": ("ContactStatus",),
    "FullyBooted": ("Status",),
}
"""The events that the platform reads, and of each the headers that are compared by value. MusicOnHoldStop is left out:
Asterisk now and then leaves it out too, when a bridge takes the channel."""

LISTED = {
    "Status": (*CHANNEL, "BridgeID", "Type", "DNID", "Application", "Variable"),
    "CoreShowChannel": (*CHANNEL, "BridgeId", "Application"),
}


@dataclass(slots=True)
class Cast:
    """Who is who: roles of channels, bridges and devices, given at first sight."""

    callers: list[str] = field(default_factory=list)
    legs: dict[str, str] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    channels: dict[str, str] = field(default_factory=dict)
    torn: set[str] = field(default_factory=set)
    _devices: dict[str, str] = field(default_factory=dict)
    _bridges: int = 0
    _rung: int = 0

    def meet(self, message: Message) -> None:
        """Give roles to whatever a message names for the first time."""
        if message["Event"] == "OriginateResponse":
            return  # of a leg that never was, it names a phone as the channel
        for prefix in ("", "Dest"):
            unique, channel = message.get(f"{prefix}Uniqueid"), message.get(f"{prefix}Channel", "")
            if unique and channel.count("-") and unique not in self.names:
                self.names[unique] = self._new_role(unique, channel)
                self.channels[self.names[unique]] = channel
                self.names[channel] = self.names[unique]
        if "Ix" in message and message.get("UserEvent") == "CtiEnter":
            self.names[message["Ix"]] = f"ix({self.names[message['Uniqueid']]})"
        bridge = message.get("BridgeUniqueid") or message.get("BridgeID") or message.get("BridgeId")
        if bridge and bridge not in self.names:
            self._bridges += 1
            self.names[bridge] = f"bridge {self._bridges}"

    def _new_role(self, unique: str, channel: str) -> str:
        if unique in self.legs:
            return self.legs[unique]
        if channel.startswith("PJSIP/trunk-"):
            return self.callers.pop(0) if self.callers else "another caller"
        self._rung += 1
        return f"rung by the switch {self._rung}"

    def device(self, name: str) -> str:
        if name == "PJSIP/trunk":
            return "trunk"
        return self._devices.setdefault(name, f"phone {len(self._devices) + 1}")

    def role(self, message: Message) -> str:
        """The channel that a message is about: the dialled one of a Dial event."""
        self.meet(message)
        return self.names.get(message.get("DestUniqueid") or message.get("Uniqueid", ""), "")

    def plain(self, text: str) -> str:
        """A header's value without ids."""
        known = self.names.get(text)
        if known:
            return known
        for name, role in sorted(self.names.items(), key=lambda one: -len(one[0])):
            if name in text and len(name) > 6:
                text = text.replace(name, role)
        return text


def _subject(cast: Cast, message: Message) -> str:
    event = message["Event"]
    if event == "OriginateResponse":
        return f"originate of {cast.legs.get(message.get('Uniqueid', ''), '?')}"
    if event in ("BridgeCreate", "BridgeDestroy"):
        return cast.names[message["BridgeUniqueid"]]
    if event in ("DialBegin", "DialEnd"):
        return f"dialling of {cast.role(message)}"
    if event == "DeviceStateChange":
        return f"device {cast.device(message['Device'])}"
    if event in ("PeerStatus", "ContactStatus"):
        name = message.get("Peer") or f"PJSIP/{message.get('AOR')}"
        return f"{event} of {cast.device(name)}"
    return cast.role(message) or "switch"


def _value(cast: Cast, message: Message, key: str) -> str:
    value = message[key]
    if key in ("Channel", "DialString") and value.removeprefix("PJSIP/").startswith("cti-phone"):
        return cast.names.get(value) or cast.device("PJSIP/" + value.removeprefix("PJSIP/"))
    return cast.plain(value)


def _line(cast: Cast, message: Message, keys: Iterable[str]) -> str:
    said = (f"{key}={_value(cast, message, key)!r}" for key in keys if key in message)
    return " ".join((message["Event"], *said))


def matters(message: Message) -> bool:
    """Whether an event is compared: one the platform reads, and of devices only telephones."""
    if message["Event"] == "DeviceStateChange" and not message.get("Device", "").startswith("PJSIP/"):
        return False
    return message["Event"] in MATTERS and "EventList" not in message and not is_listed(message)


def is_listed(message: Message) -> bool:
    """Whether an event is part of an answer to an action."""
    return "ActionID" in message and message["Event"] != "OriginateResponse"


def sections(cast: Cast, events: list[Message]) -> dict[str, list[str]]:
    """The lines of each subject, in the order said; what happened to bridges is told with their members too."""
    found: dict[str, list[str]] = {}
    for message in events:
        cast.meet(message)
        if matters(message):
            line = _line(cast, message, MATTERS[message["Event"]])
            found.setdefault(_subject(cast, message), []).append(line)
            if message["Event"] in ("BridgeEnter", "BridgeLeave"):
                found.setdefault(cast.names[message["BridgeUniqueid"]], []).append(_membership(cast, message))
    return found


def _membership(cast: Cast, message: Message) -> str:
    """Who came or went and how many are there then. Of two torn out at once, either may be first."""
    event, bridge = message["Event"], message["BridgeUniqueid"]
    who = "one of two" if event == "BridgeLeave" and bridge in cast.torn else cast.role(message)
    return f"{event} {who} members={message['BridgeNumChannels']}"


def headers(events: list[Message]) -> list[str]:
    """Which headers each event that matters came with, in order."""
    return sorted({_shape(m) for m in events if matters(m)})


def _shape(message: Message) -> str:
    return f"{message['Event']}: {' '.join(message)}"


def snapshot(cast: Cast, channels: list[Message], status: list[Message], devices: list[Message]) -> list[str]:
    """What the three lists of a snapshot say, sorted: neither switch promises their order."""
    for message in (*channels, *status):
        cast.meet(message)
    lines = [_line(cast, m, LISTED["CoreShowChannel"]) + f" of={cast.role(m)}" for m in channels]
    lines += [_line(cast, m, LISTED["Status"]) + f" of={cast.role(m)}" for m in status]
    phones = [m for m in devices if m["Device"].startswith("PJSIP/cti-phone")]  # the trunk's state lags behind
    lines += [f"Device {m['Device']} {m['State']}" for m in phones]
    return sorted(lines) + sorted({_shape(m) for m in (*channels, *status, *phones)})


def render(parts: dict[str, list[str]]) -> str:
    """A trace as text: a section for each subject, sorted by name."""
    return "".join(f"== {name}\n" + "".join(f"{line}\n" for line in parts[name]) for name in sorted(parts))
