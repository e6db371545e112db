"""Making a backup: database, keys and, if wanted, recordings, as they stood at one moment, while calls go on."""

from __future__ import annotations

import asyncio
import os
import shutil
import sqlite3
import tarfile
import tempfile
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import func, make_url, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from kernel import db
from kernel.errors import Refused, Unavailable
from migrations.tables import metadata
from server import migrate
from server.backup import manifest as manifests
from server.backup import postgres
from server.backup.manifest import Manifest
from server.migrate import Standing

COUNTED = ("customers", "tickets", "interactions", "journal", "audit", "recordings")
DATABASE = {"sqlite": "trunkline.db", "postgresql": "trunkline.dump"}
Say = Callable[[str], None]


async def backup(url: str, target: Path, keys: tuple[Path, ...], recordings: Path | None, say: Say) -> Manifest:
    """Write the backup into `target`: a new folder, or one file when it is named .tar or .tar.gz. `keys` are files of
    secrets without which the database cannot be read; `recordings` their folder, when they are wanted too."""
    if await asyncio.to_thread(target.exists):
        cause, cure = f"{target} exists already.", "Name a new file or folder; a backup overwrites nothing."
        raise Refused("backup_exists", f"{cause} {cure}", cause=cause, cure=cure)
    packed = target.name.endswith((".tar", ".tar.gz", ".tgz"))
    if (standing := await migrate.standing(url)) not in (Standing.current, Standing.behind):
        raise migrate.unfit(standing)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=target.parent, prefix=".backup-") as scratch:
            folder = Path(scratch) / "backup"
            folder.mkdir(mode=0o700)
            found = await _fill(url, folder, keys, recordings, say)
            await asyncio.to_thread(_pack if packed else _place, folder, target)
    except OSError as error:
        cause, cure = f"{error.filename or target}: {error.strerror or error}.", "Make room or name another place."
        raise Unavailable("backup_not_written", f"{cause} {cure}", cause=cause, cure=cure) from error
    return found


async def _fill(url: str, folder: Path, keys: tuple[Path, ...], recordings: Path | None, say: Say) -> Manifest:
    kind = "sqlite" if url.startswith("sqlite") else "postgresql"
    say("Copying the database")
    path = folder / DATABASE[kind]
    if kind == "sqlite":
        await asyncio.to_thread(copy_sqlite, Path(make_url(url).database or ""), path)
        counts = await look(f"sqlite+aiosqlite:///{path}")
    else:
        counts = await _dump_postgres(url, path)
    path.chmod(0o600)
    revision = await migrate.revision_of(url)
    await asyncio.to_thread(_copy_files, folder, keys, recordings, say)
    say("Writing the check sums")
    found = await asyncio.to_thread(_describe, folder)
    return await asyncio.to_thread(_sign, folder, kind, revision, counts, found)


def copy_sqlite(source: Path, target: Path) -> None:
    """SQLite's online backup in one step: a reader's view of one moment, which no writer waits for."""
    if not source.is_file():
        cause, cure = f"There is no database file {source}.", "Check TRUNKLINE_DATA_DIR and TRUNKLINE_DATABASE."
        raise Unavailable("database_unusable", f"{cause} {cure}", cause=cause, cure=cure)
    target.touch(mode=0o600)
    try:
        with closing(sqlite3.connect(source, timeout=30)) as old, closing(sqlite3.connect(target)) as new:
            old.execute("PRAGMA query_only=ON")
            old.backup(new, pages=-1)
            new.execute("PRAGMA journal_mode=DELETE")
            verdict = new.execute("PRAGMA quick_check(1)").fetchone()[0]
    except sqlite3.Error as error:
        cause, cure = f"The database cannot be copied ({error}).", "Run `trunkline doctor`, and look at the disk."
        raise Unavailable("backup_not_written", f"{cause} {cure}", cause=cause, cure=cure) from error
    if verdict != "ok":
        raise manifests.unusable(f"The copy of the database is damaged: {verdict}.", "Look at the disk's health.")


async def _dump_postgres(url: str, path: Path) -> dict[str, int]:
    """A dump, and the counts of the same moment: both read in one exported snapshot."""
    database = db.connect(url)
    try:
        async with db.readonly(database) as connection:
            await connection.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ"))
            snapshot = await connection.scalar(text("SELECT pg_export_snapshot()"))
            await postgres.dump(make_url(url), path, str(snapshot))
            return await _counts(connection)
    finally:
        await database.dispose()


async def look(url: str) -> dict[str, int]:
    """Rows by table."""
    database = db.connect(url)
    try:
        async with db.readonly(database) as connection:
            return await _counts(connection)
    finally:
        await database.dispose()


async def _counts(connection: AsyncConnection) -> dict[str, int]:
    tables = [metadata.tables[name] for name in COUNTED if name in metadata.tables]
    return {one.name: await connection.scalar(select(func.count()).select_from(one)) or 0 for one in tables}


def _copy_files(folder: Path, keys: tuple[Path, ...], recordings: Path | None, say: Say) -> None:
    for key in keys:
        (folder / "keys").mkdir(mode=0o700, exist_ok=True)
        copy = folder / "keys" / key.name
        shutil.copyfile(key, copy)
        copy.chmod(0o600)
    if recordings is not None and recordings.is_dir():
        say("Copying the recordings")
        target = folder / "recordings"
        target.mkdir(mode=0o700)
        for one in sorted(recordings.iterdir()):
            if one.is_file() and not one.is_symlink():
                shutil.copyfile(one, target / one.name)


def _describe(folder: Path) -> tuple[manifests.File, ...]:
    return tuple(manifests.describe(folder, one) for one in sorted(folder.rglob("*")) if one.is_file())


def _sign(
    folder: Path, kind: str, revision: str, counts: dict[str, int], files: tuple[manifests.File, ...]
) -> Manifest:
    found = Manifest.model_validate(
        {
            "version": migrate.version(),
            "made_at": datetime.now(UTC).isoformat(timespec="seconds"),
            "database": kind,
            "revision": revision,
            "counts": counts,
            "files": files,
        }
    )
    path = folder / manifests.NAME
    path.write_text(found.model_dump_json(indent=2) + "\n", "utf-8")
    path.chmod(0o600)
    return found


def _place(folder: Path, target: Path) -> None:
    _sync(folder)
    folder.rename(target)


def _pack(folder: Path, target: Path) -> None:
    """One file, readable for its owner only; it appears under its name when it is whole."""
    packed = folder.parent / "packed"
    packed.touch(mode=0o600)
    with tarfile.open(packed, "w" if target.name.endswith(".tar") else "w:gz") as archive:
        for one in sorted(folder.rglob("*")):
            if one.is_file():
                archive.add(one, one.relative_to(folder).as_posix(), filter=_anonymous)
    _sync(packed)
    packed.rename(target)


def _anonymous(entry: tarfile.TarInfo) -> tarfile.TarInfo:
    entry.uid = entry.gid = 0
    entry.uname = entry.gname = ""
    return entry


def _sync(path: Path) -> None:
    """On the disk before it counts."""
    for one in [path, *path.rglob("*")] if path.is_dir() else [path]:
        handle = os.open(one, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
