"""The whole platform inside the test, on a real switch, with agents whose phones are plain SIP phones: where a browser
adds nothing, as real and much quicker."""

from __future__ import annotations

import json
import socket
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import aiohttp
from aiohttp import web
from argon2 import PasswordHasher

from config.settings import Settings
from crm_core.customers.models import NewCustomer
from crm_core.customers.service import CustomerService
from crm_core.people.passwords import Hasher
from crm_core.people.rows import NewStaff
from crm_core.people.service import SYSTEM, PeopleService
from cti.ami.settings import AmiSettings
from kernel.access import Role
from kernel.clock import SteadyClock
from kernel.codec import plain
from kernel.core import Entry, Outcome
from kernel.db import connect
from lab.asterisk import AsteriskLab
from lab.caller import Leg, Manner, SipPhone
from routing.queuerows import Queue
from routing.rows import Agent, Interaction
from routing.setupmessages import QueueConfigured
from server.desk import desktop_app
from server.pbx import Pbx, WayOut
from server.platform import Platform, make_core, running
from server.replay import replay
from server.shelves import SAVERS, shelf_tables
from server.store import SqlEngineStore
from tests.integration.desktop.harness import Tab
from tests.support.sqlite import migrated
from tests.support.waiting import until

PASSWORD = "quiet-lantern-81"
LUCIA = "+34600111222"
OUT = WayOut("PJSIP/{number}@trunk", "+34910000000", ring_seconds=6)
REGION = "ES"
QUEUE = Queue("main", "Main", wrap_seconds=3, render_ms=50, lost_phone_seconds=8)


@dataclass(slots=True)
class House:
    """A running platform and what a test does with it."""

    lab: AsteriskLab
    platform: Platform
    url: str
    database_url: str

    async def health(self, part: str) -> dict[str, Any]:
        """What /health/ready says of a part."""
        async with aiohttp.ClientSession() as client, client.get(f"{self.url}/health/ready") as answer:
            found: dict[str, Any] = (await answer.json())["parts"][part]
            return found

    @asynccontextmanager
    async def agent(self, login: str, *, ready: bool = True) -> AsyncIterator[SipAgent]:
        """A signed-in agent with a socket of the desk open and a registered SIP phone that rings."""
        async with aiohttp.ClientSession(self.url, cookie_jar=aiohttp.CookieJar(unsafe=True)) as client:
            found = SipAgent(self, login, client)
            await found.sign_in()
            lease = await found.ask("GET", "/api/desk/phone")
            phone = SipPhone(self.lab.sip, lease["endpoint"], lease["secret"], manner=Manner.ring)
            async with phone, found.desk_open():
                found.phone = phone
                await found.sees(lambda desk: desk["me"]["device"] == "reachable", "the phone")
                if ready:
                    await found.ask("PUT", "/api/desk/presence", {"presence": "ready"})
                yield found

    def interactions(self) -> list[Interaction]:
        return list(self.platform.rooms.routing.interactions)

    def waiting(self) -> int:
        """Callers whom nobody serves yet."""
        return sum(one.state in ("queued", "offered", "in_fallback") for one in self.interactions())

    async def journal(self) -> list[Entry]:
        return await self.platform.store.journal(limit=100_000)

    async def journalled(self, type_name: str) -> list[Any]:
        """The messages of a type in the journal."""
        return [one.message for one in await self.journal() if type(one.message).__name__ == type_name]


