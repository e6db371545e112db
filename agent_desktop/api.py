"""One table of routes: each declares who may use it, what it takes and what it answers. A route without a rule
cannot be built; requests are checked against their models before a resource sees them."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, TypeVar
from weakref import WeakSet

from aiohttp import web
from aiohttp.typedefs import Handler
from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic_core import ErrorDetails

from agent_desktop.addresses import Network, client_address
from agent_desktop.middleware import SAFE
from agent_desktop.people import SignedIn
from agent_desktop.sessions import entering, signed_in
from kernel.access import Owned, Right, may
from kernel.asker import ASKER, Asker
from kernel.errors import Forbidden, Invalid, NotFound, NotSignedIn, Problem, at_fields
from kernel.faults import FaultPoint, reached
from kernel.messages import Once
from kernel.once import ASKING

M = TypeVar("M", bound=BaseModel)
ONCE_KEY = re.compile(r"^[A-Za-z0-9._:-]{8,120}$")
KEY = re.compile(r"^[A-Za-z0-9][A-Za-z0-9._:-]{0,119}$")


class Open(StrEnum):
    """Rules that name no right."""

    public = "public"
    entering = "entering"
    """Signed in, or with steps of the sign-in to go."""
    signed_in = "signed_in"


Rule = Open | Right


class Form(BaseModel):
    """Base of what a browser sends: unknown fields are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


class Nothing(Form):
    """The body of a request that takes none."""


@dataclass(frozen=True, slots=True)
class Ask:
    """One request, checked: who asks, from which address, and what came in the path, the query and the body."""

    request: web.Request
    who: SignedIn | None
    body: BaseModel | None
    query: BaseModel | None
    ip: str = ""

    @property
    def me(self) -> SignedIn:
        """Who asks, on a route that needs a session."""
        if self.who is None:
            raise NotSignedIn("not_signed_in", "Please sign in.")
        return self.who

    @property
    def actor(self) -> str:
        """The staff id of the one who asks."""
        return self.me.person.id

    def reaches(self, right: Right, rows: Iterable[Owned]) -> bool:
        """Whether the asker's right reaches one of the rows. Whoever it does not reach learns nothing of the thing."""
        return any(may(self.me.actor, right, row).ok for row in rows)

    def key(self, name: str) -> str:
        """An id from the path; what cannot be an id is not found."""
        value = self.request.match_info[name]
        if KEY.match(value) is None:
            raise NotFound("not_found", "There is nothing at this address.")
        return value

    def form(self, model: type[M]) -> M:
        """The checked body, which the route declared as `model`."""
        return _typed(self.body, model)

    def filters(self, model: type[M]) -> M:
        """The checked query, which the route declared as `model`."""
        return _typed(self.query, model)


def _typed(value: BaseModel | None, model: type[M]) -> M:
    if not isinstance(value, model):
        raise TypeError(f"the route does not declare {model.__name__}")
    return value


Resource = Callable[[Ask], Awaitable[object]]


