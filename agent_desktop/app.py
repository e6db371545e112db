"""Builds the web application: middleware, the table of routes, and the parts that run beside it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable

import aiohttp_session
import structlog
from aiohttp import web
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from agent_desktop import middleware, openapi, pages, sessions
from agent_desktop.api import Ask, Open, Route, add_routes
from agent_desktop.auditnames import AuditNames
from agent_desktop.health import Health
from agent_desktop.hub import Hub, HubParts
from agent_desktop.parts import DesktopParts
from agent_desktop.push import Push
from agent_desktop.resources.account import AccountResource
from agent_desktop.resources.announcements import AnnouncementResource
from agent_desktop.resources.audit import AuditResource
from agent_desktop.resources.calls import CallResource
from agent_desktop.resources.customers import CustomerResource
from agent_desktop.resources.desk import DeskResource
from agent_desktop.resources.dialling import DialResource
from agent_desktop.resources.drafts import DraftResource
from agent_desktop.resources.hours import HoursResource
from agent_desktop.resources.provider import ProviderResource
from agent_desktop.resources.recordings import RecordingResource
from agent_desktop.resources.security import SecurityResource
from agent_desktop.resources.setup import SetupResource
from agent_desktop.resources.setupdocument import SetUpDocumentResource
from agent_desktop.resources.setuphistory import SetUpHistoryResource
from agent_desktop.resources.staff import StaffResource
from agent_desktop.resources.teams import TeamResource
from agent_desktop.resources.teamwork import NamedResource, ProfileResource
from agent_desktop.resources.tickets import TicketResource
from agent_desktop.resources.traces import TraceResource
from agent_desktop.resources.wayin import WayInResource
from agent_desktop.setupedits import SetUpEdits

log = structlog.get_logger(__name__)

RESTART = 1.0

HUB = web.AppKey("hub", Hub)
PUSH = web.AppKey("push", Push)
BESIDE: web.AppKey[tuple[Callable[[], Awaitable[None]], ...]] = web.AppKey("beside")
ROUTES: web.AppKey[tuple[Route, ...]] = web.AppKey("routes")


def build_app(parts: DesktopParts) -> web.Application:
    """The application, ready to be served. It follows the event stream from start-up to clean-up."""
    settings = parts.settings
    storage = sessions.storage(parts.people, settings)
    app = web.Application(
        middlewares=[
            middleware.timed(parts.registry),
            middleware.request_ids,
            middleware.security_headers(settings, parts.phones.ws_url),
            middleware.errors,
            pages.sorry(parts.assets),
            middleware.origins(settings),
            aiohttp_session.session_middleware(storage),
        ],
        client_max_size=settings.max_body,
    )
    app.on_response_prepare.append(storage.turn)
    pages.setup(app)
    push = Push(settings, parts.people, parts.commands)
    hub = Hub(
        HubParts(
            stream=parts.stream,
            pops=parts.pops,
            audience=push,
            now=parts.clock.now,
            choices=parts.choices,
            figures_seconds=settings.figures_seconds,
            pop_timeout=settings.pop_timeout,
            pop_patience=settings.pop_patience,
            saving=parts.saving,
        )
    )
    push.hub = hub
    app[HUB], app[PUSH] = hub, push
    routes = app[ROUTES] = route_table(parts, hub, push)
    add_routes(app, routes, settings.trusted_proxies)
    parts.registry.register(_Figures(hub, push))
    app[BESIDE] = parts.beside
    app.cleanup_ctx.append(_running)
    app.on_shutdown.append(_close_sockets)
    return app


def route_table(parts: DesktopParts, hub: Hub, push: Push) -> tuple[Route, ...]:
    """Every route there is, each with its rule."""
    described = (
        *AccountResource(parts.people, parts.commands, hub, push).routes(),
        *SecurityResource(parts.people, push).routes(),
        *StaffResource(parts.people, push).routes(),
        *WayInResource(parts.people, push).routes(),
        *TeamResource(parts.people).routes(),
        *AuditResource(parts.audit, parts.people, _audit_names(parts, hub)).routes(),
        *DeskResource(parts.commands, parts.phones).routes(),
        *CallResource(parts.commands, parts.crm, parts.records, hub).routes(),
        *TraceResource(parts.records, parts.people, hub).routes(),
        *DialResource(parts, parts.choices.region).routes(),
        *CustomerResource(parts.crm, hub).routes(),
        *TicketResource(parts.crm, hub).routes(),
        *DraftResource(parts.crm, hub).routes(),
        *RecordingResource(parts.records, parts.audit, parts.clock).routes(),
        *set_up_routes(parts, hub),
        *Health(parts.checks, parts.registry, parts.settings.metrics_token).routes(),
    )
    return (
        *described,
        openapi.described(described, parts.version),
        *pages.Pages(parts.assets, parts.people, parts.settings.sign_in).routes(),
        *ProviderResource(parts.people, parts.settings).routes(),
        *parts.assets.routes(),
        _socket_route(push),
    )


def _audit_names(parts: DesktopParts, hub: Hub) -> AuditNames:
    def queues() -> dict[str, str]:
        return {str(row["id"]): str(row["name"]) for row in hub.projection.rows("queues")}

    return AuditNames(parts.people, parts.crm, parts.records, queues)


def set_up_routes(parts: DesktopParts, hub: Hub) -> tuple[Route, ...]:
    """What is set up while it runs."""
    edits = SetUpEdits(parts.commands, hub, parts.people)
    return (
        *SetupResource(parts.commands, parts.records, hub, edits, parts.people).routes(),
        *NamedResource("skill", edits).routes(),
        *NamedResource("group", edits).routes(),
        *AnnouncementResource(edits).routes(),
        *HoursResource(edits, hub, parts.people).routes(),
        *ProfileResource(edits, parts.people).routes(),
        *SetUpDocumentResource(edits, hub, parts.people).routes(),
        *SetUpHistoryResource(edits, parts.records, parts.people).routes(),
    )


def _socket_route(push: Push) -> Route:
    async def socket(ask: Ask) -> web.StreamResponse:
        return await push.handle(ask.request)

    return Route(
        method="GET",
        path="/socket.io/",
        resource=socket,
        rule=Open.public,
        summary="The desk's socket; its first message says who opens it",
    )


async def _running(app: web.Application) -> AsyncIterator[None]:
    """The hub and the watch over sessions, from start-up to clean-up."""
    tasks = [
        asyncio.create_task(_keep(app[HUB].run, "hub"), name="desk hub"),
        asyncio.create_task(_keep(app[PUSH].watch_sessions, "session watch"), name="session watch"),
        asyncio.create_task(_keep(app[PUSH].watch_silence, "silence watch"), name="silence watch"),
        *(asyncio.create_task(_keep(work, "beside"), name="beside") for work in app[BESIDE]),
    ]
    yield
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def _close_sockets(app: web.Application) -> None:
    await app[PUSH].close()


async def _keep(work: Callable[[], Awaitable[None]], name: str) -> None:
    """Run a part until cancelled; should it fail in a way nobody foresaw, begin it anew."""
    while True:
        try:
            await work()
        except Exception:
            log.exception("a part of the desktop failed; beginning it anew", part=name)
        await asyncio.sleep(RESTART)


class _Figures(Collector):
    """The desktop's own figures for Prometheus."""

    def __init__(self, hub: Hub, push: Push) -> None:
        self._hub = hub
        self._push = push

    def collect(self) -> list[Metric]:
        found: dict[str, float] = {"sockets": self._push.open_sockets, **self._hub.figures(), **self._push.counts}
        return [GaugeMetricFamily(f"trunkline_desktop_{name}", name, value=value) for name, value in found.items()]
