"""The AMI server: connections, sign-in, rights, and the events that each connection may see."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from lab.sim.wire import Action, Headers, Splitter, encode

if TYPE_CHECKING:
    from lab.sim.switch import SimSwitch

BANNER = b"Asterisk Call Manager/11.0.0\r\n"
OVERFLOW = 64 * 1024 * 1024
"""Bytes kept for a reader that does not read, before it is cut off."""
UNKNOWN_ACTION = "Invalid/unknown command: {}. Use Action: ListCommands to show available commands."


@dataclass(frozen=True, slots=True)
class Account:
    """An AMI user and its classes of rights."""

    secret: str
    read: frozenset[str]
    write: frozenset[str]


PLATFORM_READ = frozenset({"system", "call", "user", "dtmf"})
PLATFORM_WRITE = frozenset({"call", "originate", "reporting"})


class Session(asyncio.Protocol):
    """One connection."""

    def __init__(self, switch: SimSwitch) -> None:
        self._switch = switch
        self._splitter = Splitter()
        self._account: Account | None = None
        self._events = True
        self._kept: list[bytes] | None = None
        self._unread: list[bytes] = []
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self._switch.faults.sessions.append(self)
        if self._switch.faults.stalled:
            self.stall()
        self._write(BANNER)

    def connection_lost(self, exc: Exception | None) -> None:
        self._transport = None
        self._account = None
        if self in self._switch.faults.sessions:
            self._switch.faults.sessions.remove(self)

    def data_received(self, data: bytes) -> None:
        if self._kept is not None:
            self._unread.append(data)
            return
        for action in self._splitter.feed(data):
            if self._transport is not None:
                self._take(action)

    # --- what faults do to it

    def abort(self) -> None:
        if self._transport is not None:
            self._transport.abort()
        self._account = None

    def stall(self) -> None:
        if self._kept is None:
            self._kept = []
            if self._transport is not None:
                self._transport.pause_reading()

    def resume(self) -> None:
        kept, self._kept = self._kept or [], None
        for data in kept:
            self._write(data)
        unread, self._unread = self._unread, []
        for data in unread:
            self.data_received(data)
        if self._transport is not None:
            self._transport.resume_reading()

    # --- what it says

    def _write(self, data: bytes) -> None:
        if self._kept is not None:
            self._kept.append(data)
        elif self._transport is not None and not self._transport.is_closing():
            self._transport.write(data)
            if self._transport.get_write_buffer_size() > OVERFLOW:
                self._transport.abort()

    def event(self, kind: str, data: bytes) -> None:
        """Say an event to a connection that may see its class."""
        if self._account is not None and self._events and kind in self._account.read:
            self._write(data)

    def respond(self, action: Action, response: str, headers: Headers = ()) -> None:
        if self._switch.faults.unanswered(action.name):
            return
        action_id = action.get("ActionID")
        said: list[tuple[str, object]] = [("Response", response)]
        said += [("ActionID", action_id)] if action_id else []
        self._write(encode([*said, *headers]))

    def succeed(self, action: Action, *headers: tuple[str, object]) -> None:
        self.respond(action, "Success", headers)

    def fail(self, action: Action, message: str) -> None:
        self.respond(action, "Error", [("Message", message)])

    def listed(self, action: Action, event: str, headers: Headers) -> None:
        """One event of a list, which only who asked for it gets."""
        action_id = action.get("ActionID")
        if self._switch.faults.unanswered(action.name):
            return
        named: list[tuple[str, object]] = [("ActionID", action_id)] if action_id else []
        before, after = ([], named) if event == "Status" else (named, [])  # Asterisk has it last there
        self._write(encode([("Event", event), *before, *headers, *after]))

    # --- what it is asked

    def _take(self, action: Action) -> None:
        switch = self._switch
        switch.actions.append(action)
        name = action.name.lower()
        cut = bool(switch.faults.cut_at) and switch.faults.cut_at.lower() == name
        if cut:
            switch.faults.cut_at = ""
            if switch.faults.cut_executes:
                self.stall()
                self._carry_out(action, name)
            self.abort()
            return
        self._carry_out(action, name)

    def _carry_out(self, action: Action, name: str) -> None:
        if action.too_long:
            self.fail(action, "Failed to parse message: line too long")
        elif not name:
            self.fail(action, "Missing action in request")
        elif name == "login":
            self._login(action)
        elif name == "logoff":
            self.respond(action, "Goodbye", [("Message", "Thanks for all the fish.")])
            if self._transport is not None:
                self._transport.close()
        elif self._account is None:
            self.fail(action, "Permission denied")
        elif name == "events":
            self._events = action.get("EventMask").lower() not in ("off", "false", "no", "0")
            self.succeed(action, ("Events", "On" if self._events else "Off"))
        else:
            self._permitted(action, name, self._account)

    def _permitted(self, action: Action, name: str, account: Account) -> None:
        known = self._switch.action_rights.get(name)
        if known is None:
            self.fail(action, UNKNOWN_ACTION.format(action.name))
        elif known and not known & account.write:
            self.fail(action, "Permission denied")
        else:
            self._switch.carry_out(self, action, name)

    def _login(self, action: Action) -> None:
        account = self._switch.accounts.get(action.get("Username"))
        if account is None or account.secret != action.get("Secret") or self._switch.faults.logins_refused:
            self.fail(action, "Authentication failed")
            if self._transport is not None:
                self._transport.close()
            return
        self._account = account
        self._events = action.get("Events").lower() not in ("off", "false", "no", "0")
        self.succeed(action, ("Message", "Authentication accepted"))
        uptime = int(time.time() - self._switch.exchange.started)
        booted = [("Uptime", uptime), ("LastReload", uptime), ("Status", "Fully Booted")]
        self.event("system", encode([("Event", "FullyBooted"), ("Privilege", "system,all"), *booted]))
