"""`verify permits`: is the chain of dial permits whole, and has every dial one?"""

from __future__ import annotations

import asyncio

import typer
from rich.console import Console

from config.settings import Settings
from dialer.chain.store import Verdict
from dialer.chain.store import verify as look
from kernel.clock import SteadyClock
from kernel.db import connect
from server.migrate import check

SHOWN = 20


def permits() -> None:
    """Follow the permits link by link, and hold every dial against them; exit code 1 when something does not fit."""
    found = asyncio.run(_look(Settings()))
    console = Console()
    for problem in problems(found):
        console.print(f"[bold red]✗[/] permits: {problem}", highlight=False, soft_wrap=True)
    if not found.whole:
        raise typer.Exit(1)
    console.print(f"[green]✓[/] permits: {found.links} links, whole; every dial has its permit.", highlight=False)


def problems(found: Verdict) -> list[str]:
    """What does not fit, in words."""
    said = []
    if found.broken is not None:
        said.append(f"link {found.broken} is not what was sealed, or one before it is missing.")
    if found.late:
        said.append(f"{found.late} permits have no seal; is the platform running?")
    if found.missing:
        said.append(f"dialled without a permit: {', '.join(found.missing[:SHOWN])}.")
    return said


async def _look(settings: Settings) -> Verdict:
    await check(settings.database_url)
    database = connect(settings.database_url)
    try:
        return await look(database, SteadyClock().now())
    finally:
        await database.dispose()
