"""The two steps of signing in by the company's account: to the provider, and back with its word."""

from __future__ import annotations

import json
import re
from urllib.parse import quote, unquote

import structlog
from aiohttp import web
from pydantic import ConfigDict, Field

from agent_desktop import sessions
from agent_desktop.api import Ask, Form, Open, Route
from agent_desktop.oidc import Attempt, OidcClient, ProviderFailed, new_attempt
from agent_desktop.people import People
from agent_desktop.resources.account import origin_of
from agent_desktop.settings import WebSettings
from kernel.errors import Forbidden, NotFound

log = structlog.get_logger(__name__)

COOKIE_SECONDS = 600
CALLBACK = "/sign-in/provider/back"
_OWN = re.compile(r"/(?![/\\])[^\x00-\x20\\]{0,500}")


class Begin(Form):
    next: str = Field("/", max_length=500)


class Back(Form):
    """What the provider sends along; of an error nothing but that there is one is used."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    code: str = Field("", max_length=4096)
    state: str = Field("", max_length=200)
    error: str = Field("", max_length=200)


class ProviderResource:
    """Nothing here without a provider in the settings."""

    def __init__(self, people: People, settings: WebSettings) -> None:
        self._people = people
        self._settings = settings
        provider = settings.sign_in.oidc
        self._client = None if provider is None else OidcClient(provider)
        self._cookie = "__Host-trunkline-provider" if settings.tls else "trunkline-provider"

    async def begin(self, ask: Ask) -> web.Response:
        client, attempt = self._wanted(), new_attempt()
        try:
            target = await client.authorization_url(attempt, self._redirect(ask.request))
        except ProviderFailed as failure:
            log.warning("the identity provider cannot be used", why=str(failure))
            return web.Response(status=303, headers={"Location": "/sign-in?reason=provider_failed"})
        response = web.Response(status=303, headers={"Location": target})
        wanted = ask.filters(Begin).next
        kept = {
            "state": attempt.state,
            "nonce": attempt.nonce,
            "verifier": attempt.verifier,
            "next": wanted if _OWN.fullmatch(wanted) else "/",
        }
        response.set_cookie(
            self._cookie,
            quote(json.dumps(kept)),
            max_age=COOKIE_SECONDS,
            path="/",
            secure=self._settings.tls,
            httponly=True,
            samesite="Lax",
        )
        return response

    async def back(self, ask: Ask) -> web.Response:
        attempt, target = self._remembered(ask.request)
        try:
            await self._enter(ask, attempt)
        except ProviderFailed as failure:
            log.warning("sign-in by the identity provider failed", why=str(failure))
            target = "/sign-in?reason=provider_failed"
        except Forbidden as refusal:
            target = f"/sign-in?reason={refusal.id}"
        response = web.Response(status=303, headers={"Location": target})
        response.del_cookie(self._cookie, path="/", secure=self._settings.tls, httponly=True, samesite="Lax")
        return response

    async def _enter(self, ask: Ask, attempt: Attempt | None) -> None:
        client, answer = self._wanted(), ask.filters(Back)
        if attempt is None or answer.error or not answer.code or answer.state != attempt.state:
            raise ProviderFailed("the answer does not belong to a sign-in of this browser")
        identity = await client.identity(answer.code, attempt, self._redirect(ask.request))
        found = await self._people.sign_in_by_provider(identity, origin_of(ask))
        await sessions.begin(ask.request, found)

    def _wanted(self) -> OidcClient:
        if self._client is None:
            raise NotFound("not_found", "There is nothing at this address.")
        return self._client

    def _redirect(self, request: web.Request) -> str:
        """Our own address as the provider knows it: one of the origins in the settings, never just any Host."""
        scheme = "https" if self._settings.tls else "http"
        here = f"{scheme}://{request.host}"
        origin = here if here in self._settings.origins else min(self._settings.origins)
        return f"{origin}{CALLBACK}"

    def _remembered(self, request: web.Request) -> tuple[Attempt | None, str]:
        try:
            kept = json.loads(unquote(request.cookies.get(self._cookie, "")))
            return Attempt(str(kept["state"]), str(kept["nonce"]), str(kept["verifier"])), str(kept["next"])
        except (ValueError, KeyError, TypeError):
            return None, "/"

    def routes(self) -> tuple[Route, ...]:
        return (
            Route(
                method="GET",
                path="/sign-in/provider",
                resource=self.begin,
                rule=Open.public,
                summary="To the company's sign-in",
                changes=True,
                query=Begin,
            ),
            Route(
                method="GET",
                path=CALLBACK,
                resource=self.back,
                rule=Open.public,
                summary="Back from the company's sign-in",
                changes=True,
                query=Back,
            ),
        )
