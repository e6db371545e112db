"""What every request passes: an id, the headers that browsers obey, errors as JSON, and proof of its origin."""

from __future__ import annotations

import re
import secrets
import time
from collections.abc import Callable, Mapping

import structlog
from aiohttp import web
from aiohttp.typedefs import Handler, Middleware
from prometheus_client import CollectorRegistry, Histogram

from agent_desktop.settings import WebSettings
from kernel.errors import Forbidden, Invalid, TooMany, TrunklineError

log = structlog.get_logger(__name__)

SwitchUrl = Callable[[str], str]
REQUEST_ID = web.RequestKey("request_id", str)
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
HOST = re.compile(r"^(\[[0-9A-Fa-f:.]{2,45}\]|[A-Za-z0-9.-]{1,253})(:\d{1,5})?$")
HTTP_IDS = {
    404: ("not_found", "There is nothing at this address."),
    405: ("method_not_allowed", "This address does not take that method."),
    413: ("too_large", "The request is too large."),
    415: ("unsupported_media", "Send JSON with the content type application/json."),
}


def host_name(request: web.Request) -> str:
    """The host of the browser's address bar without port; refuses what is no host name."""
    found = HOST.match(request.host)
    if found is None:
        raise Invalid("bad_host", "The Host header is not a host name.")
    return found.group(1)


def error_body(id: str, message: str, details: Mapping[str, object] | None = None) -> dict[str, object]:
    return {"error": {"id": id, "message": message, "details": dict(details or {})}}


def error_response(error: TrunklineError) -> web.Response:
    """An expected error as the client reads it."""
    headers = {}
    if isinstance(error, TooMany) and "retry_after" in error.details:
        headers["Retry-After"] = str(error.details["retry_after"])
    body = error_body(error.id, error.message, error.details)
    return web.json_response(body, status=error.status, headers=headers)


def timed(registry: CollectorRegistry) -> Middleware:
    """Measure every answer, by route and status; sockets, which last, are left out."""
    words = "Seconds from a request to its answer"
    seconds = Histogram(
        "trunkline_http_seconds", words, ["method", "route", "status"], registry=registry, buckets=SECONDS
    )

    @web.middleware
    async def middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
        began = time.perf_counter()
        response = await handler(request)
        resource = request.match_info.route.resource
        route = resource.canonical if resource is not None else "none"
        if not route.startswith("/socket.io"):
            seconds.labels(method_of(request), route, str(response.status)).observe(time.perf_counter() - began)
        return response

    return middleware


def method_of(request: web.Request) -> str:
    """One of the few that there are, whatever somebody sends."""
    return request.method if request.method in METHODS else "other"


@web.middleware
async def request_ids(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Give the request an id, name it in every log line and in the answer."""
    request[REQUEST_ID] = secrets.token_hex(8)
    with structlog.contextvars.bound_contextvars(request_id=request[REQUEST_ID]):
        response = await handler(request)
    if not response.prepared:
        response.headers["X-Request-Id"] = request[REQUEST_ID]
    return response


@web.middleware
async def errors(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Every error as JSON with a stable id; an unforeseen one is logged under an incident id and says no more."""
    try:
        return await handler(request)
    except TrunklineError as error:
        return error_response(error)
    except web.HTTPException as error:
        if error.status < 400:
            return web.Response(status=error.status, headers={"Location": error.headers["Location"]})
        id, message = HTTP_IDS.get(error.status, ("http_error", error.reason))
        response = web.json_response(error_body(id, message), status=error.status)
        if "Allow" in error.headers:
            response.headers["Allow"] = error.headers["Allow"]
        return response
    except ConnectionResetError:
        raise
    except Exception:
        incident = secrets.token_hex(6)
        resource = request.match_info.route.resource
        log.exception("unforeseen error", incident=incident, method=request.method, route=str(resource))
        message = f"Something went wrong here. Please try again; the administrator finds it as incident {incident}."
        return web.json_response(error_body("incident", message, {"incident": incident}), status=500)


def content_policy(page: str, switch: str) -> str:
    """The content security policy: nothing but our own files, sockets to us and to the switch (by its full address;
    a mere path is our own origin, which is allowed anyway)."""
    switch = switch if switch.startswith(("ws://", "wss://")) else ""
    return "; ".join(
        (
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            "img-src 'self' data:",
            "font-src 'self'",
            "media-src 'self' blob: mediastream:",
            f"connect-src 'self' {page} {switch}".rstrip(),
            "manifest-src 'self'",
            "worker-src 'self'",
            "base-uri 'none'",
            "form-action 'self'",
            "frame-ancestors 'none'",
        )
    )


FIXED_HEADERS = {
    "Server": "trunkline",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Frame-Options": "DENY",
    "Permissions-Policy": "microphone=(self), camera=(), geolocation=(), payment=(), usb=()",
}


def security_headers(settings: WebSettings, switch_url: SwitchUrl) -> Middleware:
    """Headers that tell the browser what this page may do; the switch's WebSocket is allowed by name."""

    @web.middleware
    async def middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
        try:
            host = host_name(request)
        except Invalid as error:
            return error_response(error)
        response = await handler(request)
        if response.prepared:
            return response
        for name, value in FIXED_HEADERS.items():
            response.headers.setdefault(name, value)
        response.headers.setdefault("Cache-Control", "no-store")
        if "Content-Security-Policy" not in response.headers:
            page = f"{'wss' if settings.tls else 'ws'}://{request.host}"
            response.headers["Content-Security-Policy"] = content_policy(page, switch_url(host))
        if settings.tls:
            response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
        return response

    return middleware


def origins(settings: WebSettings) -> Middleware:
    """Refuse what another site makes a browser send: Sec-Fetch-Site where the browser says it, else Origin."""

    @web.middleware
    async def middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
        if request.path.startswith("/api/") or request.method not in SAFE:
            _refuse_foreign(request, settings.origins)
        return await handler(request)

    return middleware


def _refuse_foreign(request: web.Request, allowed: frozenset[str]) -> None:
    site = request.headers.get("Sec-Fetch-Site")
    origin = request.headers.get("Origin")
    foreign_site = site is not None and site not in ("same-origin", "none")
    foreign_origin = origin is not None and origin not in allowed
    if foreign_site or foreign_origin or (site == "none" and request.method not in SAFE):
        raise Forbidden("foreign_origin", "This request came from another site and was refused.")
