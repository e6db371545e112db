"""`create-user`: make a person who can sign in."""

from __future__ import annotations

import asyncio
from enum import StrEnum
from typing import Annotated

import typer
from rich.console import Console

from config.settings import Settings
from crm_core.people.passwords import Hasher
from crm_core.people.rows import NewStaff
from crm_core.people.service import SYSTEM, PeopleService
from kernel.access import Role
from kernel.clock import SteadyClock
from kernel.db import connect
from server.migrate import check


class Language(StrEnum):
    """Languages of the desktop."""

    en = "en"
    es = "es"
    zh = "zh"
    ru = "ru"


def create_user(
    login: Annotated[str, typer.Argument(help="What the person types to sign in.")],
    name: Annotated[str, typer.Option(prompt=True, help="Full name, shown to colleagues.")],
    role: Annotated[list[Role], typer.Option(help="May be given several times.")] = [Role.agent],  # noqa: B006
    language: Annotated[Language, typer.Option(help="The language of the desktop.")] = Language.en,
    password: Annotated[
        str, typer.Option(prompt=True, hide_input=True, confirmation_prompt=True, help="Asked for when not given.")
    ] = "",
) -> None:
    """Make a person who can sign in. There is no default account and no default password."""
    new = NewStaff(login=login, name=name, password=password, roles=tuple(role), language=language.value)
    asyncio.run(_create(Settings(), new))
    Console().print(f"{name} can sign in as [bold]{login}[/] ({', '.join(role)}).")


async def _create(settings: Settings, new: NewStaff) -> None:
    await check(settings.database_url)
    database = connect(settings.database_url)
    try:
        await PeopleService(database, Hasher()).create_staff(new, SYSTEM, SteadyClock().now())
    finally:
        await database.dispose()
