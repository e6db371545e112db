"""The simulated switch as tests and the demo use it: started, given callers and phones, broken, restarted."""

from __future__ import annotations

import asyncio
import secrets
import time
from collections import deque
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Self

from cti.dialplan.kit import AMI_FILE, PHONES_FILE, KitSettings, Phone, endpoint_name, render
from lab.sim.actions import HANDLERS, RIGHTS
from lab.sim.ami import PLATFORM_READ, PLATFORM_WRITE, Account, Session
from lab.sim.apps import APPS
from lab.sim.dialplan import Dialplan
from lab.sim.exchange import Exchange
from lab.sim.faults import Faults
from lab.sim.phones import Policy, SimCall, SimPhone
from lab.sim.queue import FallbackQueue
from lab.sim.runner import Runner
from lab.sim.trunk import SimTrunk
from lab.sim.wire import Action, encode
from lab.switchconf import STAND_IN

KEPT_ACTIONS = 20_000
USER = "trunkline"


class SimSwitch:
    """`async with SimSwitch(phones=4) as switch:` listens on a free port of the loopback.

    `second` is how long a second of the dialplan lasts: tests may hurry it. Phones are named as the kit names them.
    """

    def __init__(
        self,
        phones: int = 4,
        *,
        port: int = 0,
        secret: str = "",
        policy: Policy | None = None,
        registered: bool = True,
        second: float = 1.0,
    ) -> None:
        self.host, self.port = "127.0.0.1", port
        self.secret = secret or secrets.token_urlsafe(18)
        self.user = USER
        self.accounts = {
            USER: Account(self.secret, PLATFORM_READ, PLATFORM_WRITE),
            STAND_IN: Account(self.secret, PLATFORM_READ | {"agent"}, PLATFORM_WRITE),
        }
        self.action_rights = RIGHTS
        self.faults = Faults()
        self.actions: deque[Action] = deque(maxlen=KEPT_ACTIONS)
        self.exchange = Exchange(second)
        self.exchange.listeners.append(self._say)
        chosen = policy or Policy.rings_out()
        names = [endpoint_name(n + 1) for n in range(phones)]
        self.phones = {name: SimPhone(self.exchange, name, chosen, registered) for name in names}
        self.exchange.phones = self.phones
        self.exchange.trunk = self.trunk = SimTrunk(self.exchange)
        pool = tuple(Phone(name, secrets.token_urlsafe(9)) for name in names) or (Phone(endpoint_name(1), "none"),)
        self.kit = KitSettings(phones=pool, manager_secret=self.secret)
        self._server: asyncio.Server | None = None
        self._dialplan = Dialplan(render(self.kit)["cti_extensions.conf"])
        self._build()

    def _build(self) -> None:
        self.runner = Runner(self.exchange, self._dialplan, APPS)
        self.runner.fallback = FallbackQueue(self.exchange, self.runner)

    # --- life

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()

    async def start(self) -> None:
        """Listen for AMI connections; `port` says where."""
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(lambda: Session(self), self.host, self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """End every call and connection."""
        await self._die()

    async def restart(self, down: float = 0.0) -> None:
        """kill -9 of the switch and a new start: every channel is gone without an event, registrations stay."""
        await self._die()
        self.exchange.boot()
        self._build()
        await asyncio.sleep(down)
        await self.start()

    async def _die(self) -> None:
        server, self._server = self._server, None
        if server is not None:
            server.close()
        self.faults.cut()
        if server is not None:
            await server.wait_closed()
        for channel in list(self.exchange.channels.values()):
            channel.gone = True
            if channel.leave is not None:
                channel.leave()
            channel.party.left(channel)

    @property
    def listening(self) -> bool:
        return self._server is not None

    # --- the world

    def call_in(self, number: str = "", name: str = "", did: str = "5551234", language: str = "en") -> SimCall:
        """A caller on the trunk: an empty number is a withheld one. `did` is the number dialled."""
        call = SimCall(self.exchange, number, name, did)
        call.channel.language = language
        self.exchange.tell("Newchannel", call.channel)
        self.exchange.soon(call.channel, lambda channel: self.runner.start(channel, "cti-in", did))
        return call

    def write_files(self, folder: Path) -> Path:
        """phones.json and ami.json as the kit's installer writes them, each whole at once; returns the path of
        phones.json."""
        folder.mkdir(parents=True, exist_ok=True)
        files = render(replace(self.kit, ami_port=self.port))
        for name in (PHONES_FILE, AMI_FILE):
            new = folder / f"{name}.new"
            new.unlink(missing_ok=True)
            new.touch(mode=0o600)
            new.write_text(files[name])
            new.replace(folder / name)
        return folder / PHONES_FILE

    def phone(self, number: int) -> SimPhone:
        """The pool's n-th phone, from 1."""
        return self.phones[endpoint_name(number)]

    def set_policy(self, policy: Policy) -> None:
        """The same manners for every phone."""
        for phone in self.phones.values():
            phone.policy = policy

    def sent(self, name: str) -> list[Action]:
        """The actions of that name that came in since the start, oldest first."""
        return [action for action in self.actions if action.name == name]

    # --- between the exchange and the wire

    def soon(self, call: Callable[[], None]) -> None:
        asyncio.get_running_loop().call_soon(call)

    def carry_out(self, session: Session, action: Action, name: str) -> None:
        handler = HANDLERS.get(name)
        if handler is None:
            session.fail(action, f"The simulated switch does not play {action.name}")
        else:
            handler(self, session, action)

    def _say(self, kind: str, event: str, headers: list[tuple[str, object]]) -> None:
        faults = self.faults
        if not faults.sessions or faults.dropped(event):
            return
        stamp: list[tuple[str, object]] = [("Event", event), ("Privilege", f"{kind},all")]
        data = encode([*stamp, ("Timestamp", f"{time.time():.6f}"), *headers])
        if faults.duplicated(event):
            data += data
        if faults.delayed(event):
            asyncio.get_running_loop().call_later(faults.delay_by, self._deliver, kind, data)
        else:
            self._deliver(kind, data)

    def _deliver(self, kind: str, data: bytes) -> None:
        for session in list(self.faults.sessions):
            session.event(kind, data)
