"""Restoring a backup: verified first, never over a database that lives, and looked over before it is handed out."""

from __future__ import annotations

import asyncio
import os
import shutil
import tarfile
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import make_url, select

from crm_core.people.audit import check_audit
from dialer.chain.store import verify as verify_permits
from kernel import db
from kernel.errors import Refused
from server import migrate
from server.backup import manifest as manifests
from server.backup import postgres
from server.backup.make import DATABASE, Say, look
from server.backup.manifest import Manifest
from server.migrate import Standing

ALIVE = timedelta(seconds=30)
"""A pulse of a platform younger than this: it runs on that database."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to restore where. `replace`: an SQLite database that is there is kept under another name."""

    url: str
    keys_dir: Path
    recordings: Path | None
    replace: bool = False


async def restore(source: Path, wanted: Wanted, say: Say) -> Manifest:
    """Bring the backup back, and up to this version. Raises Invalid (`backup_unusable`) and Refused
    (`database_not_empty`, `database_alive`); nothing was changed then."""
    async with _opened(source, _near(wanted)) as folder:
        say("Comparing the backup with its check sums")
        manifest = await asyncio.to_thread(manifests.read, folder)
        _same_kind(manifest, wanted.url)
        await _ensure_free(wanted)
        say("Restoring the database")
        dump = folder / DATABASE[manifest.database]
        if manifest.database == "sqlite":
            await _verified(f"sqlite+aiosqlite:///{dump}", manifest)
            await asyncio.to_thread(_place, dump, _file(wanted.url))
        else:
            await postgres.load(make_url(wanted.url), dump)
            await _verified(wanted.url, manifest)
        await asyncio.to_thread(_files, folder, wanted, say)
    return manifest


def _near(wanted: Wanted) -> Path:
    """Where to unpack: beside the SQLite file, so that a rename brings it into place."""
    name = make_url(wanted.url).database if wanted.url.startswith("sqlite") else None
    folder = Path(name).resolve().parent if name else Path(tempfile.gettempdir())
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@asynccontextmanager
async def _opened(source: Path, near: Path) -> AsyncIterator[Path]:
    """The backup's files in a folder of our own, which is removed afterwards."""
    with tempfile.TemporaryDirectory(dir=near, prefix=".restore-") as scratch:
        folder = Path(scratch) / "backup"
        await asyncio.to_thread(_unpack, source, folder)
        yield folder


def _unpack(source: Path, folder: Path) -> None:
    try:
        if source.is_dir():
            shutil.copytree(source, folder)
            return
        folder.mkdir(mode=0o700)
        with tarfile.open(source) as archive:
            archive.extractall(folder, filter="data")
    except (OSError, tarfile.TarError) as error:
        raise manifests.unusable(f"{source} cannot be read ({error}).", "Name what `backup` wrote.") from error


def _same_kind(manifest: Manifest, url: str) -> None:
    kind = "sqlite" if url.startswith("sqlite") else "postgresql"
    if manifest.database != kind:
        raise manifests.unusable(
            f"The backup is of {manifest.database}, the database that the settings name is {kind}.",
            "Set TRUNKLINE_DATABASE to one of the backup's kind.",
        )


async def _ensure_free(wanted: Wanted) -> None:
    """Refuse a database with anything in it, unless its file may be put aside and nobody works on it."""
    sqlite = wanted.url.startswith("sqlite")
    if sqlite and not await asyncio.to_thread(_file(wanted.url).exists):
        return
    if await migrate.standing(wanted.url) is Standing.empty:
        return
    if wanted.replace and await _is_alive(wanted.url):
        cause, cure = "A platform runs on this database.", "Stop it, wait half a minute, and restore again."
        raise Refused("database_alive", f"{cause} {cure}", cause=cause, cure=cure)
    if not (sqlite and wanted.replace):
        cause = "The database is not empty, and a restore overwrites nothing."
        cure = (
            "With --replace the file is kept beside the restored one under another name."
            if sqlite
            else "Make an empty one (`createdb NAME`) and name it with TRUNKLINE_DATABASE."
        )
        raise Refused("database_not_empty", f"{cause} {cure}", cause=cause, cure=cure)


def _file(url: str) -> Path:
    return Path(make_url(url).database or "")


async def _is_alive(url: str) -> bool:
    database = db.connect(url)
    try:
        async with db.readonly(database) as connection:
            last = await connection.scalar(select(db.engine_pulse.c.at).where(db.engine_pulse.c.id == "engine"))
    except Exception:  # foreign tables, an old schema: no platform of ours runs on it
        return False
    finally:
        await database.dispose()
    return last is not None and abs(datetime.now(UTC) - last) < ALIVE


async def _verified(url: str, manifest: Manifest) -> None:
    """The restored database holds what was counted, its chains are whole; then it is brought up to this version."""
    standing = await migrate.standing(url)
    if standing not in (Standing.current, Standing.behind):
        raise manifests.unusable("The backup was made by a newer version of Trunkline.", "Restore with that version.")
    counts = await look(url)
    wrong = sorted(name for name, count in manifest.counts.items() if counts.get(name) != count)
    if wrong:
        raise manifests.unusable(f"The restored database has other rows of {', '.join(wrong)}.", manifests.CURE)
    await migrate.upgrade(url)
    database = db.connect(url)
    try:
        audit, permits = await check_audit(database), await verify_permits(database, datetime.now(UTC))
        lines = {"audit": audit.broken.seq if audit.broken else None, "permits": permits.broken}
        for what, broken in lines.items():
            if broken is not None:
                raise manifests.unusable(f"The chain of {what} is broken at line {broken}.", "Take an older backup.")
    finally:
        await database.dispose()


def _place(dump: Path, target: Path) -> None:
    """Under its name at once or not at all; what stood there is kept, its write-ahead log with it."""
    stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
    for suffix in ("", "-wal", "-shm"):
        old = Path(f"{target}{suffix}")
        if old.exists():
            old.rename(f"{target}.before-restore-{stamp}{suffix}")
    dump.chmod(0o600)
    dump.rename(target)
    handle = os.open(target.parent, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _files(folder: Path, wanted: Wanted, say: Say) -> None:
    for one in sorted((folder / "keys").glob("*")):
        target = wanted.keys_dir / one.name
        if not target.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(one, target)
            target.chmod(0o600)
        elif target.read_bytes() != one.read_bytes():
            say(f"{target} is there already and is another; the backup's was not put over it")
    found = sorted((folder / "recordings").glob("*"))
    if found and wanted.recordings is not None:
        say(f"Restoring {len(found)} files of recordings")
        wanted.recordings.mkdir(parents=True, exist_ok=True)
        for one in found:
            if not (wanted.recordings / one.name).exists():
                shutil.copyfile(one, wanted.recordings / one.name)
