"""What a browser is told while the database does not answer: it is told so soon, and may try again."""

from __future__ import annotations

import structlog
from aiohttp import web
from aiohttp.typedefs import Handler, Middleware
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from agent_desktop.api import changes
from kernel.errors import Unavailable
from kernel.line import Crowded
from kernel.patience import GivenUp, within
from server.dberrors import describe_db_error, is_permanent
from server.platform import Platform

log = structlog.get_logger(__name__)

AWAY = 4.0
"""Seconds without a commit after which a change is refused before it begins: a database that stands still gives no
error for long, and whoever asks would be gone by then, not knowing whether it was done."""
LASTING = ("/socket.io", "/health")
"""Addresses of sockets, and of checks that have a time limit each."""
BEGUN = web.RequestKey("begun", bool)


def database_errors(platform: Platform) -> Middleware:
    """A database that is away is no incident of ours: the browser is told to try again."""

    @web.middleware
    async def middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
        if changes(request) and platform.heartbeat.age > AWAY:
            raise _cannot_save(platform.store.trouble or TimeoutError())
        try:
            return await handler(request)
        except (DBAPIError, PoolTimeout, Crowded) as error:
            if is_permanent(error):
                raise
            raise _cannot_save(error) from error
        except ConnectionResetError:
            raise
        except (OSError, TimeoutError) as error:
            if platform.store.trouble is None and platform.heartbeat.beating:  # then it is not the database's
                raise
            raise _cannot_save(error) from error

    return middleware


def patient_reads(platform: Platform, seconds: float) -> Middleware:
    """Who reads is answered within `seconds` (and a little) while nothing can be committed. While commits go through,
    the database works and a read may take its time; so may an answer that has begun, such as a recording."""

    @web.middleware
    async def middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
        async def answer() -> web.StreamResponse:
            return await handler(request)

        if changes(request) or request.path.startswith(LASTING):
            return await handler(request)
        try:
            return await within(seconds, answer(), lambda: platform.heartbeat.beating or BEGUN in request)
        except GivenUp:
            raise _busy(platform.store.trouble or TimeoutError(), "The database does not answer right now.") from None

    return middleware


async def note_begun(request: web.Request, _response: web.StreamResponse) -> None:
    """Called as the first byte of an answer is sent."""
    request[BEGUN] = True


def _cannot_save(error: Exception) -> Unavailable:
    return _busy(error, "The platform cannot save right now. Nothing was lost; please try again.")


def _busy(error: Exception, message: str) -> Unavailable:
    cause, _ = describe_db_error(error)
    log.warning("the database failed a request", cause=cause)
    return Unavailable("engine_busy", message, cause=cause)
