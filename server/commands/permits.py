"""`verify permits`: is the chain of dial permits whole, and has every dial one?"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.status import Status

from config.settings import Settings
from crm_core.people.audit import Anchor
from dialer.chain.store import Verdict
from dialer.chain.store import verify as look
from kernel.clock import SteadyClock
from kernel.db import connect
from server.anchors import add_anchor, read_anchors
from server.migrate import check

SHOWN = 20


def permits(
    anchors: Annotated[
        Path | None,
        typer.Option(help="File of what earlier checks saw; permits.anchors in the data folder unless given."),
    ] = None,
) -> None:
    """Follow the permits link by link, and hold every dial against them; exit code 1 when something does not fit.

    The last link is noted in the anchors' file, so that the next check also finds a chain that was cut, whatever was
    deleted along with it. Keep that file, or copies of it, where the database's administrator cannot write.
    """
    settings = Settings()
    path = anchors or settings.data_dir / "permits.anchors"
    known = read_anchors(path)
    console = Console()
    with console.status("Reading permits…") as status:
        found = asyncio.run(_look(settings, known, Progress(status)))
    for problem in problems(found):
        console.print(f"[bold red]✗[/] permits: {problem}", highlight=False, soft_wrap=True)
    if not found.whole:
        raise typer.Exit(1)
    add_anchor(path, known, found.last)
    agree = f"{len(known)} earlier checks agree"
    console.print(
        f"[green]✓[/] permits: {found.links} links, whole; {agree}; every dial has its permit.",
        highlight=False,
        soft_wrap=True,
    )


def problems(found: Verdict) -> list[str]:
    """What does not fit, in words."""
    said = []
    if found.broken is not None:
        said.append(f"link {found.broken} is missing, is not what was sealed, or one before it is missing.")
    if found.late:
        said.append(f"{found.late} permits have no seal; is the platform running?")
    if found.missing:
        said.append(f"dialled without a permit: {', '.join(found.missing[:SHOWN])}.")
    if found.others:
        said.append(f"dialled another number or for another call than permitted: {', '.join(found.others[:SHOWN])}.")
    return said


class Progress:
    """Says how far it is."""

    def __init__(self, status: Status) -> None:
        self._status, self._rows = status, 0

    def __call__(self, rows: int) -> None:
        self._rows += rows
        self._status.update(f"{self._rows:,} rows read…")


async def _look(settings: Settings, known: Sequence[Anchor], told: Callable[[int], None]) -> Verdict:
    await check(settings.database_url)
    database = connect(settings.database_url)
    try:
        return await look(database, SteadyClock().now(), known, told)
    finally:
        await database.dispose()
