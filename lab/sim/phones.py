"""The far ends of the simulated switch: callers and phones, and what they do by themselves."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from lab.sim.channel import Channel, State

if TYPE_CHECKING:
    from lab.sim.exchange import Exchange

RING_DELAY = 0.002
RTP_TIMEOUT = 20.0
KEY_MS = 120
DECLINED = {
    404: (1, "404"),
    480: (19, "480"),
    486: (17, "486"),
    503: (34, "503"),
    603: (21, "603"),
}
"""SIP refusals as the causes that Asterisk makes of them."""


class Manner(StrEnum):
    """What a phone does with a call: `ring` leaves it ringing for a test to answer, `busy` refuses without ringing."""

    answer = "answer"
    decline = "decline"
    busy = "busy"
    ring = "ring"


@dataclass(frozen=True, slots=True)
class Policy:
    """A phone's manners. `after` and `talk` in real seconds; `talk` None: it never hangs up by itself."""

    manner: Manner = Manner.ring
    after: float = 0.1
    code: int = 486
    talk: float | None = None

    @classmethod
    def answers(cls, after: float = 0.1, talk: float | None = None) -> Policy:
        return cls(Manner.answer, after, talk=talk)

    @classmethod
    def declines(cls, code: int = 486, after: float = 0.1) -> Policy:
        """486 busy, 603 declined, 480 unavailable."""
        return cls(Manner.decline, after, code=code)

    @classmethod
    def busy(cls, code: int = 486) -> Policy:
        """Refuses at once, without ringing."""
        return cls(Manner.busy, code=code)

    @classmethod
    def rings_out(cls) -> Policy:
        return cls(Manner.ring)


class SimPhone:
    """A phone of the pool. Its legs are rung by the switch; what happens then is its policy, or a test's call."""

    def __init__(self, exchange: Exchange, endpoint: str, policy: Policy, registered: bool) -> None:
        self._exchange = exchange
        self.endpoint = endpoint
        self.policy = policy
        self.registered = registered
        self.rung = 0
        self.deaf = False
        self._timers: dict[str, asyncio.TimerHandle] = {}
        self._news = asyncio.Event()

    # --- as the switch sees it

    @property
    def state(self) -> str:
        """Asterisk's device state."""
        return self._exchange.device_state(self.endpoint)

    @property
    def legs(self) -> list[Channel]:
        return list(self._exchange.legs.get(self.endpoint, {}).values())

    def register(self) -> None:
        self.deaf = False
        if not self.registered:
            self.registered = True
            self._contact("NonQualified", "Reachable")

    def unregister(self) -> None:
        if self.registered:
            self.registered = False
            self._contact("Removed", "Unreachable")

    def _contact(self, status: str, peer: str) -> None:
        name = self.endpoint
        uri = f"sip:{name}@127.0.0.1:5090"
        who: list[tuple[str, object]] = [("ChannelType", "PJSIP"), ("Peer", f"PJSIP/{name}"), ("PeerStatus", peer)]
        self._exchange.emit("system", "PeerStatus", who)
        headers: list[tuple[str, object]] = [("URI", uri), ("ContactStatus", status), ("AOR", name)]
        self._exchange.emit("system", "ContactStatus", [*headers, ("EndpointName", name), ("RoundtripUsec", 0)])
        self._exchange.device_changed(name)

    def vanish(self) -> None:
        """The browser died: registration gone, nothing is answered, and legs end when the sound stays away."""
        self.deaf = True
        self._clear()
        for leg in self.legs:
            if leg.state == State.Up:
                self._later(leg, RTP_TIMEOUT, lambda leg=leg: self._lost(leg))
        self.unregister()

    def _lost(self, leg: Channel) -> None:
        self._exchange.hang_up(leg, 44)

    # --- what it does

    def invited(self, leg: Channel) -> None:
        """An INVITE came: ring, and do what the policy says."""
        self.rung += 1
        if not self.deaf:
            self._timers[leg.id] = asyncio.get_running_loop().call_later(RING_DELAY, self._ring, leg)

    def manners(self, leg: Channel) -> Policy:
        """How the phone takes this leg."""
        return self.policy

    def _ring(self, leg: Channel) -> None:
        if leg.gone or leg.state != State.Down:
            return
        policy = self.manners(leg)
        if policy.manner is Manner.busy:
            self._refuse(leg, policy.code)
            return
        on_ring = leg.on_ring
        self._exchange.set_state(leg, State.Ringing)
        if on_ring is not None:
            on_ring()
        self._wake()
        if policy.manner is Manner.answer:
            self._later(leg, policy.after, lambda: self.answer(leg))
        elif policy.manner is Manner.decline:
            self._later(leg, policy.after, lambda: self.decline(leg))

    def answer(self, leg: Channel | None = None) -> bool:
        """Answer a leg, by default the one that rings; False when it rings no more, or the phone is deaf."""
        chosen = leg or self._first(State.Ringing)
        if chosen is None or chosen.gone or chosen.state != State.Ringing or self.deaf:
            return False
        on_answer, chosen.on_answer = chosen.on_answer, None
        if on_answer is not None:
            on_answer()
        self._wake()
        talk = self.manners(chosen).talk
        if talk is not None:
            self._later(chosen, talk, lambda: self.hang_up(chosen))
        return True

    def decline(self, leg: Channel | None = None, code: int = 0) -> None:
        """Refuse a leg with a SIP code, by default as the policy says."""
        chosen = leg or self._first(State.Ringing)
        if chosen is None or chosen.gone or chosen.state != State.Ringing:
            return
        self._refuse(chosen, code or self.policy.code)

    def _refuse(self, leg: Channel, code: int) -> None:
        cause, tech = DECLINED.get(code, (21, str(code)))
        self._exchange.request_hangup(leg, cause, tech)

    def hang_up(self, leg: Channel | None = None) -> None:
        """End a leg, by default the one that talks or rings."""
        chosen = leg or self._first(State.Up) or self._first(State.Ringing)
        if chosen is None or chosen.gone:
            return
        if chosen.state == State.Up:
            self._exchange.request_hangup(chosen)
        else:
            self.decline(chosen, 603)

    def press(self, digit: str) -> None:
        leg = self._first(State.Up)
        if leg is not None:
            press_key(self._exchange, leg, digit)

    async def until(self, state: str, timeout: float = 5.0) -> None:
        """Wait for a device state such as RINGING or INUSE."""
        async with asyncio.timeout(timeout):
            while self.state != state:
                self._news.clear()
                await self._news.wait()

    # --- housekeeping

    def bridged(self, channel: Channel) -> None:
        self._wake()

    def left(self, channel: Channel) -> None:
        timer = self._timers.pop(channel.id, None)
        if timer is not None:
            timer.cancel()
        self._wake()

    def _wake(self) -> None:
        asyncio.get_running_loop().call_soon(self._news.set)

    def _later(self, leg: Channel, seconds: float, call: object) -> None:
        assert callable(call)
        self._timers[leg.id] = asyncio.get_running_loop().call_later(seconds, call)

    def _clear(self) -> None:
        for timer in self._timers.values():
            timer.cancel()
        self._timers.clear()

    def _first(self, state: State) -> Channel | None:
        return next((leg for leg in self.legs if leg.state == state), None)


