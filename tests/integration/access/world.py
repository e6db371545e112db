"""The live application on a database and a simulated switch: a person of each role in one team, a colleague in it, a
stranger in another, and a call in hand for everybody who serves calls."""

from __future__ import annotations

import itertools
import json
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
from aiohttp import web
from argon2 import PasswordHasher
from sqlalchemy.ext.asyncio import AsyncEngine

from agent_desktop.api import Route
from agent_desktop.app import ROUTES
from config.settings import Settings
from crm_core.people.passwords import Hasher
from crm_core.people.rows import Credentials, NewStaff
from crm_core.people.service import SYSTEM, PeopleService
from cti.ami.settings import AmiSettings
from kernel.access import GRANTS, Right, Role
from kernel.clock import SteadyClock
from kernel.codec import plain
from kernel.core import Outcome
from kernel.db import connect
from lab.sim import Policy, SimSwitch
from routing.queuerows import Queue
from routing.rows import OfferState
from routing.setupmessages import QueueConfigured
from server.busy import AWAY
from server.demo import SEED, load_demo
from server.desk import desktop_app
from server.pbx import Pbx
from server.platform import Platform, make_core, running
from server.shelves import SAVERS, shelf_tables
from server.store import SqlEngineStore
from tests.support.waiting import until

PASSWORD = "quiet-lantern-81"
COLLEAGUE, STRANGER = "colleague", "stranger"
QUEUE = Queue("main", "Main", render_ms=10, wrap_seconds=600, reject_delay=0)
Answer = tuple[int, Any]


@dataclass(slots=True)
class World:
    """`calls` holds the interaction of each login, `ids` and `teams` what the person and their team are called."""

    url: str
    platform: Platform
    switch: SimSwitch
    people: PeopleService
    routes: tuple[Route, ...]
    client: aiohttp.ClientSession
    ids: dict[str, str] = field(default_factory=dict)
    teams: dict[str, str] = field(default_factory=dict)
    calls: dict[str, str] = field(default_factory=dict)
    customer: str = ""
    counted: itertools.count[int] = field(default_factory=lambda: itertools.count(1))
    _sessions: dict[str, tuple[str, dict[str, str]]] = field(default_factory=dict)
    _addresses: itertools.count[int] = field(default_factory=lambda: itertools.count(1))

    async def session(self, login: str) -> dict[str, str]:
        """The headers of a live session of theirs; a new one when a request ended the one before."""
        now = SteadyClock().now()
        kept = self._sessions.get(login)
        if kept is not None and await self.people.session_by_id(kept[0], now) is not None:
            return kept[1]
        given = Credentials(login, PASSWORD, f"127.0.1.{next(self._addresses) % 250}", "matrix")
        found = await self.people.sign_in(given, now)
        headers = {"Cookie": f"trunkline={found.token}", "X-CSRF-Token": found.session.csrf_token}
        self._sessions[login] = (found.session.id, headers)
        return headers

    async def session_id(self, login: str) -> str:
        given = Credentials(login, PASSWORD, "127.0.2.1", "matrix")
        return (await self.people.sign_in(given, SteadyClock().now())).session.id

    async def ask(self, login: str | None, method: str, path: str, body: Any = None) -> Answer:
        """Status and body of a request by somebody, as our own page sends it."""
        headers = {
            "Sec-Fetch-Site": "same-origin",
            "User-Agent": "matrix",
            **(await self.session(login) if login else {}),
        }
        data = None
        if body is not None:
            data, headers["Content-Type"] = json.dumps(body), "application/json"
        await self.can_save()
        async with self.client.request(method, self.url + path, data=data, headers=headers, allow_redirects=False) as a:
            return a.status, await (a.json() if a.content_type == "application/json" else a.text())

    async def can_save(self) -> None:
        """A machine under load may keep a commit waiting for so long that whoever comes meanwhile is told to try again
        (`engine_busy`): so nobody comes meanwhile."""
        await until(lambda: self.platform.heartbeat.age <= AWAY, 30, "a commit")

    async def offer_of(self, login: str) -> str:
        """The id of the offer that a person has now."""
        agent = self.ids[login]
        rows = self.platform.rooms.routing.offers

        def pending() -> list[str]:
            return [one.id for one in rows if one.agent_id == agent and one.state is OfferState.pending]

        await until(lambda: bool(pending()), 15, f"an offer for {login}")
        return pending()[0]


