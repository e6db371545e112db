"""The pages that a browser opens: they hold nothing but the client's files and the session's token."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import aiohttp_jinja2
import jinja2
from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from agent_desktop import sessions
from agent_desktop.api import Ask, Open, Route, changes
from agent_desktop.i18n import translator, wanted
from agent_desktop.middleware import SAFE
from agent_desktop.people import People, SignedIn
from agent_desktop.settings import SignInSettings
from agent_desktop.static import Assets
from crm_core.people.rows import Stage
from kernel.access import Right, may
from kernel.errors import Unavailable

TEMPLATES = Path(__file__).parent / "templates"
ICONS = ("icon-idle.svg",)
LOAD_AGAIN = 2
"""Seconds after which a browser asks again for a page that could not be made."""


def setup(app: web.Application) -> None:
    """Templates with everything escaped."""
    aiohttp_jinja2.setup(
        app, loader=jinja2.FileSystemLoader(TEMPLATES), autoescape=True, undefined=jinja2.StrictUndefined
    )


def _looks(assets: Assets, name: str) -> dict[str, list[str]]:
    return {
        "styles": [assets.url(one) for one in (f"{name}.css", "desk.css") if one in assets][:1],
        "icons": [assets.url(one) for one in ICONS if one in assets],
    }


@dataclass(frozen=True, slots=True)
class _Notice:
    """A page of a few words. `cure` is a command to type, `away` the words of a link to the sign-in page, `home` of one
    to where the reader's work is, `anew` of one to begin signing in again."""

    status: int
    title: str
    words: str
    cure: str = ""
    away: str = ""
    home: str = ""
    anew: str = ""

    def page(self, request: web.Request, assets: Assets, language: str) -> web.Response:
        t = translator(language)
        said = {name: t(getattr(self, name)) for name in ("title", "words", "away", "home", "anew")}
        context = {"language": language, "cure": self.cure, **said, **_looks(assets, "desk")}
        return aiohttp_jinja2.render_template("message.html", request, context, status=self.status)


AWAY = _Notice(
    503,
    "The database does not answer right now",
    "Calls go on, and nothing is lost. This page comes back by itself as soon as it can.",
)
NOT_SIGNED_IN_YET = _Notice(
    503,
    AWAY.title,
    "Calls go on, and nothing is lost. You are not signed in yet: please begin again in a moment.",
    anew="To the sign-in page",
)
NOTHING_HERE = _Notice(
    404, "There is nothing at this address", "Perhaps it was mistyped, or what was here is gone.", home="To my work"
)
NOT_AN_AGENT = _Notice(
    403,
    "The desk is for agents",
    "Your role does not include serving calls. Sign in as somebody who does.",
    away="Sign in as somebody else",
)
NOT_BUILT = _Notice(
    503,
    "The desk is not built yet",
    "Whoever set Trunkline up has to build the browser client once:",
    cure="make setup",
)


def sorry(assets: Assets) -> Middleware:
    """Who opens a page while the database is away gets a page that says so, and that loads itself again; who opens one
    that there is not is told so in words, and led back."""

    @web.middleware
    async def middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
        try:
            return await handler(request)
        except Unavailable as error:
            if error.id != "engine_busy" or not _wants_page(request):
                raise
            if changes(request):  # a code that was used may not be used again
                return NOT_SIGNED_IN_YET.page(request, assets, _asked_for(request))
            response = AWAY.page(request, assets, _asked_for(request))
            response.headers["Refresh"] = str(LOAD_AGAIN)
        except web.HTTPNotFound:
            if not _wants_page(request):
                raise
            response = NOTHING_HERE.page(request, assets, _asked_for(request))
        return response

    return middleware


def _wants_page(request: web.Request) -> bool:
    """Whether a person opened the address in a browser."""
    page = request.method in SAFE and not request.path.startswith("/api/")
    return page and "text/html" in request.headers.get("Accept", "")


