"""One AMI event as bytes to a typed fact. Pure. Only the headers that a fact needs are read."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from cti.facts import (
    BridgeEntered,
    BridgeLeft,
    ContactGone,
    Device,
    DeviceChanged,
    Heard,
    LegEnded,
    LegPlaced,
    LegRinging,
    LegSaid,
    LegStarted,
    LegUp,
    PickupEnded,
    Place,
    RecordingStarted,
)
from cti.ids import endpoint_of
from kernel.messages import Fact

MAX_ID = 150
MAX_TEXT = 256

UNIQUEID, CHANNEL, LINKEDID = b"\r\nUniqueid: ", b"\r\nChannel: ", b"\r\nLinkedid: "
NUMBER, NAME = b"\r\nCallerIDNum: ", b"\r\nCallerIDName: "
STATE, BRIDGE, CAUSE, CAUSE_TEXT = b"\r\nChannelState: ", b"\r\nBridgeUniqueid: ", b"\r\nCause: ", b"\r\nCause-txt: "
USER_EVENT, IX, DID, LANG = b"\r\nUserEvent: ", b"\r\nIx: ", b"\r\nDid: ", b"\r\nLang: "

DEVICE = b"\r\nDevice: "

RINGING, UP, PJSIP = "5", "6", "PJSIP/"
SHELL = b"\r\nChannel: Surrogate/"
"""What Asterisk leaves where Bridge() took a channel out of the dialplan: a channel with nobody at its end."""

DEVICES = {
    "NOT_INUSE": Device.reachable,
    "INUSE": Device.in_use,
    "BUSY": Device.in_use,
    "RINGING": Device.in_use,
    "RINGINUSE": Device.in_use,
    "ONHOLD": Device.in_use,
    "UNAVAILABLE": Device.lost,
    "INVALID": Device.lost,
    "UNKNOWN": Device.lost,
}

_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_CONTROLS = {"a": " ", "b": " ", "f": " ", "n": " ", "r": " ", "t": " ", "v": " "}
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")


class Malformed(Exception):
    """An event that we use lacks a header that its fact needs, or the header cannot be. `header` names it."""

    def __init__(self, header: bytes) -> None:
        self.header = header.strip(b"\r\n: ").decode("ascii", "replace")
        super().__init__(self.header)


def header(event: bytes, key: bytes) -> str:
    """The value of a header (the first, where it is repeated); bytes that are not UTF-8 become U+FFFD."""
    start = event.find(key)
    if start < 0:
        return ""
    start += len(key)
    end = event.find(b"\r\n", start)
    return (event[start:end] if end >= 0 else event[start:]).decode("utf-8", "replace")


def required(event: bytes, key: bytes) -> str:
    """A header that must be there and not empty: an id, a channel's name, a state."""
    value = header(event, key)
    if not value or len(value) > MAX_ID or "\0" in value:
        raise Malformed(key)
    return value


def number_of(event: bytes, key: bytes = NUMBER) -> str | None:
    return _person(header(event, key))


def name_of(event: bytes, key: bytes = NAME) -> str | None:
    """A caller's name; Asterisk writes it with C escapes (`O\\'Brien`), which are undone."""
    value = header(event, key)
    if "\\" in value:
        value = _ESCAPE.sub(lambda found: _CONTROLS.get(found[1], found[1]), value)
    return _person(value)


def _person(value: str) -> str | None:
    if not value.isprintable():
        value = _UNPRINTABLE.sub(" ", value)
    value = value.strip()[:MAX_TEXT]
    return None if not value or value == "<unknown>" else value


def _newchannel(event: bytes) -> Fact | None:
    channel = required(event, CHANNEL)
    return LegStarted(
        leg=required(event, UNIQUEID),
        channel=channel,
        endpoint=endpoint_of(channel),
        linked=required(event, LINKEDID),
        number=number_of(event),
        name=name_of(event),
    )


def _newstate(event: bytes) -> Fact | None:
    state = required(event, STATE)
    if state == UP:
        return LegUp(leg=required(event, UNIQUEID))
    return LegRinging(leg=required(event, UNIQUEID)) if state == RINGING else None


def _hangup(event: bytes) -> Fact | None:
    cause = header(event, CAUSE)
    known = cause.isascii() and cause.isdigit() and len(cause) <= 3
    return LegEnded(
        leg=required(event, UNIQUEID), cause=int(cause) if known else 0, text=header(event, CAUSE_TEXT)[:MAX_TEXT]
    )


def _bridge_enter(event: bytes) -> Fact | None:
    linked = header(event, LINKEDID)[:MAX_ID]
    return BridgeEntered(leg=required(event, UNIQUEID), bridge=required(event, BRIDGE), linked=linked)


