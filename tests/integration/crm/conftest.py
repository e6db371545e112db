"""The CRM's services on a migrated database of each kind."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from crm_core.activities.service import NoteService
from crm_core.cards.service import PopService
from crm_core.customers.models import NewCustomer
from crm_core.customers.service import CustomerService
from crm_core.tickets.service import TicketService
from crm_core.timeline.service import TimelineService
from kernel.clock import ManualClock

NOW = datetime(2026, 11, 21, 12, 0, 0, 250_000, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Somebody:
    id: str
    name: str


@dataclass(slots=True)
class Crm:
    """All services over one database, and a clock to move."""

    db: AsyncEngine
    clock: ManualClock = field(default_factory=lambda: ManualClock(NOW))
    ana: Somebody = Somebody("st-ana", "Ana Ruiz")

    @property
    def customers(self) -> CustomerService:
        return CustomerService(self.db, "ES", self.clock)

    @property
    def tickets(self) -> TicketService:
        return TicketService(self.db, self.clock)

    @property
    def notes(self) -> NoteService:
        return NoteService(self.db, self.clock)

    @property
    def timeline(self) -> TimelineService:
        return TimelineService(self.db)

    @property
    def pops(self) -> PopService:
        return PopService(self.db, "ES")

    async def customer(self, name: str = "Lucía Fernández", number: str | None = None, **more: str) -> str:
        """A new customer's id."""
        return (await self.customers.create(NewCustomer(name=name, number=number, **more)))["id"]  # type: ignore[arg-type]


@pytest.fixture
def crm(database: AsyncEngine) -> Crm:
    return Crm(database)
