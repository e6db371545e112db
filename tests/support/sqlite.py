"""Migrated SQLite databases: all versions are run once in a test process, and each test gets a copy."""

from __future__ import annotations

import atexit
import shutil
import tempfile
from pathlib import Path

from server import migrate

PREFIX = "sqlite+aiosqlite:///"
_templates: list[Path] = []


async def template() -> Path:
    """The file to copy; made when it is first asked for."""
    if not _templates:
        folder = Path(tempfile.mkdtemp(prefix="trunkline-template-"))
        atexit.register(shutil.rmtree, folder)
        await migrate.upgrade(f"{PREFIX}{folder / 'trunkline.db'}")
        _templates.append(folder / "trunkline.db")
    return _templates[0]


async def migrated(url: str) -> None:
    """What `migrate.upgrade` makes of a database that is new or was migrated already."""
    path = Path(url.removeprefix(PREFIX))
    if url.startswith(PREFIX) and not path.exists():  # noqa: ASYNC240 - nobody waits meanwhile
        shutil.copyfile(await template(), path)
    else:
        await migrate.upgrade(url)
