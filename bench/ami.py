"""`ami`: bytes of the switch to typed facts by the platform's own link, beside panoramisk's parsing and dispatching."""

from __future__ import annotations

import asyncio
import gc
import time
from collections import deque
from collections.abc import Callable, Sequence
from typing import Any

from panoramisk.ami_protocol import AMIProtocol
from panoramisk.manager import Manager

from bench.ami_stream import chunks, stream
from bench.report import Findings, Goal
from cti.ami.protocol import AmiProtocol
from cti.ami.settings import AmiSettings
from cti.ami.switch import AmiSwitch
from kernel.messages import Fact

GOALS = {"ratio_vs_panoramisk": Goal(">=", 8)}
INBOX = 1000
"""Facts that are kept at a time: the engine takes them away as they come."""
EVENTS, RUNS, SEED = 200_000, 5, 7
PATTERNS = (
    "Newchannel", "Newstate", "Hangup", "BridgeEnter", "BridgeLeave", "BridgeCreate", "BridgeDestroy", "UserEvent",
    "DeviceStateChange", "DTMFEnd", "OriginateResponse", "FullyBooted", "ContactStatus", "PeerStatus", "MusicOnHold*",
    "NewConnectedLine", "Queue*", "SoftHangupRequest", "Newexten", "VarSet",
)  # fmt: skip
"""What a program on panoramisk would ask for to know the same of calls as we do."""


async def run(quick: bool, say: Callable[[str], None]) -> Findings:
    events, runs = (EVENTS // 10, 3) if quick else (EVENTS, RUNS)
    pieces = chunks(stream(events, SEED), SEED)
    found = Findings({"events": events, "chunks": len(pieces), "bytes": sum(map(len, pieces)), "patterns": 20})
    ours(pieces), panoramisks(pieces[: len(pieces) // 10])  # warm-up
    mine, peers, facts = [], [], 0
    for number in range(runs):
        say(f"run {number + 1} of {runs}")
        seconds, facts = ours(pieces)
        mine.append(events / seconds)
        seconds, dispatched = panoramisks(pieces)
        peers.append(events / seconds)
    found.add("ratio_vs_panoramisk", [a / b for a, b in zip(mine, peers, strict=True)])
    found.add("events_per_s", mine)
    found.add("panoramisk_events_per_s", peers)
    found.add("facts_share", [facts / events])
    found.notes.append(
        f"{facts} of {events} events became facts; panoramisk's callbacks were called {dispatched} times. Both sides "
        "got the same chunks in the same process, in turns, by processor time; panoramisk's callbacks do nothing."
    )
    return found


def ours(pieces: Sequence[bytes]) -> tuple[float, int]:
    """Seconds for all chunks through the link's protocol up to facts in a queue; and how many facts."""
    facts: deque[Fact] = deque(maxlen=INBOX)
    count = 0

    def take(fact: Fact) -> bool:
        nonlocal count
        count += 1
        facts.append(fact)
        return True

    switch = AmiSwitch(AmiSettings(), take)
    protocol = AmiProtocol(switch.event, switch.counts)
    seconds = _timed(protocol.data_received, pieces)
    if protocol.lost.done() or switch.counts["events_poison"] or switch.counts["events_refused"]:
        raise RuntimeError(f"the link did not take the stream: {dict(switch.counts)}")
    return seconds, count


def panoramisks(pieces: Sequence[bytes]) -> tuple[float, int]:
    """Seconds for the same through panoramisk's protocol and manager; and how many callbacks were called."""
    count = 0

    def callback(_manager: object, _event: object) -> None:
        nonlocal count
        count += 1

    manager: Any = Manager(loop=asyncio.get_running_loop())  # type: ignore[no-untyped-call]
    for pattern in PATTERNS:
        manager.register_event(pattern, callback)
    protocol: Any = AMIProtocol()
    protocol.connection_made(None)
    protocol.factory, protocol.encoding = manager, "utf8"
    return _timed(protocol.data_received, pieces), count


def _timed(take: Callable[[bytes], None], pieces: Sequence[bytes]) -> float:
    gc.collect()
    began = time.process_time()
    for piece in pieces:
        take(piece)
    return time.process_time() - began
