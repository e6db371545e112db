"""An agent at the desk without a browser: REST and socket.io as the page uses them, through every outage."""

from __future__ import annotations

import asyncio
import contextlib
import json
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import socketio

from tests.support.waiting import until
from tests.support.working import call_off

NO_ANSWER = 0
AGAIN = 0.05
PROMISE = "call_back"
"""The outcome that leaves an open item with the customer."""


@dataclass(slots=True)
class Acknowledged:
    """What the platform said it kept, by interaction or customer."""

    dispositions: dict[str, str] = field(default_factory=dict)
    notes: dict[str, str] = field(default_factory=dict)
    tickets: set[str] = field(default_factory=set)


class Person:
    """`desk` is the screen as the platform last told it; `connected` whether it is being told.

    By themselves they say that a pop is shown, wrap up with a disposition, a note and now and then a ticket, and go
    back to ready. `broken` names what the protocol of the desk forbids."""

    def __init__(self, url: str, login: str, password: str) -> None:
        self._url, self.login, self._password = url, login, password
        self._http = aiohttp.ClientSession(
            url, cookie_jar=aiohttp.CookieJar(unsafe=True), timeout=aiohttp.ClientTimeout(total=10)
        )
        self._csrf = ""
        self._news = asyncio.Event()
        self._busy = asyncio.Lock()
        self._tasks: list[asyncio.Task[None]] = []
        self._rendered: set[str] = set()
        self._epoch: str | None = None
        self._seq: int | None = None
        self._sio: socketio.AsyncClient | None = None
        self.desk: dict[str, Any] = {}
        self.connected = False
        self.away = ""
        """Why there is no connection, and how long the last try took."""
        self.endpoint = ""
        self.broken: list[str] = []
        self.kept = Acknowledged()
        self.pauses = 0
        self.works = True

    async def sign_in(self, phone: Callable[[str, str], Awaitable[None]]) -> None:
        """Sign in, switch the leased phone on with `phone(endpoint, secret)`, open the desk, be ready."""
        await self._stop()
        status, account = await self.ask("POST", "/api/sign-in", {"login": self.login, "password": self._password})
        assert status == 200, account
        self._csrf = account["csrf_token"]
        status, lease = await self.ask("GET", "/api/desk/phone")
        assert status == 200, lease
        self.endpoint = lease["endpoint"]
        await phone(self.endpoint, lease["secret"])
        self._tasks = [
            asyncio.create_task(self._link(), name=f"{self.login}'s socket"),
            asyncio.create_task(self._work(), name=f"{self.login}'s work"),
        ]
        await until(lambda: self.me.get("device") == "reachable", 60, f"{self.login}: the phone")
        status, answer = await self.ask("PUT", "/api/desk/presence", {"presence": "ready"})
        assert status == 200, answer

    async def moves(self, url: str) -> None:
        """The same browser, signed in as it is, with the desk of another platform."""
        await self._stop()
        jar, limit = self._http.cookie_jar, self._http.timeout
        await self._http.close()
        self._url, self._http = url, aiohttp.ClientSession(url, cookie_jar=jar, timeout=limit)
        self._epoch, self._seq = None, None
        self._tasks = [asyncio.create_task(self._link()), asyncio.create_task(self._work())]

    async def close(self) -> None:
        try:
            await self._stop()
        finally:
            await self._http.close()

    async def _stop(self) -> None:
        """What was asked is answered first: the screen may show it before the answer is here."""
        tasks, self._tasks = self._tasks, []
        async with self._busy:
            await call_off(*tasks)

    @property
    def me(self) -> dict[str, Any]:
        found: dict[str, Any] = self.desk.get("me") or {}
        return found

    @property
    def call(self) -> dict[str, Any]:
        found: dict[str, Any] = self.desk.get("call") or {}
        return found

    @property
    def stint(self) -> str:
        """The state of the agent's part in the call on the screen."""
        return str((self.call.get("stint") or {}).get("state") or "")

    async def ask(self, method: str, path: str, body: Any = None, key: str = "") -> tuple[int, Any]:
        """Status and JSON; NO_ANSWER when the platform went away before it answered. With a `key` of its own the same
        request may be sent again."""
        headers = {"Sec-Fetch-Site": "same-origin", "X-CSRF-Token": self._csrf}
        headers |= {"Idempotency-Key": key} if key else {}
        data = None
        if body is not None:
            data, headers["Content-Type"] = json.dumps(body), "application/json"
        try:
            async with self._http.request(method, path, data=data, headers=headers) as response:
                return response.status, await response.json()
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            return NO_ANSWER, repr(error)

    async def does(self, action: str) -> int:
        """Press a button of the call bar: hold, resume, hang-up."""
        status, _ = await self.ask("POST", f"/api/calls/{self.call.get('id', 'none')}/{action}")
        return status

    # --- the socket

    async def _link(self) -> None:
        while True:
            async with aiohttp.ClientSession() as http:
                sio = self._sio = socketio.AsyncClient(reconnection=False, http_session=http)
                gone = asyncio.Event()
                sio.on("snapshot", self._snapshot)
                sio.on("change", self._change)
                sio.on("disconnect", lambda *_why, gone=gone: gone.set())
                cookie = "; ".join(f"{one.key}={one.value}" for one in self._http.cookie_jar)
                auth = {"csrf_token": self._csrf, "epoch": self._epoch, "seq": self._seq, "tab": "t1"}
                began, self.away = time.monotonic(), "trying"
                try:
                    await sio.connect(
                        self._url, {"Cookie": cookie}, auth=auth, transports=["websocket"], wait_timeout=5
                    )
                    self.connected = True
                    self._news.set()
                    await gone.wait()
                    self.away = "it was connected"
                except (socketio.exceptions.ConnectionError, aiohttp.ClientError, OSError, TimeoutError) as error:
                    self.away = f"{error!r} after {time.monotonic() - began:.1f} s"
                finally:
                    self.connected, self._sio = False, None
                    with contextlib.suppress(Exception):
                        await sio.disconnect()
            await asyncio.sleep(AGAIN)

    async def _snapshot(self, message: dict[str, Any]) -> None:
        self._epoch, self._seq, self.desk = message["epoch"], message["seq"], message["desk"]
        self._news.set()

    async def _change(self, message: dict[str, Any]) -> None:
        if self._seq is not None and message["seq"] != self._seq + 1:
            self.broken.append(f"{self.login}: change {message['seq']} after {self._seq}")
        self._seq, self.desk = message["seq"], {**self.desk, **message["set"]}
        self._news.set()

    # --- the work

    async def _work(self) -> None:
        while True:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._news.wait(), 0.5)
            self._news.clear()
            if self.connected and self.works:
                async with self._busy:
                    await self._react()

    async def _react(self) -> None:
        await self._render()
        if self.stint == "wrapping":
            await self.wrap_up()
        elif self.me.get("presence") == "paused" and self.me.get("duty") == "idle":
            self.pauses += 1
            await self.ask("PUT", "/api/desk/presence", {"presence": "ready"})

    async def _render(self) -> None:
        offer = self.desk.get("offer")
        if offer and offer["state"] == "pending" and offer["id"] not in self._rendered and self._sio is not None:
            with contextlib.suppress(socketio.exceptions.SocketIOError):
                await self._sio.emit("rendered", {"offer_id": offer["id"]})
                self._rendered.add(offer["id"])

    async def wrap_up(self) -> None:
        """Say how the call was: a ticket, a note and a promise to call back for a known customer, else how it ended."""
        call, kept = self.call, self.kept
        interaction, customer = call["id"], call.get("customer_id")
        form: dict[str, Any] = {"disposition": PROMISE if customer else "resolved"}
        if customer:
            form["note"] = f"Note of {self.login} on {interaction}"
            subject = f"Ticket of {interaction}"
            ticket = {"subject": subject, "category": "billing", "priority": "normal"}
            status, answer = await self.ask("POST", f"/api/customers/{customer}/tickets", ticket)
            if status == 201:
                kept.tickets.add(answer["id"])
        status, answer = await self.ask("POST", f"/api/calls/{interaction}/wrap-up", form)
        if status == 200:
            kept.dispositions[interaction] = form["disposition"]
            if customer:
                kept.notes[interaction] = form["note"]
        elif status == NO_ANSWER:
            await asyncio.sleep(AGAIN)
            self._news.set()
