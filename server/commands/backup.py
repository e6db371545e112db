"""`backup` and `restore`: everything in one place, while calls go on; and back from there."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape

from config.settings import Settings
from server.backup import make
from server.backup import restore as restoring
from server.backup.manifest import Manifest

console = Console(highlight=False)
KEYS = ("*.key", "*.anchors")
"""Files of the data folder without which the database is of less use."""


def backup(
    target: Annotated[
        Path, typer.Argument(help="A new folder, or a new file when it ends in .tar, .tar.gz or .tgz.")
    ] = Path("trunkline-backup.tar.gz"),
    recordings: Annotated[bool, typer.Option(help="Copy the recordings too.")] = False,
) -> None:
    """Back up the database with its keys, and the recordings if you like; the platform may run meanwhile."""
    settings = Settings()
    keys = {one for kind in KEYS for one in settings.data_dir.glob(kind)}
    if settings.secret_key_file is not None and settings.secret_key_file.is_file():
        keys.add(settings.secret_key_file)
    sounds, wanted = settings.recordings_dir if recordings else None, tuple(sorted(keys))
    with console.status("Backing up") as status:
        done = asyncio.run(make.backup(settings.database_url, target, wanted, sounds, _telling(status.update)))
    _summary(done)
    console.print(f"[green]✓[/] {escape(str(target))}: keep it safe. It holds people's data, and the keys to it.")


def restore(
    source: Annotated[Path, typer.Argument(help="What `trunkline backup` wrote.", exists=True)],
    replace: Annotated[
        bool, typer.Option("--replace", help="SQLite: put the database that is there aside, under another name.")
    ] = False,
    recordings: Annotated[bool, typer.Option(help="Restore recordings that the backup holds.")] = True,
) -> None:
    """Bring a backup back. Everything is verified first; no database with anything in it is overwritten."""
    settings = Settings()
    sounds = settings.recordings_dir if recordings else None
    wanted = restoring.Wanted(settings.database_url, settings.data_dir, sounds, replace)
    with console.status("Restoring") as status:
        done = asyncio.run(restoring.restore(source, wanted, _telling(status.update)))
    _summary(done)
    console.print(
        "[green]✓[/] Restored and verified. Start the platform: callers who are on the switch now are taken up."
    )


def _telling(update: make.Say) -> make.Say:
    def say(words: str) -> None:
        update(words)
        if not console.is_terminal:
            console.print(words)

    return say


def _summary(done: Manifest) -> None:
    counts = ", ".join(f"{count} {name}" for name, count in done.counts.items())
    console.print(f"  made {done.made_at} by version {done.version}, {done.database}, schema {done.revision}")
    console.print(f"  {counts}; {done.recordings} files of recordings")
