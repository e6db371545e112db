"""Demo accounts: made in demo mode only, into an empty staff table only. Nothing else has a known password."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncEngine

from agent_desktop.settings import DemoSignIn
from crm_core.people.passwords import Hasher
from crm_core.people.rows import NewStaff
from crm_core.people.service import SYSTEM, PeopleService
from kernel.access import Role
from kernel.clock import SteadyClock

DEMO_PASSWORD = "calm-harbour-42"  # noqa: S105  shown on the sign-in page of the demo, on purpose


@dataclass(frozen=True, slots=True)
class DemoAccount:
    """One person of the demo."""

    login: str
    name: str
    roles: tuple[Role, ...]
    language: str = "en"


DEMO_ACCOUNTS = (
    DemoAccount("ana", "Ana Ruiz", (Role.agent,)),
    DemoAccount("ben", "Ben Carter", (Role.agent,)),
    DemoAccount("carla", "Carla Núñez", (Role.agent, Role.engineer), "es"),
    DemoAccount("sam", "Sam Okafor", (Role.supervisor,)),
    DemoAccount("admin", "Ada Admin", (Role.admin,)),
)


def demo_sign_in() -> DemoSignIn:
    """What the sign-in page shows, as far as these accounts exist."""
    return DemoSignIn(tuple(one.login for one in DEMO_ACCOUNTS), DEMO_PASSWORD)


async def make_demo_accounts(database: AsyncEngine) -> None:
    """Make the demo's people when nobody is there yet."""
    people = PeopleService(database, Hasher())
    if await people.list_staff():
        return
    now = SteadyClock().now()
    for one in DEMO_ACCOUNTS:
        new = NewStaff(one.login, one.name, DEMO_PASSWORD, one.roles, one.language)
        await people.create_staff(new, SYSTEM, now)
