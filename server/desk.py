"""Hands the running parts to the web application."""

from __future__ import annotations

from datetime import timedelta

from aiohttp import web
from prometheus_client import CollectorRegistry

from agent_desktop.app import build_app
from agent_desktop.audittrail import SqlAuditTrail
from agent_desktop.crm import Crm, CrmPops
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
from kernel.patience import all_left
from server.accounts import demo_sign_in
from server.busy import database_errors, note_begun, patient_reads
from server.demo import PRODUCTS, TICKET_CATEGORIES
from server.figures import Figures
from server.keys import open_vault
from server.platform import Platform
from server.readiness import checks
from server.records import SqlCallRecords


def desktop_app(platform: Platform, settings: Settings, port: int) -> web.Application:
    """The web application over the running platform; it listens on `port`."""
    app = build_app(desktop_parts(platform, settings, port))
    app.middlewares.extend((patient_reads(platform, settings.read_seconds), database_errors(platform)))
    app.on_response_prepare.append(note_begun)
    app.on_cleanup.append(_all_left)
    return app


async def _all_left(_app: web.Application) -> None:
    await all_left()


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
            read_seconds=settings.read_seconds,
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
        records=SqlCallRecords(database, people, region),
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
