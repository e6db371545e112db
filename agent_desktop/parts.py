"""Everything that `server/` hands to the web application."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field

from prometheus_client import CollectorRegistry

from agent_desktop.audittrail import AuditTrail
from agent_desktop.crm import Crm
from agent_desktop.health import Check
from agent_desktop.people import People
from agent_desktop.phonebook import PhoneBook
from agent_desktop.pops import PopSource
from agent_desktop.ports import CommandPort, EventStream
from agent_desktop.projection import Choices
from agent_desktop.records import CallRecords
from agent_desktop.settings import WebSettings
from agent_desktop.static import Assets
from kernel.clock import Clock


@dataclass(frozen=True, slots=True, kw_only=True)
class DesktopParts:
    """`checks` are the parts that /health/ready reports, by name. `assets` is the built client.
    `saving`: whether what is asked for can be saved just now. `beside`: what
    runs as long as the application."""

    settings: WebSettings
    clock: Clock
    commands: CommandPort
    stream: EventStream
    people: People
    audit: AuditTrail
    crm: Crm
    pops: PopSource
    phones: PhoneBook
    records: CallRecords
    version: str = "0.1.0"
    choices: Choices = field(default_factory=Choices)
    checks: Mapping[str, Check] = field(default_factory=dict)
    saving: Callable[[], bool] = lambda: True
    beside: tuple[Callable[[], Awaitable[None]], ...] = ()
    registry: CollectorRegistry = field(default_factory=CollectorRegistry)
    assets: Assets = field(default_factory=Assets)
