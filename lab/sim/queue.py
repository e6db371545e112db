"""The native queue of the fallback: callers by priority and arrival, phones rung one after the other."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from lab.sim.channel import Channel, State
from lab.sim.runner import Runner, Step

if TYPE_CHECKING:
    from lab.sim.exchange import Exchange

RETRY = 1.0
RING_LIMIT = 20.0
NAME = "cti-fallback"


@dataclass(slots=True, eq=False)
class Entry:
    """One caller in the queue; `leg` is the phone that rings for it."""

    channel: Channel
    priority: int
    joined: float
    leg: Channel | None = None
    rung_at: float = 0.0
    timer: asyncio.TimerHandle | None = None
    tried: set[str] = field(default_factory=set)


class FallbackQueue:
    """Strategy rrmemory, ringinuse=no: the next free reachable phone after the one rung last."""

    def __init__(self, exchange: Exchange, runner: Runner) -> None:
        self._exchange = exchange
        self._runner = runner
        self.entries: list[Entry] = []
        self._next = 0

    def join(self, channel: Channel, limit: float) -> None:
        priority = int(channel.variables.get("QUEUE_PRIO") or 0)
        entry = Entry(channel, priority, time.time())
        place = next((n for n, e in enumerate(self.entries) if e.priority < priority), len(self.entries))
        self.entries.insert(place, entry)
        channel.leave = lambda: self._leave(entry, abandoned=True)
        count = len(self.entries)
        self._exchange.tell("QueueCallerJoin", channel, ("Queue", NAME), ("Position", place + 1), ("Count", count))
        self._exchange.music(channel, "cti")
        if limit > 0:
            entry.timer = self._exchange.later(limit, lambda: self._give_up(entry))
        self._ring(entry)

    def _give_up(self, entry: Entry) -> None:
        """The caller waited to the limit of the queue: the dialplan goes on."""
        self._leave(entry, abandoned=False)
        self._exchange.music(entry.channel, "")
        entry.channel.set("QUEUESTATUS", "TIMEOUT")
        self._runner.go_on(entry.channel)

    def _leave(self, entry: Entry, *, abandoned: bool) -> None:
        if entry not in self.entries:
            return
        channel, position = entry.channel, self.entries.index(entry) + 1
        if entry.timer is not None:
            entry.timer.cancel()
        if entry.leg is not None:
            self._drop_leg(entry, "CANCEL")
        if abandoned:
            self._exchange.music(channel, "")
            times: list[tuple[str, object]] = [("OriginalPosition", position), ("HoldTime", self._waited(entry))]
            self._exchange.tell("QueueCallerAbandon", channel, ("Queue", NAME), ("Position", position), *times)
        self.entries.remove(entry)
        count = len(self.entries)
        self._exchange.tell("QueueCallerLeave", channel, ("Queue", NAME), ("Position", position), ("Count", count))

    def _waited(self, entry: Entry) -> int:
        return int(time.time() - entry.joined)

    # --- ringing

    def _free(self) -> str | None:
        """The next phone that may be rung, None when there is none."""
        names = list(self._exchange.phones)
        for n in range(len(names)):
            at = (self._next + n) % len(names)
            if self._exchange.device_state(names[at]) == "NOT_INUSE" and not self._exchange.legs.get(names[at]):
                self._next = at + 1
                return names[at]
        return None

    def _ring(self, entry: Entry) -> None:
        if entry not in self.entries or entry.leg is not None:
            return
        name = self._free()
        if name is None:
            self._exchange.later(RETRY, lambda: self._ring(entry))
            return
        exchange, caller = self._exchange, entry.channel
        phone = exchange.phones[name]
        leg = exchange.new_channel(name, phone, linked=caller.linked)
        leg.context = "cti-phones"
        for key in caller.inherited:
            leg.variables[key] = caller.variables[key]
        leg.inherited = set(caller.inherited)
        entry.leg, entry.rung_at = leg, time.time()
        exchange.tell("Newchannel", leg)
        leg.number = caller.connected_number or caller.dialled
        leg.caller = caller.connected_name
        leg.app, leg.data = "AppQueue", "(Outgoing Line)"
        exchange.tell("NewCallerid", leg, ("CID-CallingPres", "0 (Presentation Allowed, Not Screened)"))
        self._pair("AgentCalled", entry)
        self._pair("DialBegin", entry, ("DialString", f"PJSIP/{name}"))
        exchange.connect_line(caller, leg.number, leg.caller)
        leg.connected_number, leg.connected_name = caller.number, caller.caller
        timer = exchange.later(RING_LIMIT, lambda: self._drop_leg(entry, "NOANSWER"))
        leg.leave = timer.cancel
        leg.on_ring = lambda: self._pair("DialState", entry, ("DialStatus", "RINGING"))
        leg.on_answer = lambda: self._answered(entry)
        leg.hung_up = lambda: self._refused(entry, leg)
        phone.invited(leg)

    def _pair(self, event: str, entry: Entry, *more: tuple[str, object]) -> None:
        """An event about a caller and the phone that rings for it."""
        leg = entry.leg
        assert leg is not None
        said: list[tuple[str, object]] = list(more)
        kind = "call"
        if event.startswith("Agent"):
            kind = "agent"
            said[:0] = [("Queue", NAME), ("Interface", f"PJSIP/{leg.endpoint}"), ("MemberName", leg.endpoint)]
        self._exchange.tell(event, entry.channel, *leg.headers("Dest"), *said, kind=kind)

    def _drop_leg(self, entry: Entry, status: str) -> None:
        """Stop the phone that rings: CANCEL when the caller left, NOANSWER when it rang out."""
        leg = entry.leg
        if leg is None:
            return
        if status == "NOANSWER":
            self._refused(entry, leg)
        else:
            for _ in range(2):  # Asterisk says it twice
                self._pair("DialEnd", entry, ("DialStatus", status))
            entry.leg, leg.hung_up = None, None
        self._exchange.hang_up(leg, 0)

    def _refused(self, entry: Entry, leg: Channel) -> None:
        """The phone declined or rang out: the next one, after the queue's pause when all were tried."""
        leg.hung_up = None
        if entry.leg is not leg:
            return
        status = "BUSY" if leg.cause == 17 and leg.state == State.Ringing else "NOANSWER"
        self._pair("DialEnd", entry, ("DialStatus", status))
        rang = int((time.time() - entry.rung_at) * 1000)
        self._pair("AgentRingNoAnswer", entry, ("RingTime", rang))
        entry.leg = None
        entry.tried.add(leg.endpoint)
        again = len(entry.tried) >= sum(phone.registered for phone in self._exchange.phones.values())
        if again:
            entry.tried.clear()
        self._exchange.later(RETRY if again else 0.0, lambda: self._ring(entry))

    def _answered(self, entry: Entry) -> None:
        exchange, caller, leg = self._exchange, entry.channel, entry.leg
        assert leg is not None
        if leg.leave is not None:
            leg.leave()
        leg.leave = leg.hung_up = None
        exchange.set_state(leg, State.Up)
        self._pair("DialEnd", entry, ("DialStatus", "ANSWER"))
        exchange.music(caller, "")
        hold, rang = self._waited(entry), int(time.time() - entry.rung_at)
        caller.leave = None
        rung_leg, entry.leg = leg, None
        self._leave(entry, abandoned=False)
        entry.leg = rung_leg
        self._pair("AgentConnect", entry, ("HoldTime", hold), ("RingTime", rang))
        joint = exchange.new_bridge()
        exchange.enter_bridge(joint, leg)
        exchange.enter_bridge(joint, caller)
        leg.resume = lambda: exchange.hang_up(leg, 0)
        caller.resume = lambda: self._runner.end(caller)


def queue(runner: Runner, channel: Channel, data: str) -> Step:
    """`Queue(cti-fallback,,,,seconds)`: without option `c`, the end of the talk is the end of the call."""
    limit = (data.split(",") + [""] * 5)[4]
    runner.fallback.join(channel, float(limit or 0))
    return Step.wait
