"""The platform's API as the command line uses it: signed in as a person, so that the audit trail says who it was."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import aiohttp

from kernel.errors import Forbidden, Refused, TrunklineError, Unavailable

AGENT = "trunkline config"


class Answered(TrunklineError):
    """The platform's words and details of a refusal; `refusal` is its id."""

    status = 409


@dataclass(frozen=True, slots=True)
class SignIn:
    """`code` asks for a code of the second step, where the person has one."""

    url: str
    login: str
    password: str
    code: Callable[[], str]


@dataclass(slots=True)
class SetUpClient:
    client: aiohttp.ClientSession
    csrf: str = ""

    async def ask(self, method: str, path: str, body: Any = None) -> Any:
        """The JSON of an answer; raises Answered, or Unavailable where there is nobody."""
        headers = {"Sec-Fetch-Site": "same-origin", "X-CSRF-Token": self.csrf, "User-Agent": AGENT}
        data = None
        if body is not None:
            data, headers["Content-Type"] = json.dumps(body), "application/json"
        try:
            async with self.client.request(method, path, data=data, headers=headers) as answer:
                found = await answer.json() if answer.content_type == "application/json" else {}
        except (aiohttp.ClientError, OSError) as error:
            words = f"The platform does not answer: {error}. Start it, or name its address with --url."
            raise Unavailable("platform_away", words) from None
        if answer.status >= 400:
            said = found.get("error", {"id": "http_error", "message": answer.reason or "", "details": {}})
            raise Answered("platform_refused", said["message"], refusal=said["id"], **said["details"])
        return found


@asynccontextmanager
async def signed_in(given: SignIn) -> AsyncIterator[SetUpClient]:
    """A session for the time of the block."""
    async with aiohttp.ClientSession(given.url, cookie_jar=aiohttp.CookieJar(unsafe=True)) as session:
        client = SetUpClient(session)
        account = await client.ask("POST", "/api/sign-in", {"login": given.login, "password": given.password})
        client.csrf = account["csrf_token"]
        if account["stage"] == "code":
            account = await client.ask("POST", "/api/sign-in/code", {"code": given.code()})
            client.csrf = account["csrf_token"]
        if account["stage"] != "open":
            words = "This sign-in has steps to go. Finish them in the browser first, then run this again."
            raise Refused("sign_in_unfinished", words)
        if "setup_read" not in account["rights"]:
            raise Forbidden("right_missing", "Your role does not include the set-up.", right="setup_read")
        try:
            yield client
        finally:
            await client.ask("POST", "/api/sign-out", {})