@dataclass(slots=True)
class SipAgent:
    """A person at the desk as JSON, and their SIP phone."""

    house: House
    login: str
    client: aiohttp.ClientSession
    csrf: str = ""
    id: str = ""
    phone: SipPhone = None  # type: ignore[assignment]
    tab: Tab = None  # type: ignore[assignment]

    async def sign_in(self) -> None:
        account = await self.ask("POST", "/api/sign-in", {"login": self.login, "password": PASSWORD})
        self.csrf, self.id = account["csrf_token"], account["id"]

    async def answers(self, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        """Status and JSON of a request sent as the desk's page sends it."""
        headers = {"Sec-Fetch-Site": "same-origin", "X-CSRF-Token": self.csrf}
        data = None
        if body is not None:
            data, headers["Content-Type"] = json.dumps(body), "application/json"
        async with self.client.request(method, path, data=data, headers=headers) as response:
            return response.status, await response.json()

    async def ask(self, method: str, path: str, body: Any = None) -> Any:
        status, answer = await self.answers(method, path, body)
        assert status == 200, answer
        return answer

    @asynccontextmanager
    async def desk_open(self) -> AsyncIterator[None]:
        self.tab = Tab()
        cookie = "; ".join(f"{one.key}={one.value}" for one in self.client.cookie_jar)
        auth = {"csrf_token": self.csrf, "epoch": None, "seq": None, "tab": "t1"}
        try:
            await self.tab.connect(self.house.url, auth, {"Cookie": cookie})
            yield
        finally:
            await self.tab.close()

    @property
    def desk(self) -> dict[str, Any]:
        return self.tab.desk

    @property
    def row(self) -> Agent:
        return self.house.platform.rooms.routing.agents[self.id]

    async def sees(self, condition: Callable[[dict[str, Any]], Any], what: str, within: float = 10.0) -> dict[str, Any]:
        """Wait until the desk fulfils a condition; returns the desk."""
        await until(lambda: bool(self.desk) and bool(condition(self.desk)), within, f"{self.login}: {what}")
        return self.desk

    async def takes(self, within: float = 10.0) -> Leg:
        """Wait until the phone rings, answer, and wait until the desk says that they talk."""
        leg = await self.phone.call(within)
        await leg.answer(440)
        await self.sees(talking, "a talk")
        return leg

    async def does(self, action: str) -> tuple[int, Any]:
        """Press a button of the call bar: hold, resume, hang-up."""
        return await self.answers("POST", f"/api/calls/{self.desk['call']['id']}/{action}")


def talking(desk: dict[str, Any]) -> bool:
    return bool(desk["call"]) and desk["call"]["state"] == "active" and desk["call"]["stint"]["state"] == "joined"


def pbx_of(lab: AsteriskLab, folder: Path, **ami: Any) -> Pbx:
    """The lab as the platform's switch; the pool holds its plain SIP phones only."""
    access = lab.ami
    settings = replace(
        AmiSettings(port=access.port, username=access.user, secret=access.secret, backoff_refused=0.3), **ami
    )
    known = json.loads(lab.phones.read_text())
    known["phones"] = known["phones"][len(known["phones"]) - lab.settings.plain_phones :]
    phones = folder / "phones.json"
    phones.write_text(json.dumps(known))
    return Pbx("asterisk", "", settings, phones, "ws://{host}:1", lab.recordings_dir, out=OUT)


async def prepare(database_url: str, agents: Iterable[str], queue: Queue = QUEUE) -> None:
    """Staff, a customer, and the queue's settings in a database that is migrated first."""
    await migrated(database_url)
    database, clock = connect(database_url), SteadyClock()
    hasher = Hasher(PasswordHasher(time_cost=1, memory_cost=64, parallelism=1))
    people = PeopleService(database, hasher)
    for login in agents:
        await people.create_staff(NewStaff(login, login.title(), PASSWORD, (Role.agent,)), SYSTEM, clock.now())
    await CustomerService(database, REGION, clock).create(NewCustomer(name="Lucía Fernández", number=LUCIA))
    core, _ = make_core()
    store, out = SqlEngineStore(database, shelf_tables(), SAVERS), Outcome()
    core.load(*await store.load())
    core.take(QueueConfigured(queue=plain(queue)), clock.now(), out)
    await store.commit(out)
    hasher.close()
    await database.dispose()


@asynccontextmanager
async def house(
    lab: AsteriskLab,
    folder: Path,
    agents: Iterable[str] = ("ana", "ben"),
    queue: Queue = QUEUE,
    up: bool = True,
    database_url: str = "",
    **ami: Any,
) -> AsyncIterator[House]:
    """The platform on `lab` until the block ends; afterwards its journal is replayed and must decide the same. `ami`:
    other settings of the link. `up`: wait until the switch is connected. `database_url`: SQLite in `folder`, unless
    given."""
    database_url = database_url or f"sqlite+aiosqlite:///{folder / 'trunkline.db'}"
    await prepare(database_url, agents, queue)
    database = connect(database_url)
    listener = socket.create_server(("127.0.0.1", 0))
    port = listener.getsockname()[1]
    settings = Settings(port=port, data_dir=folder)
    try:
        async with running(database, pbx_of(lab, folder, **ami), REGION) as platform:
            runner = web.AppRunner(desktop_app(platform, settings, port), access_log=None)
            await runner.setup()
            await web.SockSite(runner, listener).start()
            found = House(lab, platform, f"http://127.0.0.1:{port}", database_url)
            try:
                if up:
                    await until(lambda: platform.rooms.routing.line_up, 15, "the link to the switch")
                yield found
            finally:
                await runner.cleanup()
            entries = await found.journal()
        core, _ = make_core()
        assert list(replay(entries, core)) == []
    finally:
        await database.dispose()
