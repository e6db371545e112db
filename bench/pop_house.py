"""What the pop is measured on: a database with agents and customers, the switch and the platform as processes."""

from __future__ import annotations

import asyncio
import json
import os
import secrets
import sys
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import aiohttp
from argon2 import PasswordHasher
from sqlalchemy.ext.asyncio import AsyncEngine

from bench.desks import BROWSER, Ticket
from bench.history_rows import fill
from bench.machine import ROOT
from crm_core.customers.models import NewCustomer
from crm_core.customers.service import CustomerService
from crm_core.people.passwords import Hasher
from crm_core.people.rows import Credentials, NewStaff
from crm_core.people.service import SYSTEM, PeopleService
from kernel.access import Role
from kernel.clock import SteadyClock
from kernel.codec import plain
from kernel.core import Outcome
from kernel.db import connect
from lab.ports import free_tcp
from routing.queuerows import Queue
from routing.setupmessages import QueueConfigured
from server import migrate
from server.platform import make_core
from server.shelves import SAVERS, shelf_tables
from server.store import SqlEngineStore

PASSWORD = secrets.token_urlsafe(12)
QUEUE = Queue("main", "Main", wrap_seconds=1)
PLATFORM = (sys.executable, "-c", "from server.cli import main; main()", "run")
READY = 40.0


def numbers(count: int) -> list[str]:
    """Spanish mobile numbers, one a caller."""
    return [f"+34600{number:06d}" for number in range(100_000, 100_000 + count)]


async def prepare(url: str, agents: int, callers: Sequence[str], queue: Queue = QUEUE) -> list[Ticket]:
    """A migrated database with signed-in agents, and a customer with 50 entries for each caller."""
    await migrate.upgrade(url)
    database = connect(url)
    try:
        await _set_up_queue(database, queue)
        service = CustomerService(database, "ES", SteadyClock())
        cards = [await service.create(NewCustomer(name=f"Caller {one[-5:]}", number=one)) for one in callers]
        await fill(database, [card["id"] for card in cards])
        return await _tickets(database, agents)
    finally:
        await database.dispose()


async def _tickets(database: AsyncEngine, agents: int) -> list[Ticket]:
    """Sessions opened here with a cheap hash: how long 200 sign-ins take is another matter."""
    hasher, clock = Hasher(PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)), SteadyClock()
    people, found = PeopleService(database, hasher), []
    try:
        for number in range(agents):
            login = f"agent{number:03d}"
            await people.create_staff(NewStaff(login, login.title(), PASSWORD, (Role.agent,)), SYSTEM, clock.now())
            opened = await people.sign_in(Credentials(login, PASSWORD, "127.0.0.1", BROWSER), clock.now())
            found.append(Ticket(login, opened.token, opened.session.csrf_token))
    finally:
        hasher.close()
    return found


async def _set_up_queue(database: AsyncEngine, queue: Queue) -> None:
    core, _ = make_core()
    out = Outcome()
    core.take(QueueConfigured(queue=plain(queue)), SteadyClock().now(), out)
    await SqlEngineStore(database, shelf_tables(), SAVERS).commit(out)


@dataclass(slots=True)
class PopSwitch:
    """The switch's process: its address, and the moments at which it put callers on hold."""

    process: asyncio.subprocess.Process
    secret: str
    port: int
    phones: str
    held: dict[str, float]
    placed: asyncio.Event

    async def place(self, callers: Sequence[str], rate: float) -> None:
        """Have these call in, and wait until all have."""
        assert self.process.stdin is not None
        self.placed.clear()
        self.process.stdin.write(json.dumps({"numbers": list(callers), "rate": rate}).encode() + b"\n")
        async with asyncio.timeout(len(callers) / rate + 60):
            await self.placed.wait()

    async def listen(self) -> None:
        assert self.process.stdout is not None
        while line := await self.process.stdout.readline():
            news: dict[str, Any] = json.loads(line)
            if "held" in news:
                self.held.setdefault(news["held"], news["at"])
            else:
                self.placed.set()


@asynccontextmanager
async def switch(folder: Path, phones: int) -> AsyncIterator[PopSwitch]:
    secret = secrets.token_urlsafe(18)
    env = {**os.environ, "PYTHONPATH": str(ROOT), "TRUNKLINE_AMI_SECRET": secret}
    command = (sys.executable, "-m", "bench.pop_switch", str(phones), str(folder))
    pipe = asyncio.subprocess.PIPE
    async with ended_after(command, env, folder, pipe) as process:
        assert process.stdout is not None
        known = json.loads(await process.stdout.readline())
        found = PopSwitch(process, secret, known["port"], known["phones"], {}, asyncio.Event())
        listening = asyncio.create_task(found.listen())
        try:
            yield found
        finally:
            listening.cancel()
            await asyncio.gather(listening, return_exceptions=True)


class Reached(Protocol):
    """What the platform is told of its switch: port and secret of the AMI, and the file of the phones."""

    @property
    def port(self) -> int: ...
    @property
    def secret(self) -> str: ...
    @property
    def phones(self) -> str: ...


@asynccontextmanager
async def platform(folder: Path, url: str, pbx: Reached) -> AsyncIterator[tuple[str, int]]:
    """`trunkline run` on that switch: its address and process id, once every part of it is ready."""
    port = free_tcp()
    settings: dict[str, object] = {
        "PBX": "asterisk", "PORT": port, "DATA_DIR": folder, "DATABASE": url, "AMI_PORT": pbx.port,
        "AMI_USER": "trunkline", "AMI_SECRET": pbx.secret, "PHONES_FILE": pbx.phones, "RECORDINGS_DIR": folder,
        "LOG_LEVEL": "warning",
    }  # fmt: skip
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    env |= {f"TRUNKLINE_{name}": str(value) for name, value in settings.items()}
    address = f"http://127.0.0.1:{port}"
    async with ended_after(PLATFORM, env, folder, None) as process:
        await _ready(address, lambda: process.returncode)
        yield address, process.pid


@asynccontextmanager
async def ended_after(
    command: Sequence[str], env: dict[str, str], folder: Path, pipe: int | None
) -> AsyncIterator[asyncio.subprocess.Process]:
    """A process of ours, ended with the block; what it complains of goes to a file beside the database."""
    with (folder / "processes.log").open("ab") as log:
        process = await asyncio.create_subprocess_exec(
            *command, env=env, cwd=folder, stdin=pipe, stdout=pipe or log, stderr=log
        )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.terminate()
            try:
                await asyncio.wait_for(process.wait(), 15)
            except TimeoutError:
                process.kill()
                await process.wait()


async def _ready(address: str, ended: Callable[[], int | None]) -> None:
    deadline = time.monotonic() + READY
    async with aiohttp.ClientSession() as client:
        while True:
            try:
                async with client.get(f"{address}/health/ready") as answer:
                    words = await answer.text()
                    if answer.status == 200:
                        return
            except aiohttp.ClientError as error:
                words = repr(error)
            if time.monotonic() > deadline or ended() is not None:
                raise RuntimeError(f"the platform is not ready: {words}")
            await asyncio.sleep(0.1)
