"""Connected desktops as light as can be: the real socket.io messages over aiohttp's WebSocket, read as they come."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import aiohttp

Popped = Callable[[str, float, int], None]
"""Called with the customer's number, the moment (seconds since the epoch), and how many entries the pop holds."""


@dataclass(frozen=True, slots=True)
class Ticket:
    """A session that was opened beforehand."""

    login: str
    token: str = field(repr=False)
    csrf: str = field(repr=False)


BROWSER = "bench"
"""A session answers to the browser that opened it only."""


class Desk:
    """One agent's tab: shows the pop, says that it is rendered, answers pings."""

    def __init__(self, url: str, client: aiohttp.ClientSession, ticket: Ticket, popped: Popped) -> None:
        self._url = url
        self._client = client
        self._headers = {
            "Cookie": f"trunkline={ticket.token}", "X-CSRF-Token": ticket.csrf, "Origin": url, "User-Agent": BROWSER,
        }  # fmt: skip
        self._csrf = ticket.csrf
        self._popped = popped
        self._socket: aiohttp.ClientWebSocketResponse | None = None
        self._reading: asyncio.Task[None] | None = None
        self._offer = ""
        self.messages = 0
        self.problem = ""

    async def open(self) -> None:
        """Lease the phone, open the socket, be ready."""
        await self.ask("GET", "/api/desk/phone")
        address = f"{self._url}/socket.io/?EIO=4&transport=websocket"
        self._socket = await self._client.ws_connect(address, headers=self._headers, compress=0)
        hello = {"csrf_token": self._csrf, "epoch": None, "seq": None, "tab": "t1"}
        first = asyncio.get_running_loop().create_future()
        self._reading = asyncio.create_task(self._follow(first))
        await self._socket.send_str(f"40{json.dumps(hello)}")
        async with asyncio.timeout(20):
            await first
        await self.ask("PUT", "/api/desk/presence", {"presence": "ready"})

    async def close(self) -> None:
        if self._socket is not None:
            await self._socket.close()
        if self._reading is not None:
            await asyncio.gather(self._reading, return_exceptions=True)

    async def ask(self, method: str, path: str, body: Any = None) -> None:
        async with self._client.request(method, self._url + path, json=body, headers=self._headers) as answer:
            if answer.status != 200:
                raise RuntimeError(f"{method} {path}: {answer.status} {await answer.text()}")

    async def _follow(self, first: asyncio.Future[None]) -> None:
        try:
            await self._read(first)
        except Exception as error:
            self.problem = repr(error)
            raise

    async def _read(self, first: asyncio.Future[None]) -> None:
        assert self._socket is not None
        async for message in self._socket:
            if message.type is not aiohttp.WSMsgType.TEXT:
                break
            at = time.time()
            self.messages += 1
            if message.data == "2":
                await self._socket.send_str("3")
            elif message.data.startswith("42"):
                if not first.done():
                    first.set_result(None)
                await self._take(message.data, at)
        self.problem = "the socket ended"

    @staticmethod
    def news(text: str) -> dict[str, Any]:
        """What a change sets on the screen, by its key."""
        event, content = json.loads(text[2:])
        return dict(content.get("set", {})) if event == "change" else {}

    async def _take(self, text: str, at: float) -> None:
        if '"offer"' not in text and '"pop"' not in text:
            return
        shown = self.news(text)
        customer = (shown.get("pop") or {}).get("customer")
        if customer is not None:
            self._popped(customer["number"], at, len(shown["pop"]["timeline"]["entries"]))
        offer = shown.get("offer")
        if offer is not None and offer["id"] != self._offer:
            self._offer = offer["id"]
            assert self._socket is not None
            await self._socket.send_str(f'42["rendered",{json.dumps({"offer_id": offer["id"]})}]')
