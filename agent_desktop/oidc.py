"""Sign-in by an OpenID Connect provider: discovery, authorization code with PKCE, and the ID token's proof.

The provider's answers are believed only as far as their signature goes; nothing of them is logged.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import json
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode, urlsplit

import aiohttp

from agent_desktop.settings import Provider
from crm_core.people.rows import Identity

if TYPE_CHECKING:  # a platform without a provider need not load it
    from joserfc.jwk import KeySet

ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "ES256", "ES384", "EdDSA"]
"""Signatures by a key of the provider's own: never `none`, never one with our shared secret."""
KEEP_SECONDS = 3600.0
TIMEOUT = aiohttp.ClientTimeout(total=8)
LEEWAY = 60
LARGEST = 1 << 20


@dataclass(frozen=True, slots=True)
class Attempt:
    """What one sign-in remembers while the browser is at the provider."""

    state: str
    nonce: str = field(repr=False)
    verifier: str = field(repr=False)

    @property
    def challenge(self) -> str:
        digest = hashlib.sha256(self.verifier.encode()).digest()
        return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def new_attempt() -> Attempt:
    return Attempt(secrets.token_urlsafe(32), secrets.token_urlsafe(32), secrets.token_urlsafe(48))


class ProviderFailed(Exception):
    """The provider did not prove who somebody is; the text says why, without anything personal."""


@dataclass(frozen=True, slots=True)
class _Metadata:
    authorization: str
    token: str
    keys_url: str
    fetched: float