class SimCall:
    """A caller on the trunk. `channel` is its leg; `cause` is set when it has ended."""

    def __init__(self, exchange: Exchange, number: str, name: str, did: str) -> None:
        self._exchange = exchange
        self.cause: int | None = None
        self.ours = False
        self.joined = False
        self._ended = asyncio.Event()
        channel = exchange.new_channel("trunk", self)
        channel.number, channel.caller, channel.dialled = number, name, did
        channel.state = State.Ring
        channel.context, channel.exten = "cti-in", did
        self.channel = channel

    @property
    def up(self) -> bool:
        return not self.channel.gone

    def hang_up(self) -> None:
        """The caller puts the phone down."""
        self.ours = self.ours or self.up
        self._exchange.request_hangup(self.channel)

    def hang_up_after(self, seconds: float) -> None:
        asyncio.get_running_loop().call_later(seconds, self.hang_up)

    def press(self, digit: str) -> None:
        if self.up:
            press_key(self._exchange, self.channel, digit)

    def bridged(self, channel: Channel) -> None:
        self.joined = True

    def left(self, channel: Channel) -> None:
        self.cause = channel.cause
        self._ended.set()

    async def ended(self, timeout: float = 30.0) -> int:
        """Wait for the end; returns the hang-up cause."""
        async with asyncio.timeout(timeout):
            await self._ended.wait()
        return self.cause or 0


def press_key(exchange: Exchange, channel: Channel, digit: str) -> None:
    """A key of a telephone: begin and end, as the dtmf class of events tells it."""
    others = [c for c in channel.bridge.members if c is not channel] if channel.bridge else []
    for event, length in (("DTMFBegin", []), ("DTMFEnd", [("DurationMs", KEY_MS)])):
        for at, direction in ((channel, "Received"), *((other, "Sent") for other in others)):
            exchange.tell(event, at, ("Digit", digit), *length, ("Direction", direction), kind="dtmf")
