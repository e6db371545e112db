"""`demo-data`: a believable company to look around in."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress

from config.settings import Settings
from crm_core.demo import SHOWCASE
from kernel.db import connect
from server import migrate
from server.demo import SEED, load_demo


def demo_data(
    seed: Annotated[int, typer.Option(help="Another seed makes other customers.")] = SEED,
) -> None:
    """Fill an empty database with 2,000 customers of twelve countries and years of history."""
    console = Console()
    rows = asyncio.run(_load(Settings(), seed, console))
    console.print(f"{rows} rows loaded. Customers to try things with:")
    for one in SHOWCASE:
        console.print(f"  {one.name}, {one.city}: {one.e164}", highlight=False)


async def _load(settings: Settings, seed: int, console: Console) -> int:
    await migrate.check(settings.database_url)
    db = connect(settings.database_url)
    try:
        with Progress(console=console, transient=True) as bar:
            task = bar.add_task("Demo data")
            return await load_demo(
                db, seed, datetime.now(UTC), lambda done, total: bar.update(task, completed=done, total=total)
            )
    finally:
        await db.dispose()
