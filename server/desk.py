"""Hands the running parts to the web application."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

import structlog
from aiohttp import web
from aiohttp.typedefs import Handler, Middleware
from prometheus_client import CollectorRegistry
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from agent_desktop.app import build_app
from agent_desktop.audittrail import SqlAuditTrail
from agent_desktop.crm import Crm, CrmPops
from agent_desktop.health import Check
from agent_desktop.parts import DesktopParts
from agent_desktop.people import People
from agent_desktop.projection import Choices
from agent_desktop.settings import Provider, SignInSettings, WebSettings
from config.settings import Settings
from crm_core.activities.drafts import DraftService
from crm_core.activities.service import NoteService
from crm_core.cards.service import PopService
from crm_core.customers.service import CustomerService
from crm_core.donotcall.service import DoNotCallService
from crm_core.people.passwords import Hasher
from crm_core.people.rows import SessionLimits, SignInPolicy
from crm_core.people.service import PeopleService
from crm_core.people.store import login_key
from crm_core.tickets.service import TicketService
from crm_core.timeline.service import TimelineService
from cti.switch import LinkState
from kernel.clock import clock_words
from kernel.db import readonly
from kernel.errors import Unavailable
from server.accounts import demo_sign_in
from server.dberrors import describe_db_error, is_permanent
from server.demo import PRODUCTS, TICKET_CATEGORIES
from server.keys import open_vault
from server.platform import Platform
from server.records import SqlCallRecords

log = structlog.get_logger(__name__)
BACKLOG = 1000
"""Messages in the inbox from which on the engine is called overloaded."""


def database_errors(platform: Platform) -> Middleware:
    """A database that is away is no incident of ours: the browser is told to try again."""

    @web.middleware
    async def middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
        try:
            return await handler(request)
        except (DBAPIError, PoolTimeout) as error:
            if is_permanent(error):
                raise
            raise _cannot_save(error) from error
        except ConnectionResetError:
            raise
        except (OSError, TimeoutError) as error:
            if platform.store.trouble is None:  # then it is not the database's
                raise
            raise _cannot_save(error) from error

    return middleware


def _cannot_save(error: Exception) -> Unavailable:
    cause, _ = describe_db_error(error)
    log.warning("the database failed a request", cause=cause)
    message = "The platform cannot save right now. Nothing was lost; please try again."
    return Unavailable("engine_busy", message, cause=cause)


def desktop_app(platform: Platform, settings: Settings, port: int) -> web.Application:
    """The web application over the running platform; it listens on `port`."""
    app = build_app(desktop_parts(platform, settings, port))
    app.middlewares.append(database_errors(platform))
    return app


def desktop_parts(platform: Platform, settings: Settings, port: int) -> DesktopParts:
    """Everything that the web application needs, over the running platform; it listens on `port`."""
    database, clock, region = platform.database, platform.clock, settings.default_region
    limits = SessionLimits(timedelta(hours=settings.session_hours), timedelta(minutes=settings.session_idle_minutes))
    people = PeopleService(database, Hasher(), None, limits, sign_in_policy(settings), open_vault(settings))
    registry = CollectorRegistry()
    registry.register(_Figures(platform))
    return DesktopParts(
        settings=WebSettings(
            origins=settings.origins_for(port),
            tls=settings.tls,
            trusted_proxies=settings.trusted_proxies,
            sign_in=sign_in_settings(settings),
            desk_grace_seconds=settings.desk_grace_seconds,
        ),
        clock=clock,
        commands=platform.ports,
        stream=platform.ports,
        people=People(people, clock),
        audit=SqlAuditTrail(database),
        crm=Crm(
            CustomerService(database, region, clock),
            TimelineService(database),
            TicketService(database, clock),
            NoteService(database, clock),
            DraftService(database, clock),
            DoNotCallService(database, region, clock),
        ),
        pops=CrmPops(PopService(database, region)),
        phones=platform.phones,
        records=SqlCallRecords(database, people),
        choices=Choices(region=region, ticket_categories=TICKET_CATEGORIES, products=PRODUCTS),
        checks=_checks(platform),
        saving=lambda: platform.heartbeat.saving,
        registry=registry,
    )


def sign_in_policy(settings: Settings) -> SignInPolicy:
    """What the settings say of signing in."""
    return SignInPolicy(
        totp_roles=frozenset(settings.totp_roles),
        passwords=settings.password_sign_in,
        break_glass=frozenset(login_key(one) for one in settings.break_glass),
        new_by_provider=settings.oidc_new_role,
    )


def sign_in_settings(settings: Settings) -> SignInSettings:
    """What the sign-in page offers."""
    secret = settings.oidc_client_secret.get_secret_value()
    provider = Provider(settings.oidc_issuer, settings.oidc_client_id, secret, settings.oidc_name)
    return SignInSettings(
        demo=demo_sign_in() if settings.demo else None,
        oidc=provider if settings.oidc_issuer else None,
        passwords=settings.password_sign_in,
    )


def _checks(platform: Platform) -> dict[str, Check]:
    """The parts that /health/ready names, each in words for the one who has to act."""

    async def database() -> tuple[bool, str]:
        try:
            async with readonly(platform.database) as connection:
                await connection.execute(text("SELECT 1"))
        except Exception as error:  # whatever the driver says is translated
            return False, " ".join(describe_db_error(error))
        return True, "answers"

    async def engine() -> tuple[bool, str]:
        if platform.store.trouble is not None:
            return False, " ".join(("cannot save:", *describe_db_error(platform.store.trouble)))
        if platform.engine.backlog > BACKLOG:
            return False, f"{platform.engine.backlog} messages wait in its inbox"
        return platform.heartbeat.beating, "saves" if platform.heartbeat.beating else "has not saved yet"

    async def switch() -> tuple[bool, str]:
        status = platform.switch.status
        working = status.state is LinkState.up and not status.problems
        return working, "; ".join(status.problems) or status.detail

    async def clock() -> tuple[bool, str]:
        return True, clock_words(platform.clock.ahead)

    async def phones() -> tuple[bool, str]:
        count = len(platform.phones.endpoints)
        return bool(count), f"{count} in the pool" if count else "no pool of phones; run `trunkline doctor`"

    return {"database": database, "engine": engine, "switch": switch, "phones": phones, "clock": clock}


class _Figures(Collector):
    """The engine's figures for Prometheus."""

    def __init__(self, platform: Platform) -> None:
        self._platform = platform

    def collect(self) -> Iterable[Metric]:
        core = self._platform.engine.core
        messages = CounterMetricFamily("trunkline_messages", "Messages handled by type", labels=["type"])
        for name, count in core.counts.items():
            messages.add_metric([name], count)
        yield messages
        rows = GaugeMetricFamily("trunkline_rows", "Rows in memory by shelf", labels=["shelf"])
        for name, shelf in core.shelves.items():
            rows.add_metric([name], len(shelf))
        yield rows
        yield GaugeMetricFamily("trunkline_backlog", "Messages in the inbox", value=self._platform.engine.backlog)
        link = CounterMetricFamily("trunkline_switch_link", "What the link to the switch counted", labels=["what"])
        for name, count in self._platform.switch.counts.items():
            link.add_metric([name], count)
        yield link
        ignored = CounterMetricFamily("trunkline_ignored_facts", "Late or repeated facts by type", labels=["type"])
        for name, count in self._platform.rooms.book.ignored.items():
            ignored.add_metric([name], count)
        yield ignored
        up = self._platform.switch.status.state is LinkState.up
        yield GaugeMetricFamily("trunkline_switch_up", "1 while the link to the switch is up", value=float(up))
