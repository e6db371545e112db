"""The switch without a wire: channels, bridges, device states, global variables, and the events of each change."""

from __future__ import annotations

import asyncio
import itertools
import time
import uuid
import wave
from collections.abc import Callable
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from lab.sim.channel import CAUSES, Bridge, Channel, Party, State
from lab.sounds import SECONDS, SHIPPED_SECONDS

if TYPE_CHECKING:
    from lab.sim.phones import SimPhone

Listener = Callable[[str, str, list[tuple[str, object]]], None]
"""Called with the event's class (call, user...), its name and its headers."""


class Exchange:
    """State of the switch. `second` is how long a second of the dialplan lasts."""

    def __init__(self, second: float = 1.0) -> None:
        self.second = second
        self.clock_ahead = 0.0
        """Seconds by which the switch's own clock is wrong."""
        self.recordings: Path | None = None
        """Where a second of silence is written for each call that is recorded; None writes nothing."""
        self.sounds: dict[str, float] = {**SECONDS, "no-such-sound": 0.0}
        """How long sounds and numbers (`number:7`) last, in seconds; 0 for what is not there."""
        self.sound_seconds = SHIPPED_SECONDS
        """That of all others."""
        self.listeners: list[Listener] = []
        self.phones: dict[str, SimPhone] = {}
        self.trunk: SimPhone | None = None
        self.boot()

    def boot(self) -> None:
        """Begin empty, as after a start of the switch; nobody is told."""
        self.started = time.time()
        self.globals: dict[str, str] = {}
        self.channels: dict[str, Channel] = {}
        self._by_name: dict[str, Channel] = {}
        self.legs: dict[str, dict[str, Channel]] = {}
        self.rooms: dict[str, Bridge] = {}
        self._devices: dict[str, str] = {}
        self._sequence = itertools.count()
        self._names = itertools.count()

    def later(self, seconds: float, call: Callable[[], None]) -> asyncio.TimerHandle:
        """Run something after so many seconds of the dialplan."""
        return asyncio.get_running_loop().call_later(seconds * self.second, call)

    def soon(self, channel: Channel, call: Callable[[Channel], None]) -> None:
        """Go on with a channel in the next turn of the loop, unless something else took hold of it by then."""
        turn = channel.turn

        def go() -> None:
            if not channel.gone and channel.turn == turn:
                call(channel)

        asyncio.get_running_loop().call_soon(go)

    def record(self, file: str) -> None:
        """Begin a recording under the last part of this path."""
        if self.recordings is not None:
            with wave.open(str(self.recordings / PurePosixPath(file).name), "wb") as sound:
                sound.setparams((1, 2, 8000, 0, "NONE", ""))
                sound.writeframes(bytes(16_000))

    # --- events

    def emit(self, kind: str, event: str, headers: list[tuple[str, object]]) -> None:
        for listener in self.listeners:
            listener(kind, event, headers)

    def tell(self, event: str, channel: Channel, *more: tuple[str, object], kind: str = "call") -> None:
        """An event about one channel."""
        self.emit(kind, event, [*channel.headers(), *more])

    # --- channels

    def find(self, name_or_id: str) -> Channel | None:
        return self._by_name.get(name_or_id) or self.channels.get(name_or_id)

    def new_channel(self, endpoint: str, party: Party, *, leg: str = "", linked: str = "") -> Channel:
        """A channel that is not announced yet. `leg` is an id of the caller's own choice."""
        now = time.time()
        unique = leg or f"{int(now)}.{next(self._sequence)}"
        name = f"PJSIP/{endpoint}-{next(self._names):08x}"
        channel = Channel(name, unique, linked or unique, endpoint, party, now)
        self.channels[unique] = self._by_name[name] = channel
        self.legs.setdefault(endpoint, {})[unique] = channel
        return channel

    def set_state(self, channel: Channel, state: State) -> None:
        channel.state = state
        self.tell("Newstate", channel)
        self.device_changed(channel.endpoint)

    def music(self, channel: Channel, music: str) -> None:
        """Start a class of music on hold, or stop it with ''."""
        if channel.music == music:
            return
        if channel.music:
            self.tell("MusicOnHoldStop", channel)
        channel.music = music
        if music:
            self.tell("MusicOnHoldStart", channel, ("Class", music))

    def say(self, channel: Channel, sound: str) -> float:
        """Begin a sound in the channel's language; how long it takes."""
        seconds = self.sounds.get(sound, self.sound_seconds)
        if seconds:
            channel.heard.append(f"{channel.language}:{sound}")
        return seconds

    def connect_line(self, channel: Channel, number: str, name: str) -> None:
        """Tell a channel who is at the other side."""
        if (channel.connected_number, channel.connected_name) != (number, name):
            channel.connected_number, channel.connected_name = number, name
            self.tell("NewConnectedLine", channel)

    def hang_up(self, channel: Channel, cause: int) -> None:
        """End a channel now: out of what it runs, out of its bridge, and announced."""
        if channel.gone:
            return
        channel.cause = cause or channel.cause
        self.interrupt(channel)
        self.music(channel, "")
        if channel.at_end is not None:
            channel.at_end()
        channel.gone = True
        self.channels.pop(channel.id, None)
        self._by_name.pop(channel.name, None)
        self.legs.get(channel.endpoint, {}).pop(channel.id, None)
        if channel.hung_up is not None:
            channel.hung_up()
        if channel.in_dialplan:
            self.tell("SoftHangupRequest", channel, ("Cause", 16))
        tech = [("TechCause", channel.tech_cause)] if channel.tech_cause else []
        cause_text = CAUSES.get(channel.cause, "Unknown")
        self.tell("Hangup", channel, ("Cause", channel.cause), ("Cause-txt", cause_text), *tech)
        channel.party.left(channel)
        self.device_changed(channel.endpoint)

    def request_hangup(self, channel: Channel, cause: int = 0, tech_cause: str = "") -> None:
        """The far end hung up. A plain BYE has no cause: it ends with 16 only when the channel was ever bridged."""
        if channel.gone:
            return
        channel.tech_cause = tech_cause
        said: list[tuple[str, object]] = [("Cause", cause)] if cause else []
        said += [("TechCause", tech_cause)] if tech_cause else []
        self.tell("HangupRequest", channel, *said)
        self.hang_up(channel, cause)

    def interrupt(self, channel: Channel) -> None:
        """Take a channel out of what it is doing: its application first, then its bridge."""
        channel.turn += 1
        leave, channel.leave = channel.leave, None
        if leave is not None:
            leave()
        if channel.bridge is not None:
            self.leave_bridge(channel)
        channel.resume = None

    # --- bridges

    def new_bridge(self, technology: str = "simple_bridge", name: str = "", kind: str = "basic") -> Bridge:
        bridge = Bridge(str(uuid.uuid4()), technology, kind)
        if name:
            bridge.name, bridge.creator = name, "ConfBridge"
        self.emit("call", "BridgeCreate", bridge.headers())
        return bridge

    def enter_bridge(self, bridge: Bridge, channel: Channel) -> None:
        if channel.bridge is not None:
            self.leave_bridge(channel)
        self.music(channel, "")
        bridge.members.append(channel)
        channel.bridge = bridge
        oldest = min(bridge.members, key=lambda member: member.born)
        for member in bridge.members:
            member.linked = oldest.linked
        self.emit("call", "BridgeEnter", [*bridge.headers(), *channel.headers()])
        if len(bridge.members) > 1:
            for member in bridge.members:
                member.party.bridged(member)

    def leave_bridge(self, channel: Channel) -> None:
        """Take a channel out; a basic bridge dissolves, and those left in it go on with what comes after.
        Asterisk hands the cause of who leaves first to the others, and they keep it."""
        bridge = channel.bridge
        if bridge is None:
            return
        channel.cause = channel.cause or 16
        self._leave(bridge, channel)
        rest = list(bridge.members) if bridge.kind == "basic" else []
        for other in rest:
            other.cause = other.cause or channel.cause
            self._leave(bridge, other)
        if not bridge.members:
            self.emit("call", "BridgeDestroy", bridge.headers())
        for other in rest:
            resume, other.resume = other.resume, None
            if resume is not None:
                self.soon(other, lambda _, go=resume: go())  # type: ignore[misc]

    def _leave(self, bridge: Bridge, channel: Channel) -> None:
        bridge.members.remove(channel)
        channel.bridge = None
        self.emit("call", "BridgeLeave", [*bridge.headers(), *channel.headers()])

    # --- devices

    def device_state(self, endpoint: str) -> str:
        phone = self.phones.get(endpoint)
        legs = self.legs.get(endpoint, {}).values()
        ringing = any(c.state == State.Ringing for c in legs)
        busy = any(c.state in (State.Up, State.Ring) for c in legs)
        if ringing:
            return "RINGINUSE" if busy else "RINGING"
        if busy:
            return "INUSE"
        return "NOT_INUSE" if phone is None or phone.registered else "UNAVAILABLE"

    def device_changed(self, endpoint: str) -> None:
        """Announce the state of a device when it is not the one announced last."""
        state = self.device_state(endpoint)
        known = self._devices.get(endpoint, "" if endpoint in self.phones else "NOT_INUSE")
        if known == state:
            return
        self._devices[endpoint] = state
        self.emit("call", "DeviceStateChange", [("Device", f"PJSIP/{endpoint}"), ("State", state)])
