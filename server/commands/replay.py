"""`replay`: the journal through this code again; it must decide the same."""

from __future__ import annotations

import asyncio
from typing import Annotated

import typer
from rich.console import Console

from config.settings import Settings
from kernel.core import Entry
from kernel.db import connect
from server.migrate import check
from server.platform import make_core
from server.replay import Difference
from server.replay import replay as replay_entries
from server.shelves import SAVERS, shelf_tables
from server.store import SqlEngineStore

CHUNK = 2000


def replay(
    show: Annotated[int, typer.Option(help="How many differences to print.")] = 20,
) -> None:
    """Run the journal through this code again and name every line that it would decide otherwise."""
    console = Console()
    lines, differences = asyncio.run(_replay(Settings()))
    for one in differences[:show]:
        console.print(f"line {one.seq}\n  journal: {one.written}\n  replay:  {one.replayed}", highlight=False)
    console.print(f"{lines} lines replayed, {len(differences)} differ.")
    if differences:
        raise typer.Exit(1)


async def _replay(settings: Settings) -> tuple[int, list[Difference]]:
    await check(settings.database_url)
    database = connect(settings.database_url)
    try:
        store = SqlEngineStore(database, shelf_tables(), SAVERS)
        entries: list[Entry] = []
        while chunk := await store.journal(after=entries[-1].seq if entries else 0, limit=CHUNK):
            entries += chunk
    finally:
        await database.dispose()
    core, _ = make_core()
    return len(entries), list(replay_entries(entries, core))