def _bridge_leave(event: bytes) -> Fact | None:
    return BridgeLeft(leg=required(event, UNIQUEID), bridge=required(event, BRIDGE))


def _device(event: bytes) -> Fact | None:
    if not header(event, DEVICE).startswith(PJSIP):
        return None
    endpoint = required(event, DEVICE)[len(PJSIP) :]
    state = DEVICES.get(header(event, b"\r\nState: "))
    if state is None:
        raise Malformed(b"State")
    return DeviceChanged(endpoint=endpoint, device=state)


def _contact(event: bytes) -> Fact | None:
    if header(event, b"\r\nContactStatus: ") not in ("Removed", "Unreachable"):
        return None
    return ContactGone(endpoint=required(event, b"\r\nEndpointName: "))


def _placed(place: Place) -> Callable[[bytes], Fact | None]:
    def parse(event: bytes) -> Fact | None:
        return LegPlaced(
            leg=required(event, UNIQUEID),
            channel=required(event, CHANNEL),
            place=place,
            interaction_id=required(event, IX),
            linked=required(event, LINKEDID),
            did=header(event, DID)[:40],
            language=header(event, LANG)[:20],
            reason=header(event, b"\r\nReason: ")[:40],
            number=number_of(event),
            name=name_of(event),
        )

    return parse


def _bridge_done(event: bytes) -> Fact | None:
    return PickupEnded(
        leg=required(event, UNIQUEID),
        interaction_id=header(event, IX)[:MAX_ID],
        claim=header(event, b"\r\nClaim: ")[:MAX_ID],
        result=required(event, b"\r\nResult: "),
    )


def _said(event: bytes) -> Fact | None:
    result = header(event, b"\r\nResult: ")
    if result not in Heard.__members__:
        raise Malformed(b"Result")
    ids = {"leg": required(event, UNIQUEID), "interaction_id": required(event, IX)}
    return LegSaid(**ids, step=required(event, b"\r\nStep: "), result=Heard(result))


def _recording(event: bytes) -> Fact | None:
    return RecordingStarted(
        leg=required(event, UNIQUEID), interaction_id=required(event, IX), file=required(event, b"\r\nFile: ")
    )


USER_EVENTS: dict[str, Callable[[bytes], Fact | None]] = {
    "CtiEnter": _placed(Place.entered),
    "CtiHold": _placed(Place.waiting),
    "CtiHeld": _placed(Place.held),
    "CtiFallback": _placed(Place.fallback),
    "CtiAfter": _placed(Place.after),
    "CtiIdle": _placed(Place.idle),
    "CtiSaid": _said,
    "CtiBridgeDone": _bridge_done,
    "CtiRecording": _recording,
}


def _user_event(event: bytes) -> Fact | None:
    parse = USER_EVENTS.get(header(event, USER_EVENT))
    return parse(event) if parse is not None else None


EVENTS: dict[bytes, Callable[[bytes], Fact | None]] = {
    b"Newchannel": _newchannel,
    b"Newstate": _newstate,
    b"Hangup": _hangup,
    b"BridgeEnter": _bridge_enter,
    b"BridgeLeave": _bridge_leave,
    b"UserEvent": _user_event,
    b"DeviceStateChange": _device,
    b"ContactStatus": _contact,
}


def event_name(event: bytes) -> bytes:
    """The name in the first line, `Event: NAME`."""
    end = event.find(b"\r\n")
    return event[7:end] if end >= 0 else event[7:]


def parse(event: bytes) -> Fact | None:
    """The fact in an event; None when we do not use such events, or it is of a shell. Raises Malformed."""
    use = EVENTS.get(event_name(event))
    return use(event) if use is not None and not is_shell(event) else None


def is_shell(event: bytes) -> bool:
    """Whether its channel is a shell, which is nobody's call."""
    return SHELL in event


@dataclass(frozen=True, slots=True)
class Origination:
    """How an Originate of ours ended (OriginateResponse)."""

    leg: str
    ok: bool
    cause: int


# Asterisk's control-frame number to the ISDN cause; 0 means that no channel could be made: the phone is not there.
REASON_CAUSES = {"0": 20, "1": 16, "3": 19, "5": 17, "8": 34}


def origination(event: bytes) -> Origination | None:
    """The content of an OriginateResponse; None when it does not name a leg."""
    leg = header(event, UNIQUEID)
    reason = header(event, b"\r\nReason: ")
    ok = header(event, b"\r\nResponse: ") == "Success"
    return Origination(leg, ok, REASON_CAUSES.get(reason, 0)) if leg else None
