"""`verify`: are the chains of hashes whole? A group, a command per chain."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from config.settings import Settings
from crm_core.people.audit import Anchor, AuditCheck, check_audit
from kernel.db import connect
from server.anchors import add_anchor, read_anchors
from server.commands.permits import permits
from server.migrate import check

verify = typer.Typer(no_args_is_help=True, help="Check that records which must not be changed were not.")

WORDS = {
    "changed": "line {seq} is not what was written.",
    "missing": "line {seq} is missing.",
    "cut": "everything from line {seq} on is missing.",
    "rewritten": "line {seq} is not the one that an earlier check saw: somebody wrote the trail anew.",
}


@verify.callback()
def group() -> None:
    """Keeps `verify` a group however many commands it has."""


@verify.command()
def audit(
    anchors: Annotated[
        Path | None,
        typer.Option(help="File of what earlier checks saw; audit.anchors in the data folder unless given."),
    ] = None,
) -> None:
    """Follow the audit trail line by line; exit code 1 when a line was changed or is missing.

    The last line is noted in the anchors' file, so that the next check also finds a trail that was cut or written
    anew as a whole. Keep that file, or copies of it, where the database's administrator cannot write.
    """
    settings = Settings()
    path = anchors or settings.data_dir / "audit.anchors"
    known = read_anchors(path)
    found = asyncio.run(_check(settings, known))
    console = Console()
    if found.broken is not None:
        words = WORDS[found.broken.what].format(seq=found.broken.seq)
        console.print(f"[bold red]✗[/] audit: {words} {found.lines} lines before it are whole.", highlight=False)
        raise typer.Exit(1)
    add_anchor(path, known, found.head)
    console.print(
        f"[green]✓[/] audit: {found.lines} lines, whole; {len(known)} earlier checks agree. Last line: "
        f"{found.head.seq}:{found.head.hash}",
        highlight=False,
        soft_wrap=True,
    )


async def _check(settings: Settings, known: list[Anchor]) -> AuditCheck:
    await check(settings.database_url)
    database = connect(settings.database_url)
    try:
        return await check_audit(database, known)
    finally:
        await database.dispose()


verify.command()(permits)
