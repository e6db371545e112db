"""A desktop on a real port over a real SQLite database; the engine alone is a stand-in."""

from __future__ import annotations

import json
import re
import socket
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import socketio
from aiohttp import web
from argon2 import PasswordHasher
from sqlalchemy.ext.asyncio import AsyncEngine

from agent_desktop.app import ROUTES, build_app
from agent_desktop.audittrail import SqlAuditTrail
from agent_desktop.crm import Crm, CrmPops
from agent_desktop.health import Check
from agent_desktop.openapi import error_ids
from agent_desktop.parts import DesktopParts
from agent_desktop.people import People
from agent_desktop.settings import WebSettings
from agent_desktop.static import Assets
from crm_core.activities.drafts import DraftService
from crm_core.activities.service import NoteService
from crm_core.cards.service import PopService
from crm_core.customers.service import CustomerService
from crm_core.donotcall.service import DoNotCallService
from crm_core.people.passwords import Hasher
from crm_core.people.rows import By, NewStaff, SignInPolicy, Staff
from crm_core.people.service import PeopleService
from crm_core.people.vault import Vault
from crm_core.tickets.service import TicketService
from crm_core.timeline.service import TimelineService
from kernel.access import Role
from kernel.clock import Clock, SteadyClock
from kernel.db import connect
from tests.integration.desktop.fakes import FakeEngine, FakePhones, FakeRecords, HeldPops
from tests.integration.desktop.rows import disposition, line, queue

REGION = "ES"
PASSWORD = "correct horse 17 staple"


@dataclass
class Desktop:
    """A running desktop and what a test needs to reach into."""

    url: str
    parts: DesktopParts
    engine: FakeEngine
    records: FakeRecords
    pops: HeldPops
    service: PeopleService
    app: web.Application
    staff: dict[str, Staff] = field(default_factory=dict)

    async def person(self, login: str, *roles: Role) -> Staff:
        new = NewStaff(login=login, name=f"{login.title()} Test", password=PASSWORD, roles=roles or (Role.agent,))
        found = self.staff[login] = await self.service.create_staff(new, By("system"), datetime.now(UTC))
        return found

    @asynccontextmanager
    async def browser(self, login: str | None = None) -> AsyncIterator[Browser]:
        """A browser with its own cookies, signed in when a login is given."""
        async with aiohttp.ClientSession(self.url, cookie_jar=aiohttp.CookieJar(unsafe=True)) as client:
            browser = Browser(self, client)
            if login is not None:
                status, account = await browser.ask("POST", "/api/sign-in", {"login": login, "password": PASSWORD})
                assert status == 200, account
                browser.csrf = account["csrf_token"]
                browser.account = account
            yield browser


@dataclass
class Browser:
    desktop: Desktop
    client: aiohttp.ClientSession
    csrf: str = ""
    account: dict[str, Any] = field(default_factory=dict)

    async def ask(self, method: str, path: str, body: Any = None, **headers: str) -> tuple[int, Any]:
        """Status and JSON of a request sent as our own page sends it."""
        sent = {"Sec-Fetch-Site": "same-origin", "X-CSRF-Token": self.csrf}
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        data = None
        if body is not None:
            data, sent["Content-Type"] = json.dumps(body), "application/json"
        async with self.client.request(method, path, data=data, headers=sent, allow_redirects=False) as response:
            text = await response.text()
            is_json = response.content_type == "application/json"
            answer = json.loads(text) if is_json and text else text
        if response.status >= 400 and is_json:
            self._must_be_declared(method, path, response.status, answer)
        return response.status, answer

    def _must_be_declared(self, method: str, path: str, status: int, answer: Any) -> None:
        """Whatever test it is: an error that the description does not name is a fault of the description."""
        for route in self.desktop.app[ROUTES]:
            pattern = re.sub(r"{\w+}", "[^/]+", route.path)
            described = route.path.startswith("/api/") and "error" in answer
            if described and route.method == method and re.fullmatch(pattern, path.partition("?")[0]):
                assert answer["error"]["id"] in error_ids(route).get(status, ()), (method, route.path, status, answer)

    @property
    def cookie(self) -> str:
        return "; ".join(f"{one.key}={one.value}" for one in self.client.cookie_jar)

    @asynccontextmanager
    async def socket(self, **cursor: Any) -> AsyncIterator[Tab]:
        """A tab's socket.io connection."""
        tab = Tab()
        auth = {"csrf_token": self.csrf, "epoch": None, "seq": None, "tab": "t1", **cursor}
        try:
            await tab.connect(self.desktop.url, auth, {"Cookie": self.cookie})
            yield tab
        finally:
            await tab.close()