def _asked_for(request: web.Request) -> str:
    return wanted(request.headers.get("Accept-Language", ""))


class Pages:
    def __init__(self, assets: Assets, people: People, settings: SignInSettings) -> None:
        self._assets = assets
        self._people = people
        self._sign_in = settings

    async def home(self, ask: Ask) -> web.Response:
        raise web.HTTPSeeOther(_home_of(ask.who) if ask.who else "/sign-in")

    async def sign_in(self, ask: Ask) -> web.Response:
        """Who is signed in already goes on, unless they come to sign in as somebody else."""
        if ask.who is not None and "as" not in ask.request.query:
            raise web.HTTPSeeOther(_home_of(ask.who))
        return await self._page(ask, "Sign in · Trunkline", "sign-in")

    async def office(self, ask: Ask) -> web.Response:
        """The frame of all pages but the desk; the client shows the page of the address."""
        if ask.who is None:
            raise web.HTTPSeeOther(f"/sign-in?next={quote(ask.request.path_qs)}")
        return await self._page(ask, "Trunkline", "office")

    async def desk(self, ask: Ask) -> web.Response:
        if ask.who is None:
            raise web.HTTPSeeOther("/sign-in")
        if not may(ask.who.actor, Right.desk_use).ok:
            return NOT_AN_AGENT.page(ask.request, self._assets, _language(ask))
        return await self._page(ask, "Desk · Trunkline", "desk")

    async def _data(self, ask: Ask) -> dict[str, str]:
        """What the sign-in page is told: the demo's accounts that exist, the identity provider, the step to go on
        with."""
        entering = await sessions.entering(ask.request)
        found = {"provider": self._sign_in.provider, "password": "" if self._sign_in.passwords else "off"}
        if entering is not None and entering.stage is not Stage.open:
            found |= {"stage": entering.stage.value, "csrf-token": entering.csrf_token}
        return {name: value for name, value in {**found, "demo": await self._demo()}.items() if value}

    async def _demo(self) -> str:
        """Only the accounts that are there: a demo on somebody's own database makes none."""
        demo = self._sign_in.demo
        if demo is None:
            return ""
        logins = await self._people.existing(demo.logins)
        return json.dumps({"logins": logins, "password": demo.password}) if logins else ""

    async def _page(self, ask: Ask, title: str, name: str) -> web.Response:
        language = _language(ask)
        if not self._assets.built:
            return NOT_BUILT.page(ask.request, self._assets, language)
        t = translator(language)
        context = {
            "language": language,
            "title": t(title),
            "t": t,
            "csrf_token": ask.who.csrf_token if ask.who else "",
            "data": await self._data(ask) if name == "sign-in" else {},
            "script": self._assets.url(f"{name}.js"),
            **_looks(self._assets, name),
        }
        return aiohttp_jinja2.render_template("page.html", ask.request, context)

    def routes(self) -> tuple[Route, ...]:
        return (
            Route(method="GET", path="/", resource=self.home, rule=Open.public, summary="To the desk or sign-in"),
            Route(method="GET", path="/sign-in", resource=self.sign_in, rule=Open.public, summary="The sign-in page"),
            Route(method="GET", path="/desk", resource=self.desk, rule=Open.public, summary="The agent's desk"),
            Route(method="GET", path="/account", resource=self.office, rule=Open.public, summary="My account"),
            Route(method="GET", path="/admin", resource=self.office, rule=Open.public, summary="Administration"),
            Route(
                method="GET",
                path="/admin/{page:.+}",
                resource=self.office,
                rule=Open.public,
                summary="A page of the administration",
            ),
        )


def _home_of(who: SignedIn) -> str:
    """Where somebody's work is."""
    if may(who.actor, Right.desk_use).ok:
        return "/desk"
    return "/admin" if may(who.actor, Right.user_read).ok else "/account"


def _language(ask: Ask) -> str:
    if ask.who is not None:
        return ask.who.person.language
    return _asked_for(ask.request)
