"""A small OpenID Connect provider with real signatures, for tests: discovery, authorization, token, keys. What it says
of somebody, and how it misbehaves, is set on it."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import json
import secrets
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web
from joserfc import jwt
from joserfc.jwk import RSAKey

CLIENT, SECRET = "trunkline", "s3cret-of-the-client"


def new_key() -> RSAKey:
    return RSAKey.generate_key(2048, {"kid": secrets.token_hex(4), "use": "sig", "alg": "RS256"})


@dataclass
class IdentityProvider:
    """`person` are the claims of who signs in next; `lie` changes the token's claims, `key` signs it."""

    url: str = ""
    person: dict[str, Any] = field(default_factory=lambda: {"sub": "p-1"})
    lie: dict[str, Any] = field(default_factory=dict)
    algorithm: str = "RS256"
    known: RSAKey = field(default_factory=new_key)
    key: RSAKey | None = None
    piecemeal: bool = False
    """Whether its keys come in two pieces, as a long answer does."""
    answers: asyncio.Event = field(default_factory=asyncio.Event)
    """Not set: whoever comes with a code has to wait."""
    waiting: int = 0
    asked: list[dict[str, str]] = field(default_factory=list)
    _codes: dict[str, dict[str, str]] = field(default_factory=dict)

    async def describe(self, _request: web.Request) -> web.Response:
        return web.json_response(
            {
                "issuer": self.url,
                "authorization_endpoint": f"{self.url}/authorize",
                "token_endpoint": f"{self.url}/token",
                "jwks_uri": f"{self.url}/keys",
            }
        )

    async def keys(self, request: web.Request) -> web.StreamResponse:
        keys = {"keys": [self.known.as_dict(private=False)]}
        if not self.piecemeal:
            return web.json_response(keys)
        response = web.StreamResponse(headers={"Content-Type": "application/json"})
        await response.prepare(request)
        for part in (_json(keys)[:40], _json(keys)[40:]):
            await response.write(part)
            await asyncio.sleep(0.05)
        return response

    async def authorize(self, request: web.Request) -> web.Response:
        """Whoever comes is the person; the browser goes back with a code."""
        asked = dict(request.query)
        self.asked.append(asked)
        code = secrets.token_urlsafe(16)
        self._codes[code] = asked
        target = f"{asked['redirect_uri']}?code={code}&state={asked['state']}&session_state=x"
        return web.Response(status=303, headers={"Location": target})

    async def token(self, request: web.Request) -> web.Response:
        form = await request.post()
        self.waiting += 1
        await self.answers.wait()
        asked = self._codes.pop(str(form["code"]), None)
        challenge = hashlib.sha256(str(form["code_verifier"]).encode()).digest()
        proven = asked and asked["code_challenge"] == base64.urlsafe_b64encode(challenge).rstrip(b"=").decode()
        basic = base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
        if not proven or asked is None or request.headers.get("Authorization") != f"Basic {basic}":
            return web.json_response({"error": "invalid_grant"}, status=400)
        now = int(time.time())
        claims = {"iss": self.url, "aud": CLIENT, "iat": now, "exp": now + 300, "nonce": asked["nonce"]}
        return web.json_response({"token_type": "Bearer", "id_token": self._signed({**claims, **self.person})})

    def _signed(self, claims: dict[str, Any]) -> str:
        claims = {name: value for name, value in {**claims, **self.lie}.items() if value is not None}
        key = self.key or self.known
        if self.algorithm == "none":
            parts = [base64.urlsafe_b64encode(one).rstrip(b"=").decode() for one in (b'{"alg":"none"}', _json(claims))]
            return f"{parts[0]}.{parts[1]}."
        return jwt.encode({"alg": self.algorithm, "kid": key.kid}, claims, key, algorithms=[self.algorithm])


def _json(value: object) -> bytes:
    return json.dumps(value).encode()


@asynccontextmanager
async def identity_provider() -> AsyncIterator[IdentityProvider]:
    """On a free port of this machine."""
    provider = IdentityProvider()
    provider.answers.set()
    app = web.Application()
    app.router.add_get("/.well-known/openid-configuration", provider.describe)
    app.router.add_get("/keys", provider.keys)
    app.router.add_get("/authorize", provider.authorize)
    app.router.add_post("/token", provider.token)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    provider.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield provider
    finally:
        await runner.cleanup()
