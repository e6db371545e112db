"""The platform as its users start it: `trunkline run` in a process of its own, on a lab's switch."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import time
from collections.abc import Mapping
from pathlib import Path

import aiohttp
from sqlalchemy.ext.asyncio import AsyncEngine

from crm_core.customers.models import NewCustomer
from crm_core.customers.service import CustomerService
from crm_core.people.passwords import Hasher
from crm_core.people.rows import NewStaff
from crm_core.people.service import SYSTEM, PeopleService
from kernel.access import Role
from kernel.clock import SteadyClock
from kernel.codec import plain
from kernel.core import Entry, Outcome
from kernel.db import connect
from lab.ports import free_tcp
from routing.queuerows import Queue
from routing.setupmessages import QueueConfigured
from server.demo import SEED, load_demo
from server.platform import make_core
from server.replay import Difference, replay
from server.shelves import SAVERS, shelf_tables
from server.store import SqlEngineStore
from tests.support import warm
from tests.support.floor.worlds import Reach
from tests.support.sqlite import migrated
from tests.support.warm import WarmProcess

PASSWORD = "quiet-lantern-81"
LUCIA = "+34600111222"
OLIVER = "+442079460958"
HANNAH = "+12025550143"
CUSTOMERS = (("Lucía Fernández", LUCIA), ("Oliver Bennett", OLIVER), ("Hannah Brooks", HANNAH))
_HASHED: dict[str, str] = {}


class PlatformProcess:
    """One platform with its own folder, database and port; can be killed and started again."""

    def __init__(
        self, lab: Reach, folder: Path, ami_port: int | None = None, database_url: str = "", cold: bool = False
    ) -> None:
        """`ami_port`: a proxy in front of the switch, instead of the switch itself. `database_url`: an empty or
        migrated database, instead of a SQLite file in `folder`. `cold`: each start is the whole of `trunkline run`,
        for a test to which it matters how long that takes; others have its code loaded beforehand."""
        self._lab = lab
        self._ami_port = ami_port
        self._folder = folder
        self.database_url = database_url or f"sqlite+aiosqlite:///{folder / 'trunkline.db'}"
        self.port = free_tcp()
        self.log = folder / "platform.log"
        self._cold = cold
        self._process: asyncio.subprocess.Process | WarmProcess | None = None
        self.asked_to_end = False

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def prepare(
        self,
        agents: tuple[str, ...],
        queue: Queue,
        *,
        demo: bool = False,
        customers: tuple[tuple[str, str], ...] = CUSTOMERS,
    ) -> None:
        """A migrated database with staff, the queue's settings, and customers (name, number) or those of the demo."""
        await migrated(self.database_url)
        database, clock = connect(self.database_url), SteadyClock()
        hasher = HashedOnce()
        people = PeopleService(database, hasher)
        service = CustomerService(database, "ES", clock)
        for login in agents:
            new = NewStaff(login, login.title(), PASSWORD, (Role.agent,))
            await people.create_staff(new, SYSTEM, clock.now())
        if demo:
            await load_demo(database, SEED, clock.now(), lambda _done, _total: None)
        for name, number in () if demo else customers:
            await service.create(NewCustomer(name=name, number=number))
        await _set_up_queue(database, queue)
        hasher.close()
        await database.dispose()

    async def start(self, **extra: str) -> None:
        """Start it, and wait until each of its parts is ready."""
        await self.launch(**extra)
        await self.ready()

    async def launch(self, **extra: str) -> None:
        """Start it, and wait for nothing. `extra` are more of its settings."""
        self.asked_to_end = False
        ami = self._lab.ami
        settings = {
            "PBX": "asterisk",
            "PORT": str(self.port),
            "DATA_DIR": str(self._folder),
            "DATABASE": self.database_url,
            "AMI_HOST": ami.host,
            "AMI_PORT": str(self._ami_port or ami.port),
            "AMI_USER": ami.user,
            "AMI_SECRET": ami.secret,
            "PHONES_FILE": str(self._lab.phones),
            "WS_BASE": self._lab.ws_url.removesuffix("/ws"),
            "RECORDINGS_DIR": str(self._lab.recordings_dir),
            "DEFAULT_REGION": "ES",
            "TRUNK": "PJSIP/{number}@trunk",
            "CALLER_NUMBER": "+34910000000",
            "DIAL_SECONDS": "20",
            "LOG_FORMAT": "json",
            **extra,
        }
        env = {**os.environ, **{f"TRUNKLINE_{name}": value for name, value in settings.items()}}
        self._process = None  # who waits until it is ready must not take the one before for this one
        self._process = await (start_cold if self._cold else warm.start)(env, self.log)

    async def ready(self, within: float = 60.0) -> None:
        """Until /health/ready says that every part works."""
        deadline = time.monotonic() + within
        async with aiohttp.ClientSession() as session:
            while True:
                words = await self._health(session)
                if words is None:
                    return
                process = self._process
                if time.monotonic() > deadline or (process is not None and process.returncode is not None):
                    raise AssertionError(f"the platform is not ready: {words}\n{self.tail()}")
                await asyncio.sleep(0.05)

    async def _health(self, session: aiohttp.ClientSession) -> str | None:
        try:
            async with session.get(f"{self.url}/health/ready") as answer:
                return None if answer.status == 200 else await answer.text()
        except aiohttp.ClientError as error:
            return repr(error)

    async def kill(self) -> None:
        """SIGKILL, at whatever it is doing."""
        await self._end(signal.SIGKILL)

    async def stop(self) -> None:
        """SIGTERM: the graceful way."""
        await self._end(signal.SIGTERM)

    def stand_still(self) -> None:
        """SIGSTOP: it is there and does nothing, as on a machine that was suspended."""
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)

    def go_on(self) -> None:
        if self._process is not None and self._process.returncode is None:
            self._process.send_signal(signal.SIGCONT)

    async def died(self, within: float = 60.0) -> int:
        """Wait until it has ended by itself; its exit code, negative for a signal."""
        assert self._process is not None
        return await asyncio.wait_for(self._process.wait(), within)

    @property
    def memory(self) -> int:
        """The most that it ever held, in bytes; 0 while it does not run."""
        if self._process is None or self._process.returncode is not None:
            return 0
        lines = Path(f"/proc/{self._process.pid}/status").read_text().splitlines()
        return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM")), 0)

    async def _end(self, how: signal.Signals) -> None:
        self.asked_to_end = True
        if self._process is not None and self._process.returncode is None:
            self._process.send_signal(how)
            await asyncio.wait_for(self._process.wait(), 15)

    async def journal(self) -> list[Entry]:
        """Every line of its journal."""
        database = connect(self.database_url)
        try:
            return await SqlEngineStore(database, shelf_tables(), SAVERS).journal(limit=10_000_000)
        finally:
            await database.dispose()

    async def story(self, lines: int = 150) -> str:
        """The end of its journal, for a failing test."""
        entries = (await self.journal())[-lines:]
        return "\n".join(f"{one.seq} {one.at:%H:%M:%S.%f} {one.message}" for one in entries)

    async def replayed(self) -> list[Difference]:
        """What a replay of its journal decides otherwise."""
        core, _ = make_core()
        return list(replay(await self.journal(), core))

    def tail(self, lines: int = 40) -> str:
        """The end of its log, for a failing test."""
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:]) if self.log.exists() else ""


class HashedOnce(Hasher):
    """Everybody's password is the same here, and so is its hash. It is a real one: to sign in costs what it does at
    work."""

    async def hash(self, password: str) -> str:
        if password not in _HASHED:
            _HASHED[password] = await super().hash(password)
        return _HASHED[password]


async def start_cold(env: Mapping[str, str], log: Path) -> asyncio.subprocess.Process:
    """As a person or a supervisor starts it."""
    program = str(Path(sys.executable).parent / "trunkline")
    with log.open("ab") as output:
        return await asyncio.create_subprocess_exec(program, "run", env=env, stdout=output, stderr=output)


async def _set_up_queue(database: AsyncEngine, queue: Queue) -> None:
    """Set-up enters as a fact, so that a replay knows it too."""
    core, _ = make_core()
    out = Outcome()
    core.take(QueueConfigured(queue=plain(queue)), SteadyClock().now(), out)
    await SqlEngineStore(database, shelf_tables(), SAVERS).commit(out)