_CHANGING: WeakSet[Handler] = WeakSet()
"""What answers the routes of `Route.changes`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """A resource answers JSON-ready values or a response of its own; None with status 204 is an empty body.
    `changes` is True for a GET that changes something, as a step of signing in does: it is not read anew by itself.
    `asks_who` is False where it does not matter who asks: then no session is looked for, and no database needed.
    `answer` is the type of the JSON, `errors` the stable ids, by status, beside those that every
    route can answer with."""

    method: str
    path: str
    resource: Resource
    rule: Rule
    summary: str
    changes: bool = False
    asks_who: bool = True
    body: type[BaseModel] | None = None
    query: type[BaseModel] | None = None
    answer: Any = None
    status: int = 200
    errors: Mapping[int, tuple[str, ...]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not isinstance(self.rule, Open | Right):
            raise TypeError(f"{self.method} {self.path} declares no rule: who may use it?")
        if not self.asks_who and self.rule is not Open.public:
            raise TypeError(f"{self.method} {self.path} has a rule, so it has to ask who it is")


def add_routes(app: web.Application, routes: Iterable[Route], proxies: Sequence[Network] = ()) -> None:
    """Put the table into the application, behind reverse `proxies` that are believed whom they name."""
    for route in routes:
        handler = _handler(route, proxies)
        if route.changes:
            _CHANGING.add(handler)
        app.router.add_route(route.method, route.path, handler)
        if route.method == "GET" and not route.path.startswith("/socket.io"):
            app.router.add_route("HEAD", route.path, handler)


def changes(request: web.Request) -> bool:
    """Whether the request may change something, so that nobody repeats it for the one who asked."""
    return request.method not in SAFE or request.match_info.handler in _CHANGING


def _handler(route: Route, proxies: Sequence[Network]) -> Handler:
    async def handle(request: web.Request) -> web.StreamResponse:
        who = await (entering if route.rule is Open.entering else signed_in)(request) if route.asks_who else None
        check_rule(route.rule, who)
        if route.method not in SAFE and who is not None and route.rule is not Open.public:
            _check_csrf(request, who)
        body = await _read_body(request, route.body or Nothing) if route.method not in SAFE else None
        query = _checked(route.query, _flat_query(request)) if route.query else None
        ip = client_address(request.remote, request.headers.getall("X-Forwarded-For", ()), proxies)
        with _asking(await _once(request, who), Asker(who.person.id, ip) if who else Asker(ip=ip)):
            answer = await route.resource(Ask(request, who, body, query, ip))
        reached(FaultPoint.before_answer, (getattr(route.resource, "__name__", ""),))
        if isinstance(answer, web.StreamResponse):
            return answer
        return web.Response(status=204) if route.status == 204 else web.json_response(answer, status=route.status)

    return handle


async def _once(request: web.Request, who: SignedIn | None) -> Once | None:
    """How a request that changes something names itself; a key is one person's, at one address."""
    key = request.headers.get("Idempotency-Key")
    if key is None or who is None or request.method in SAFE:
        return None
    if ONCE_KEY.match(key) is None:
        raise Invalid("bad_idempotency_key", "An Idempotency-Key is 8 to 120 letters, digits, dots, dashes.")
    named = json.dumps((who.person.id, request.method, request.path, key))
    body = await request.read()
    return Once(hashlib.sha256(named.encode()).hexdigest()[:40], hashlib.sha256(body).hexdigest())


@contextmanager
def _asking(once: Once | None, asker: Asker) -> Iterator[None]:
    request, who = ASKING.set(once), ASKER.set(asker)
    try:
        yield
    finally:
        ASKER.reset(who)
        ASKING.reset(request)


def check_rule(rule: Rule, who: SignedIn | None) -> None:
    """Raise unless `who` may pass: NotSignedIn without a session, Forbidden without the right."""
    if rule is Open.public:
        return
    if who is None:
        raise NotSignedIn("not_signed_in", "Please sign in.")
    if isinstance(rule, Right) and not may(who.actor, rule).ok:
        raise Forbidden("right_missing", "Your role does not include this.", right=rule.value)


def _check_csrf(request: web.Request, who: SignedIn) -> None:
    if not who.csrf_matches(request.headers.get("X-CSRF-Token")):
        raise Forbidden("csrf_missing", "The request lacks the token of this page. Reload the page and try again.")


def _flat_query(request: web.Request) -> dict[str, str]:
    if len(set(request.query)) != len(request.query):
        raise Invalid("invalid_input", "A query parameter was given twice.")
    return dict(request.query)


async def _read_body(request: web.Request, model: type[BaseModel]) -> BaseModel:
    content = await request.read()
    if not content and model is Nothing:
        return Nothing()
    if request.content_type != "application/json":
        raise web.HTTPUnsupportedMediaType
    try:
        values = json.loads(content)
    except (UnicodeDecodeError, ValueError, RecursionError):
        raise Invalid("invalid_json", "The body is not JSON.") from None
    return _checked(model, values)


def _has_nul(values: Any) -> bool:
    if isinstance(values, str):
        return "\0" in values
    if isinstance(values, dict):
        return any(_has_nul(key) or _has_nul(value) for key, value in values.items())
    return isinstance(values, list) and any(_has_nul(value) for value in values)


def _checked(model: type[M], values: Any) -> M:
    if _has_nul(values):
        raise Invalid("invalid_input", "The character U+0000 is not allowed in any text.")
    try:
        return model.model_validate(values)
    except ValidationError as error:
        problems = {".".join(str(part) for part in one["loc"]) or "body": _problem(one) for one in error.errors()}
        raise Invalid("invalid_input", "Some fields are not right.", **at_fields(**problems)) from None


def _problem(found: ErrorDetails) -> Problem:
    """What the model says of one field: its kind is the id, its bounds the parameters."""
    context = found.get("ctx", {})
    params = {name: value for name, value in context.items() if isinstance(value, str | int | float)}
    return Problem(found["type"], found["msg"], params)
