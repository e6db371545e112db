"""All that is alive on the switch, from its lists and from what it said while they were collected. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from cti.ami.actions import Action
from cti.ami.parse import (
    CHANNEL,
    LINKEDID,
    MAX_ID,
    RINGING,
    STATE,
    UNIQUEID,
    UP,
    Malformed,
    header,
    is_shell,
    name_of,
    number_of,
    parse,
    required,
)
from cti.facts import (
    BridgeEntered,
    BridgeLeft,
    Device,
    DeviceChanged,
    LegEnded,
    LegPlaced,
    LegRinging,
    LegSaid,
    LegSnapshot,
    LegStarted,
    LegUp,
    Place,
    Snapshot,
)
from cti.ids import endpoint_of, is_dialled
from kernel.messages import Fact

VARIABLES = ("CTI_IX", "CTI_ROLE", "CTI_GONE", "CTI_DID", "CTI_SAID")
LIST_CHANNELS: Action = {"Action": "Status", "Variables": ",".join(VARIABLES)}
CHANNELS_END = b"StatusComplete"
LIST_DEVICES: Action = {"Action": "DeviceStateList"}
DEVICES_END = b"DeviceStateListComplete"

PLACES = {
    "cti-in": Place.entered,
    "cti-hold": Place.waiting,
    "cti-say": Place.waiting,
    "cti-held": Place.held,
    "cti-fallback": Place.fallback,
    "cti-after": Place.after,
    "cti-idle": Place.idle,
}
OUTSIDE = ("caller", "dialled")
"""CTI_ROLE of legs with a customer at their end."""
_NOT_DIALLED = re.compile(r"[^0-9+]")


def build(channels: Iterable[bytes], devices: Iterable[bytes], meanwhile: Iterable[Fact], version: str) -> Snapshot:
    """The snapshot as it stands after `meanwhile`, the facts posted since the lists were asked for.

    The lists and the events have no common order, but each channel's events have one. So a fact from meanwhile
    overrides the lists: it is newer, or the fact that makes it old follows it and repairs that. A shell is not a leg.
    """
    legs: dict[str, LegSnapshot] = {}
    unread: set[str] = set()
    for block in (one for one in channels if not is_shell(one)):
        try:
            leg = channel(block)
        except Malformed:
            unread |= {header(block, UNIQUEID), header(block, CHANNEL)}
            continue
        legs[leg.leg] = leg
    states = _devices(devices)
    for fact in meanwhile:
        if isinstance(fact, DeviceChanged):
            states[fact.endpoint] = fact.device
        else:
            _fold(legs, fact)
    return Snapshot(
        legs=tuple(legs.values()),
        devices=tuple(sorted(states.items())),
        switch_version=version,
        unread=tuple(sorted(name[:MAX_ID] for name in unread if name)),
    )


def channel(event: bytes) -> LegSnapshot:
    """One `Status` event; raises Malformed."""
    name, state = required(event, CHANNEL), required(event, STATE)
    bridge = header(event, b"\r\nBridgeID: ")[:MAX_ID] or None
    seconds = header(event, b"\r\nSeconds: ")
    return LegSnapshot(
        leg=required(event, UNIQUEID),
        channel=name,
        endpoint=endpoint_of(name),
        linked=required(event, LINKEDID),
        up=state == UP,
        ringing=state == RINGING,
        bridge=bridge,
        place=None if bridge else PLACES.get(header(event, b"\r\nContext: ")),
        interaction_id=_variable(event, "CTI_IX"),
        role=_variable(event, "CTI_ROLE"),
        gone=_variable(event, "CTI_GONE"),
        did=_NOT_DIALLED.sub("", _variable(event, "CTI_DID"))[:40],
        language=header(event, b"\r\nLanguage: ")[:20],
        seconds=int(seconds) if seconds.isascii() and seconds.isdigit() and len(seconds) < 10 else 0,
        number=number_of(event),
        name=name_of(event),
        said=_variable(event, "CTI_SAID"),
    )


def _variable(event: bytes, name: str) -> str:
    value = header(event, b"\r\nVariable: " + name.encode() + b"=")[:MAX_ID]
    return "" if value == "(null)" else value


def _devices(blocks: Iterable[bytes]) -> dict[str, Device]:
    states: dict[str, Device] = {}
    for block in blocks:
        try:
            fact = parse(block)
        except Malformed:
            continue
        if isinstance(fact, DeviceChanged):
            states[fact.endpoint] = fact.device
    return states


def _fold(legs: dict[str, LegSnapshot], fact: Fact) -> None:
    if isinstance(fact, LegStarted):
        legs.setdefault(fact.leg, _started(fact, _rung_for(legs, fact.linked)))
    elif isinstance(fact, LegPlaced):
        legs[fact.leg] = _placed(fact, legs.get(fact.leg))
    elif isinstance(fact, LegEnded):
        legs.pop(fact.leg, None)
    elif isinstance(fact, LegSaid) and fact.leg in legs:
        legs[fact.leg] = replace(legs[fact.leg], said=f"{fact.step}:{fact.result}")
    elif isinstance(fact, LegRinging | LegUp | BridgeEntered | BridgeLeft) and fact.leg in legs:
        legs[fact.leg] = _changed(legs[fact.leg], fact)


def _rung_for(legs: dict[str, LegSnapshot], linked: str) -> LegSnapshot | None:
    """Whom the switch rings a leg of that Linkedid for: a caller, or a number that we dialled."""
    return next((leg for leg in legs.values() if leg.linked == linked and leg.role in OUTSIDE), None)


def _changed(leg: LegSnapshot, fact: LegRinging | LegUp | BridgeEntered | BridgeLeft) -> LegSnapshot:
    if isinstance(fact, LegRinging):
        return replace(leg, ringing=not leg.up)
    if isinstance(fact, LegUp):
        return replace(leg, up=True, ringing=False)
    if isinstance(fact, BridgeEntered):
        return replace(leg, bridge=fact.bridge, place=None, linked=fact.linked or leg.linked)
    return replace(leg, bridge=None) if leg.bridge == fact.bridge else leg


def _started(fact: LegStarted, first: LegSnapshot | None) -> LegSnapshot:
    """A leg that the switch rings for a caller (`first`) carries that caller's interaction."""
    return LegSnapshot(
        leg=fact.leg,
        channel=fact.channel,
        endpoint=fact.endpoint,
        linked=fact.linked,
        up=False,
        ringing=False,
        bridge=None,
        place=None,
        interaction_id=first.interaction_id if first is not None else "",
        role="",
        number=fact.number,
        name=fact.name,
    )


def _placed(fact: LegPlaced, leg: LegSnapshot | None) -> LegSnapshot:
    if leg is None:
        started = LegStarted(
            leg=fact.leg,
            channel=fact.channel,
            endpoint=endpoint_of(fact.channel),
            linked=fact.linked,
            number=fact.number,
            name=fact.name,
        )
        leg = _started(started, None)
    return replace(
        leg,
        place=fact.place,
        bridge=None,
        linked=fact.linked or leg.linked,
        interaction_id=fact.interaction_id,
        role=leg.role or _role(fact),
        did=leg.did or fact.did,
        language=leg.language or fact.language,
    )


def _role(fact: LegPlaced) -> str:
    if fact.place is Place.idle:
        return "agent"
    return "dialled" if is_dialled(fact.leg) else "caller"