class Tab:
    """What a browser tab keeps: the desk and its cursor, by the one rule of the protocol."""

    def __init__(self) -> None:
        self._http = aiohttp.ClientSession()
        self.client = socketio.AsyncClient(reconnection=False, http_session=self._http)
        self.messages: list[tuple[str, Any]] = []
        self.desk: dict[str, Any] = {}
        self.epoch: str | None = None
        self.seq: int | None = None
        self.gone = False
        for event in ("snapshot", "change", "signed_out", "phone_moved", "connect_error"):
            self.client.on(event, self._taker(event))
        self.client.on("disconnect", self._disconnected)

    async def connect(self, url: str, auth: dict[str, Any], headers: dict[str, str]) -> None:
        await self.client.connect(url, headers=headers, auth=auth, transports=["websocket"], wait_timeout=5)

    async def refused(self, url: str, auth: dict[str, Any], headers: dict[str, str]) -> list[tuple[str, Any]]:
        """Try to connect, which must fail; what was said."""
        with pytest.raises(socketio.exceptions.ConnectionError):
            await self.connect(url, auth, headers)
        await self.close()
        return self.messages

    async def close(self) -> None:
        await self.client.disconnect()
        await self.client.shutdown()
        await self._http.close()

    def events(self, name: str) -> list[Any]:
        return [message for event, message in self.messages if event == name]

    def _taker(self, event: str) -> Any:
        async def take(message: dict[str, Any]) -> None:
            self.messages.append((event, message))
            if event == "snapshot":
                self.epoch, self.seq, self.desk = message["epoch"], message["seq"], message["desk"]
            elif event == "change":
                assert self.seq is None or message["seq"] == self.seq + 1
                self.seq, self.desk = message["seq"], {**self.desk, **message["set"]}

        return take

    async def _disconnected(self, *_reason: Any) -> None:
        self.gone = True


@asynccontextmanager
async def running(
    database_url: str,
    folder: Path,
    checks: Mapping[str, Check] | None = None,
    policy: SignInPolicy | None = None,
    **settings: Any,
) -> AsyncIterator[Desktop]:
    """A desktop on a free port."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        database = connect(database_url)
        hasher = Hasher(PasswordHasher(time_cost=1, memory_cost=64, parallelism=1))
        service = PeopleService(database, hasher, policy=policy, vault=Vault(b"k" * 32))
        quick = WebSettings(origins=frozenset({url}), session_check_seconds=0.1, figures_seconds=0.02)
        desktop = _parts(database, service, replace(quick, **settings), folder)
        desktop.parts = replace(desktop.parts, checks=checks or {})
        desktop.app = build_app(desktop.parts)
        runner = web.AppRunner(desktop.app, access_log=None)
        await runner.setup()
        await web.SockSite(runner, listener).start()
        try:
            yield desktop
        finally:
            await runner.cleanup()
            hasher.close()
            await database.dispose()


def _parts(database: AsyncEngine, service: PeopleService, settings: WebSettings, folder: Path) -> Desktop:
    clock, engine, records = SteadyClock(), FakeEngine(), FakeRecords()
    engine.commit(
        ("queues", "main", queue()),
        ("lines", "main", line()),
        ("dispositions", "solved", disposition("solved", "1")),
    )
    pops = HeldPops(CrmPops(PopService(database, REGION)))
    parts = DesktopParts(
        settings=settings,
        clock=clock,
        commands=engine,
        stream=engine,
        people=People(service, clock),
        audit=SqlAuditTrail(database),
        crm=_crm(database, clock),
        pops=pops,
        phones=FakePhones(),
        records=records,
        assets=Assets(folder / "dist"),
        checks={},
    )
    url = next(iter(settings.origins))
    return Desktop(url, parts, engine, records, pops, service, web.Application())


def _crm(database: AsyncEngine, clock: Clock) -> Crm:
    return Crm(
        CustomerService(database, REGION, clock),
        TimelineService(database),
        TicketService(database, clock),
        NoteService(database, clock),
        DraftService(database, clock),
        DoNotCallService(database, REGION, clock),
    )
