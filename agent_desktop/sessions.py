"""The session cookie: aiohttp-session on the sessions of the people service. The cookie is a random token only."""

from __future__ import annotations

import warnings
from typing import cast

from aiohttp import web
from aiohttp_session import AbstractStorage, Session, get_session, new_session

from agent_desktop.addresses import client_address
from agent_desktop.people import Origin, People, SignedIn
from agent_desktop.settings import WebSettings
from crm_core.people.rows import Stage

# The library keeps its things under plain strings; nothing of ours does.
warnings.filterwarnings("ignore", category=web.NotAppKeyWarning, module="aiohttp_(session|jinja2)")

SIGNED_IN = web.RequestKey("signed_in", object)
OFFERED = web.RequestKey("offered", str)


class PeopleStorage(AbstractStorage):
    """Loads a session by the cookie's token; all that is stored on our side belongs to the people service."""

    def __init__(self, people: People, settings: WebSettings) -> None:
        super().__init__(
            cookie_name="__Host-trunkline" if settings.tls else "trunkline",
            path="/",
            secure=settings.tls,
            httponly=True,
            samesite="Lax",
        )
        self._people = people
        self._settings = settings

    async def load_session(self, request: web.Request) -> Session:
        token = self.load_cookie(request)
        found = None
        if token and len(token) <= 200:
            found = await self._people.session_of(token, origin_of(request, self._settings))
        if found is None:
            return Session(None, data=None, new=True)
        request[SIGNED_IN] = found
        if found.cookie is not None:
            request[OFFERED] = found.cookie
        return Session(found.token, data={"created": 0, "session": {"id": found.session_id}}, new=False)

    async def save_session(self, request: web.Request, response: web.StreamResponse, session: Session) -> None:
        self.save_cookie(response, "" if session.empty else str(session.identity))

    async def turn(self, request: web.Request, response: web.StreamResponse) -> None:
        """Give the browser the cookie that its session turns to, unless the answer sets one or a cache may keep it. The
        answer's headers are made already: the cookie goes in as one of them."""
        offered = request.get(OFFERED)
        if offered is None or self.cookie_name in response.cookies:
            return
        if "no-store" in response.headers.get("Cache-Control", ""):
            carrier = web.Response()
            self.save_cookie(carrier, offered)
            response.headers.add("Set-Cookie", carrier.cookies[self.cookie_name].OutputString())


def origin_of(request: web.Request, settings: WebSettings) -> Origin:
    """Where a request comes from."""
    forwarded = request.headers.getall("X-Forwarded-For", ())
    address = client_address(request.remote, forwarded, settings.trusted_proxies)
    return Origin(address, request.headers.get("User-Agent", "")[:300])


async def signed_in(request: web.Request) -> SignedIn | None:
    """Who sent this request, if they are signed in, with no step of it to go."""
    found = await entering(request)
    return found if found is not None and found.stage is Stage.open else None


async def entering(request: web.Request) -> SignedIn | None:
    """Who sent this request, if they are signed in or on the way to it."""
    await get_session(request)
    return cast(SignedIn | None, request.get(SIGNED_IN))


async def begin(request: web.Request, found: SignedIn) -> None:
    """Put a new session into the browser: always a new id, whatever cookie it came with."""
    session = await new_session(request)
    session.set_new_identity(found.token)
    session["id"] = found.session_id
    request[SIGNED_IN] = found


async def end(request: web.Request) -> None:
    """Take the cookie away."""
    (await get_session(request)).invalidate()


def storage(people: People, settings: WebSettings) -> PeopleStorage:
    return PeopleStorage(people, settings)
