"""A browser's socket as engine.io drives it: not compressed, heard of, ended when it floods."""

from __future__ import annotations

import asyncio
from typing import Any

import structlog
from aiohttp import web
from engineio.async_drivers.aiohttp import WebSocket  # type: ignore[import-untyped]

from agent_desktop.flood import Allowance

log = structlog.get_logger(__name__)

HEARD = "trunkline.socket"
"""Where a request's environment has its socket."""
GRACE = 1.0
"""Seconds for a goodbye."""


class PlainWebSocket(WebSocket):  # type: ignore[misc]
    """A socket without permessage-deflate, which costs far more memory than it saves here. One that floods ends."""

    async def __call__(self, environ: dict[str, Any]) -> web.WebSocketResponse:
        self._sock = web.WebSocketResponse(max_msg_size=self.server.max_http_buffer_size, compress=False, timeout=GRACE)
        await self._sock.prepare(environ["aiohttp.request"])
        self.environ = environ
        self._allowance = Allowance()
        self.heard = asyncio.get_running_loop().time()
        environ[HEARD] = self
        await self.handler(self)
        return self._sock

    async def wait(self) -> str | bytes:
        """The next message; OSError, which ends the socket, when there is none or when there are too many."""
        message: str | bytes = await super().wait()
        self.heard = asyncio.get_running_loop().time()
        if not self._allowance.take(self.heard):
            log.warning("a browser sends more messages than anybody needs; dropped")
            raise OSError("too many messages")
        return message