def serves(login: str) -> bool:
    """Whether somebody has a desk."""
    return login in (COLLEAGUE, STRANGER) or Right.desk_use in GRANTS[Role(login)]


@asynccontextmanager
async def world(database_url: str, folder: Path, *, demo: bool = False) -> AsyncIterator[World]:
    logins = (*(role.value for role in Role), COLLEAGUE, STRANGER)
    database = connect(database_url)
    hasher = Hasher(PasswordHasher(time_cost=1, memory_cost=64, parallelism=1))
    await _set_up_queue(database)
    if demo:
        await load_demo(database, SEED, SteadyClock().now(), lambda _done, _total: None)
    listener = socket.create_server(("127.0.0.1", 0))
    port = listener.getsockname()[1]
    async with (
        SimSwitch(len(logins), policy=Policy.rings_out()) as switch,
        aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as client,
    ):
        ami = AmiSettings(port=switch.port, username=switch.user, secret=switch.secret)
        pbx = Pbx("asterisk", "", ami, switch.write_files(folder), "ws://{host}:1", folder)
        async with running(database, pbx, "ES") as platform:
            app = desktop_app(platform, Settings(port=port, data_dir=folder), port)
            runner = web.AppRunner(app, access_log=None)
            await runner.setup()
            await web.SockSite(runner, listener).start()
            found = World(
                f"http://127.0.0.1:{port}", platform, switch, PeopleService(database, hasher), app[ROUTES], client
            )
            try:
                await _people(found, logins)
                await until(lambda: platform.rooms.routing.line_up, 15, "the link to the switch")
                yield found
            finally:
                await runner.cleanup()
    hasher.close()
    await database.dispose()


async def _set_up_queue(database: AsyncEngine) -> None:
    core, _ = make_core()
    out = Outcome()
    core.take(QueueConfigured(queue=plain(QUEUE)), SteadyClock().now(), out)
    await SqlEngineStore(database, shelf_tables(), SAVERS).commit(out)


async def _people(found: World, logins: tuple[str, ...]) -> None:
    now = SteadyClock().now()
    ours = await found.people.teams.create("North", SYSTEM, now)
    theirs = await found.people.teams.create("South", SYSTEM, now)
    for login in logins:
        team = theirs if login == STRANGER else ours
        role = Role.agent if login in (COLLEAGUE, STRANGER) else Role(login)
        new = NewStaff(login, login.title(), PASSWORD, (role,), team_id=team.id)
        person = await found.people.create_staff(new, SYSTEM, now)
        found.ids[login], found.teams[login] = person.id, team.id
    status, card = await found.ask("agent", "POST", "/api/customers", {"name": "Marta Gil"})
    assert status == 201, card
    found.customer = card["id"]


async def take_a_call(found: World, login: str) -> None:
    """The person's phone rings for the offer that they have; they answer and talk."""
    agent = found.platform.rooms.routing.agents[found.ids[login]]
    phone = found.switch.phones[agent.endpoint or ""]
    await phone.until("RINGING", 15)
    phone.answer()
    stints = found.platform.rooms.routing.stints

    def talks() -> list[str]:
        return [one.interaction_id for one in stints if one.agent_id == agent.id and one.state == "joined"]

    await until(lambda: bool(talks()), 15, f"a talk of {login}")
    found.calls[login] = talks()[0]


async def be_offered_a_caller(found: World, login: str) -> None:
    """The only one who is ready gets the caller."""
    status, lease = await found.ask(login, "GET", "/api/desk/phone")
    assert status == 200, lease
    status, answer = await found.ask(login, "PUT", "/api/desk/presence", {"presence": "ready"})
    assert status == 200, answer
    found.switch.call_in(f"+3460000{len(found.calls):04d}", login)
    await found.offer_of(login)
