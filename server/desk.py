"""Hands the running parts to the web application."""

from __future__ import annotations

from datetime import timedelta

import structlog
from aiohttp import web
from aiohttp.typedefs import Handler, Middleware
from prometheus_client import CollectorRegistry
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from agent_desktop.app import build_app
from agent_desktop.audittrail import SqlAuditTrail
from agent_desktop.crm import Crm, CrmPops
from agent_desktop.middleware import SAFE
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
from kernel.errors import Unavailable
from server.accounts import demo_sign_in
from server.dberrors import describe_db_error, is_permanent
from server.demo import PRODUCTS, TICKET_CATEGORIES
from server.figures import Figures
from server.keys import open_vault
from server.platform import Platform
from server.readiness import checks
from server.records import SqlCallRecords

log = structlog.get_logger(__name__)


AWAY = 4.0
"""Seconds without a commit after which a change is refused before it begins: a database that stands still gives no
error for long, and whoever asks would be gone by then, not knowing whether it was done."""


def database_errors(platform: Platform) -> Middleware:
    """A database that is away is no incident of ours: the browser is told to try again."""

    @web.middleware
    async def middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
        if request.method not in SAFE and platform.heartbeat.age > AWAY:
            raise _cannot_save(platform.store.trouble or TimeoutError())
        try:
            return await handler(request)
        except (DBAPIError, PoolTimeout) as error:
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
    loop = Figures(platform, {"database": settings.data_dir, "recordings": settings.recordings_dir}).register(registry)
    return DesktopParts(
        settings=WebSettings(
            origins=settings.origins_for(port),
            tls=settings.tls,
            trusted_proxies=settings.trusted_proxies,
            metrics_token=settings.metrics_token.get_secret_value(),
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
        checks=checks(platform, settings),
        beside=(loop.watch,),
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