class OidcClient:
    """One provider. Its description and keys are fetched when wanted, and kept for an hour."""

    def __init__(self, provider: Provider) -> None:
        self._provider = provider
        self._metadata: _Metadata | None = None
        self._keys: KeySet | None = None
        self._lock = asyncio.Lock()

    async def authorization_url(self, attempt: Attempt, redirect: str) -> str:
        """Where the browser is sent; raises ProviderFailed."""
        try:
            metadata = await self._described()
        except (aiohttp.ClientError, TimeoutError) as error:
            raise ProviderFailed(f"not reached: {type(error).__name__}") from error
        query = {
            "response_type": "code",
            "client_id": self._provider.client_id,
            "redirect_uri": redirect,
            "scope": "openid email profile",
            "state": attempt.state,
            "nonce": attempt.nonce,
            "code_challenge": attempt.challenge,
            "code_challenge_method": "S256",
        }
        joint = "&" if "?" in metadata.authorization else "?"
        return f"{metadata.authorization}{joint}{urlencode(query)}"

    async def identity(self, code: str, attempt: Attempt, redirect: str) -> Identity:
        """Who the provider says came back with `code`; raises ProviderFailed."""
        try:
            metadata = await self._described()
            token = await self._token(metadata, code, attempt, redirect)
            claims = await self._proven(metadata, token)
        except (aiohttp.ClientError, TimeoutError) as error:
            raise ProviderFailed(f"not reached: {type(error).__name__}") from error
        self._check(claims, attempt)
        return identity_of(claims, self._provider.issuer)

    async def _described(self) -> _Metadata:
        async with self._lock:
            kept = self._metadata
            if kept is not None and time.monotonic() - kept.fetched < KEEP_SECONDS:
                return kept
            found = await self._get(f"{self._provider.issuer}/.well-known/openid-configuration")
            if str(found.get("issuer", "")).rstrip("/") != self._provider.issuer:
                raise ProviderFailed("it describes another issuer")
            names = ("authorization_endpoint", "token_endpoint", "jwks_uri")
            addresses = [str(found.get(name, "")) for name in names]
            if not all(self._may_be_asked(one) for one in addresses):
                raise ProviderFailed("its description lacks an address, or names one without https")
            self._metadata = _Metadata(addresses[0], addresses[1], addresses[2], time.monotonic())
            self._keys = None
            return self._metadata

    def _may_be_asked(self, address: str) -> bool:
        """https, unless the whole provider is plain http on this machine."""
        plain, asked = self._provider.issuer.startswith("http://"), urlsplit(address)
        here = asked.scheme == "http" and asked.hostname in ("127.0.0.1", "localhost")
        return (asked.scheme == "https" and bool(asked.hostname)) or (plain and here)

    async def _token(self, metadata: _Metadata, code: str, attempt: Attempt, redirect: str) -> str:
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": redirect,
            "client_id": self._provider.client_id,
            "code_verifier": attempt.verifier,
        }
        headers = {"Accept": "application/json", **self._proof()}
        async with (
            aiohttp.ClientSession(timeout=TIMEOUT) as client,
            client.post(metadata.token, data=form, headers=headers, allow_redirects=False) as response,
        ):
            if response.status != 200:
                raise ProviderFailed(f"its token endpoint answered {response.status}")
            answer = await _json(response)
        token = answer.get("id_token")
        if not isinstance(token, str):
            raise ProviderFailed("it gave no ID token")
        return token

    def _proof(self) -> dict[str, str]:
        """Who we are, by our secret (RFC 6749, 2.3.1); a public client has none."""
        if not self._provider.client_secret:
            return {}
        pair = f"{quote(self._provider.client_id, safe='')}:{quote(self._provider.client_secret, safe='')}"
        return {"Authorization": f"Basic {base64.b64encode(pair.encode()).decode()}"}

    async def _proven(self, metadata: _Metadata, token: str) -> Mapping[str, Any]:
        """The claims of a token that one of the provider's keys signed; keys are fetched anew once when none fits,
        for providers change them."""
        from joserfc import jwt
        from joserfc.errors import JoseError

        for fresh in (False, True):
            keys = await self._key_set(metadata, fresh=fresh)
            try:
                return jwt.decode(token, keys, algorithms=ALGORITHMS).claims
            except (JoseError, ValueError, TypeError, KeyError) as error:
                failure = type(error).__name__
        raise ProviderFailed(f"its ID token is not signed by its keys: {failure}")

    async def _key_set(self, metadata: _Metadata, *, fresh: bool) -> KeySet:
        from joserfc.errors import JoseError
        from joserfc.jwk import KeySet

        if self._keys is None or fresh:
            found = await self._get(metadata.keys_url)
            try:
                self._keys = KeySet.import_key_set(found)  # type: ignore[arg-type]
            except (JoseError, ValueError, TypeError, KeyError) as error:
                raise ProviderFailed("its keys cannot be read") from error
        return self._keys

    def _check(self, claims: Mapping[str, Any], attempt: Attempt) -> None:
        now, audience = time.time(), claims.get("aud")
        audiences = audience if isinstance(audience, list) else [audience]
        if str(claims.get("iss", "")).rstrip("/") != self._provider.issuer:
            raise ProviderFailed("its ID token is another issuer's")
        if self._provider.client_id not in audiences:
            raise ProviderFailed("its ID token is meant for somebody else")
        if len(audiences) > 1 and claims.get("azp") != self._provider.client_id:
            raise ProviderFailed("its ID token was asked for by somebody else")
        if not _is_time(claims.get("exp")) or claims["exp"] < now - LEEWAY:
            raise ProviderFailed("its ID token has expired")
        if not _is_time(claims.get("iat")) or claims["iat"] > now + LEEWAY:
            raise ProviderFailed("its ID token is of the future")
        nonce = claims.get("nonce")
        if not isinstance(nonce, str) or not secrets.compare_digest(nonce.encode(), attempt.nonce.encode()):
            raise ProviderFailed("its ID token answers another sign-in")
        if not isinstance(claims.get("sub"), str) or not 0 < len(claims["sub"]) <= 255:
            raise ProviderFailed("its ID token names nobody")

    async def _get(self, address: str) -> dict[str, Any]:
        async with (
            aiohttp.ClientSession(timeout=TIMEOUT) as client,
            client.get(address, allow_redirects=False) as response,
        ):
            if response.status != 200:
                raise ProviderFailed(f"it answered {response.status}")
            return await _json(response)


def identity_of(claims: Mapping[str, Any], issuer: str) -> Identity:
    """An address that the provider has not verified says nothing of who somebody is."""
    email, name = claims.get("email"), claims.get("name")
    vouched = isinstance(email, str) and claims.get("email_verified") is True and "@" in email and len(email) <= 254
    subject = hashlib.sha256(f"{issuer}\n{claims['sub']}".encode()).hexdigest()
    return Identity(subject, email if vouched else None, name if isinstance(name, str) else None)


def _is_time(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


async def _json(response: aiohttp.ClientResponse) -> dict[str, Any]:
    content = bytearray()
    async for part in response.content.iter_any():
        content += part
        if len(content) > LARGEST:
            raise ProviderFailed("it answered without end")
    try:
        found = json.loads(content)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise ProviderFailed("it did not answer in JSON")
    return found
