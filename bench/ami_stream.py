"""A stream of AMI bytes as a switch sends it: what a real Asterisk was heard to say, and calls made up alike."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

from bench.machine import ROOT
from lab.errors import LabError

RECORDED = ROOT / "tests" / "fixtures" / "ami"
BANNER = b"Asterisk Call Manager/11.0.0\r\n"
SEGMENT = 1448
"""Bytes that one TCP segment carries over Ethernet."""
NAMES = ("Lucía Fernández", "Oliver Bennett", "王小明", "Anna-Karin Öberg", "Ivan", "", "O'Neill, Sean & Partners")


def stream(events: int, seed: int) -> bytes:
    """`events` AMI events after the banner: recorded ones and made-up calls, half of each."""
    rng = random.Random(seed)
    recorded = _recorded()
    out, count, call = [BANNER], 0, 0
    while count < events:
        call += 1
        burst = recorded[call % len(recorded)] if call % 2 else tuple(_call(rng, call))
        burst = burst[: events - count]
        out += burst
        count += len(burst)
    return b"".join(out)


def chunks(data: bytes, seed: int) -> list[bytes]:
    """Cut as a socket hands it out: mostly what one write of the switch held, at times several segments at once."""
    rng = random.Random(seed)
    found, at = [], 0
    while at < len(data):
        size = rng.randrange(200, 1200) if rng.random() < 0.6 else SEGMENT * rng.randrange(1, 12)
        found.append(data[at : at + size])
        at += size
    return found


def _recorded() -> list[tuple[bytes, ...]]:
    """The events of each transcript, each with its empty line."""
    files = sorted(RECORDED.glob("*.txt"))
    if not files:
        raise LabError(f"there are no recorded events in {RECORDED}", "run the benchmark from a clone")
    return [tuple(_events(file)) for file in files]


def _events(file: Path) -> Iterator[bytes]:
    text = file.read_bytes().replace(b"\r\n", b"\n")
    for message in text.split(b"\n\n"):
        if message.startswith(b"Event: "):
            yield message.replace(b"\n", b"\r\n") + b"\r\n\r\n"


def _call(rng: random.Random, number: int) -> Iterator[bytes]:
    """One call from ringing to hanging up, with the events between that nobody here uses."""
    unique, agent = f"1795301656.{number}", f"leg-{number}"
    caller, phone = f"+34{rng.randrange(600_000_000, 799_999_999)}", f"cti-phone-{number % 90 + 1:02d}"
    name = rng.choice(NAMES)
    trunk, desk = f"PJSIP/trunk-{number:08x}", f"PJSIP/{phone}-{number:08x}"
    ours = _channel(trunk, unique, unique, caller, name)
    theirs = _channel(desk, agent, unique, "", "")
    yield _event("Newchannel", ours, "Exten: 5551234")
    for kind in ("CtiEnter", "CtiHold"):
        yield _event("UserEvent", ours, f"UserEvent: {kind}\r\nIx: ix-{number}\r\nDid: 5551234\r\nLang: es")
    yield _event("MusicOnHoldStart", ours, "Class: default")
    yield _event("Newchannel", theirs, "Exten: s")
    yield _event("Newstate", theirs, "ConnectedLineName: <unknown>")
    yield _event("DeviceStateChange", f"Device: PJSIP/{phone}", "State: RINGING")
    yield _event("Newstate", theirs.replace("ChannelState: 0", "ChannelState: 6").replace("Down", "Up"), "Account: x")
    for part in (theirs, ours):
        yield _event("BridgeEnter", _bridge(number), part)
    yield _event("NewConnectedLine", ours, "Exten: 5551234")
    for _ in range(rng.randrange(0, 3)):
        yield _event("DTMFEnd", ours, f"Digit: {rng.randrange(10)}\r\nDurationMs: 120\r\nDirection: Received")
    for part in (theirs, ours):
        yield _event("BridgeLeave", _bridge(number), part)
    yield _event("Hangup", theirs, "Cause: 16\r\nCause-txt: Normal Clearing")
    yield _event("Hangup", ours, "Cause: 16\r\nCause-txt: Normal Clearing")
    yield _event("DeviceStateChange", f"Device: PJSIP/{phone}", "State: NOT_INUSE")


def _event(name: str, *headers: str) -> bytes:
    lines = [f"Event: {name}", "Privilege: call,all", "Timestamp: 1795301656.463260", *headers]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def _channel(channel: str, unique: str, linked: str, number: str, name: str) -> str:
    headers = {
        "Channel": channel, "ChannelState": 0, "ChannelStateDesc": "Down", "CallerIDNum": number or "<unknown>",
        "CallerIDName": name or "<unknown>", "ConnectedLineNum": "<unknown>", "ConnectedLineName": "<unknown>",
        "Language": "en", "AccountCode": "", "Context": "cti-in", "Exten": "5551234", "Priority": 1,
        "Uniqueid": unique, "Linkedid": linked,
    }  # fmt: skip
    return "\r\n".join(f"{key}: {value}" for key, value in headers.items())


def _bridge(number: int) -> str:
    return (
        f"BridgeUniqueid: 8d3e7b1c-{number:012d}\r\nBridgeType: basic\r\nBridgeTechnology: simple_bridge\r\n"
        "BridgeCreator: <unknown>\r\nBridgeName: <unknown>\r\nBridgeNumChannels: 2\r\nBridgeVideoSourceMode: none"
    )
