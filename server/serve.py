"""Start-up as a person sees it: the database, the demo, the switch, the web server; and a graceful stop."""

from __future__ import annotations

import asyncio
import errno
import signal
import socket
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import ExitStack, asynccontextmanager, contextmanager
from typing import Any

import structlog
from aiohttp import web
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine

from config.settings import Settings
from kernel import db
from kernel.errors import Unavailable
from kernel.faults import arm
from server import migrate
from server.accounts import DEMO_ACCOUNTS, DEMO_PASSWORD, make_demo_accounts
from server.dberrors import ensure_usable, make_folder, unusable
from server.demo import load_demo_once
from server.desk import desktop_app
from server.figures import TALKING, WAITING
from server.pbx import check_way, open_pbx
from server.platform import DISPLACED, Platform, running
from server.whereabouts import noted

log = structlog.get_logger(__name__)
FAREWELL = {
    True: "Stopping. Calls in progress go on at the switch; it serves waiting callers by itself.",
    False: "Stopping, and the switch that we started with us.",
}
Say = Callable[[str], None]


async def serve(settings: Settings, say: Say) -> None:
    """Run until SIGINT or SIGTERM. Raises TrunklineError naming cause and cure when it cannot start."""
    arm(settings.fault_point)
    check_way(settings)  # before the database is brought to this version's schema
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for signal_number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(signal_number, stop.set)
    with _bound(settings) as sock, ExitStack() as stack:
        port = sock.getsockname()[1]
        async with (
            _database(settings, say) as database,
            open_pbx(settings, say) as pbx,
            running(database, pbx, settings.default_region, settings.desk_grace_seconds) as platform,
            _listening(desktop_app(platform, settings, port), sock),
        ):
            stack.enter_context(noted(settings.data_dir, port, pbx))
            _greet(settings, port, say)
            log.info("running", port=port, pbx=pbx.kind)
            await _until_stopped(stop, platform.broken)
            say(f"{FAREWELL[pbx.kind == 'asterisk']} {_left(platform)}")


def _left(platform: Platform) -> str:
    """What a stop leaves to the switch, in numbers."""
    calls = platform.rooms.routing.interactions
    waiting, talking = (sum(one.state in group for one in calls) for group in (WAITING, TALKING))
    return f"Left there: {talking} in talk, {waiting} waiting."


async def _until_stopped(stop: asyncio.Event, broken: asyncio.Future[str]) -> None:
    """Return when somebody stops us; raise Unavailable (`part_stopped`) when a part of the platform is dead."""
    stopping = asyncio.ensure_future(stop.wait())
    ends: set[asyncio.Future[Any]] = {stopping, broken}
    try:
        await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
    finally:
        stopping.cancel()
    if broken.done() and broken.result() == DISPLACED:
        raise Unavailable(
            "displaced",
            "Another platform was started on this database and has taken it over, so this one ends; calls go on there. "
            "Each database has one platform: find out which of the two is meant to run, and take the other out of "
            "service.",
        )
    if broken.done():
        raise Unavailable(
            "part_stopped",
            f"A part of the platform ({broken.result()}) failed, so it ends; the log has the error. Calls go on at the "
            "switch. Start it again, or let a supervisor do so.",
            part=broken.result(),
        )


def _greet(settings: Settings, port: int, say: Say) -> None:
    if settings.demo:
        say(f"Demo accounts: {', '.join(one.login for one in DEMO_ACCOUNTS)}; password: {DEMO_PASSWORD}")
        say("Place a call to the desk with: .venv/bin/trunkline lab call")
    host = "localhost" if settings.host == "127.0.0.1" else settings.host
    say(f"Open http://{host}:{port} in a browser. Ctrl-C stops.")


@asynccontextmanager
async def _database(settings: Settings, say: Say) -> AsyncIterator[AsyncEngine]:
    make_folder(settings.data_dir)
    url = settings.database_url
    if url.startswith("sqlite"):
        await migrate.upgrade(url)
    await migrate.check(url)
    database = db.connect(url)
    try:
        await ensure_usable(database)
        if settings.demo:
            await _demo(database, say)
        yield database
    finally:
        await database.dispose()


async def _demo(database: AsyncEngine, say: Say) -> None:
    try:
        await make_demo_accounts(database)
        await load_demo_once(database, say)
    except (DBAPIError, OSError) as error:
        raise unusable(error) from error


@contextmanager
def _bound(settings: Settings) -> Iterator[socket.socket]:
    """The web server's socket, before anything else is started, so that a taken port costs nobody a wait."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    sock = socket.socket(family, socket.SOCK_STREAM)
    try:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            sock.bind((settings.host, settings.port))
            sock.listen(128)
        except OSError as error:
            raise _no_port(settings, error) from error
        yield sock
    finally:
        sock.close()


@asynccontextmanager
async def _listening(app: web.Application, sock: socket.socket) -> AsyncIterator[None]:
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=3.0)
    await runner.setup()
    try:
        await web.SockSite(runner, sock).start()
        yield
    finally:
        await runner.cleanup()


def _no_port(settings: Settings, error: OSError) -> Unavailable:
    where = f"{settings.host}:{settings.port}"
    if error.errno == errno.EADDRINUSE:
        words = f"Port {settings.port} is taken by another program. Stop it, or set TRUNKLINE_PORT to a free port."
    elif error.errno in (errno.EACCES, errno.EPERM):
        words = f"This user may not listen on {where}. Choose a port above 1023 with TRUNKLINE_PORT."
    else:
        words = f"The web server cannot listen on {where}: {error.strerror}. Check TRUNKLINE_HOST and TRUNKLINE_PORT."
    return Unavailable("port_unusable", words, port=settings.port)
