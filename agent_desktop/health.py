"""Whether the platform is alive and ready, and its figures for Prometheus."""

from __future__ import annotations

import asyncio
import hmac
import ipaddress
import math
import time
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from aiohttp import web
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from typing_extensions import TypedDict

from agent_desktop.api import Ask, Open, Route, check_rule
from kernel.access import Right
from kernel.patience import within

TIMEOUT = 2.0
KEPT = 1.0
"""Seconds for which what was found answers whoever asks: anybody may ask, as often as they like."""


class Part(TypedDict):
    """How one part does, in words for the one who has to act. With a warning it still works."""

    ok: bool
    warning: bool
    words: str


class Verdict(NamedTuple):
    """What a check found."""

    ok: bool
    words: str
    warning: bool = False


class Live(TypedDict):
    ok: bool


class Ready(TypedDict):
    ok: bool
    parts: dict[str, Part]


Check = Callable[[], Coroutine[Any, Any, tuple[bool, str] | Verdict]]


class _Look:
    """One look at all parts at a time, shared by all who ask meanwhile or soon after."""

    def __init__(self) -> None:
        self._looking: asyncio.Task[dict[str, Part]] | None = None
        self._ended = -math.inf

    async def at(self, checks: Mapping[str, Check]) -> dict[str, Part]:
        looking = self._looking
        if looking is None or (looking.done() and time.monotonic() - self._ended > KEPT):
            looking = self._looking = asyncio.create_task(self._at_all(checks))
        return await asyncio.shield(looking)

    async def _at_all(self, checks: Mapping[str, Check]) -> dict[str, Part]:
        self._ended = -math.inf
        found = dict(zip(checks, await asyncio.gather(*map(_look, checks.values())), strict=True))
        self._ended = time.monotonic()
        return found


@dataclass(frozen=True, slots=True)
class Health:
    """`checks` by the name of the part; each answers (ok, words). `token` opens the figures from anywhere; empty: none
    does."""

    checks: Mapping[str, Check]
    registry: CollectorRegistry
    token: str = field(default="", repr=False)
    _shared: _Look = field(default_factory=_Look, init=False, repr=False)

    async def live(self, _ask: Ask) -> Live:
        return {"ok": True}

    async def ready(self, _ask: Ask) -> web.Response:
        parts = await self._shared.at(self.checks)
        body: Ready = {"ok": all(part["ok"] for part in parts.values()), "parts": parts}
        return web.json_response(body, status=200 if body["ok"] else 503)

    async def metrics(self, ask: Ask) -> web.Response:
        if not _from_here(ask.request) and not self._has_token(ask.request):
            check_rule(Right.ops_read, ask.who)
        return web.Response(body=generate_latest(self.registry), headers={"Content-Type": CONTENT_TYPE_LATEST})

    def _has_token(self, request: web.Request) -> bool:
        scheme, _, given = request.headers.get("Authorization", "").partition(" ")
        known = bool(self.token) and scheme.lower() == "bearer"
        return known and hmac.compare_digest(given.strip().encode(), self.token.encode())

    def routes(self) -> tuple[Route, ...]:
        return (
            Route(
                method="GET",
                path="/health/live",
                resource=self.live,
                rule=Open.public,
                asks_who=False,
                summary="The process answers",
                answer=Live,
            ),
            Route(
                method="GET",
                path="/health/ready",
                resource=self.ready,
                rule=Open.public,
                asks_who=False,
                summary="Each part and whether it works; 503 while one does not",
                answer=Ready,
            ),
            Route(
                method="GET",
                path="/metrics",
                resource=self.metrics,
                rule=Open.public,
                summary="Prometheus figures, for this machine, who bears the token, and the right ops_read",
            ),
        )


async def _look(check: Check) -> Part:
    try:
        found = Verdict(*await within(TIMEOUT, check()))
    except TimeoutError:
        return {"ok": False, "warning": False, "words": f"gave no answer within {TIMEOUT:.0f} s"}
    except Exception as error:  # a check that fails is a part that does not work
        return {"ok": False, "warning": False, "words": f"the check failed: {type(error).__name__}"}
    return {"ok": found.ok, "warning": found.warning, "words": found.words}


def _from_here(request: web.Request) -> bool:
    """Whether the request comes from this machine itself, not through a proxy on it."""
    forwarded = any(name in request.headers for name in ("Forwarded", "X-Forwarded-For", "X-Real-IP"))
    try:
        return not forwarded and ipaddress.ip_address(request.remote or "").is_loopback
    except ValueError:
        return False
