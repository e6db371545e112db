"""The doctor: looks at each part the platform needs and says, in words, what is wrong and what to do."""

from __future__ import annotations

import asyncio
import shutil
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from config.settings import Settings
from cti.ami.probe import probe
from cti.dialplan import installer
from kernel.clock import LEAST_TRUST, NOTABLE, SteadyClock
from kernel.db import connect
from kernel.errors import TrunklineError
from server import migrate
from server.dberrors import describe_db_error
from server.pbx import configured
from server.phones import FilePhoneBook
from server.store import last_committed

LEAST_DISK = 2 * 1024**3
SUPPORTED = ("20.", "22.", "23.")


@dataclass(frozen=True, slots=True)
class Finding:
    """`level` is ok, warning or error; `cure` says what to do about the latter two."""

    part: str
    level: str
    words: str
    cure: str = ""


async def examine(settings: Settings, asterisk_dir: Path, private_dir: Path | None = None) -> list[Finding]:
    """Every finding, in the order in which things should be mended. `private_dir` holds phones.json and ami.json;
    it is the folder of the phones file unless said otherwise."""
    found = [one async for one in _database(settings)]
    found += [one async for one in _switch(settings)]
    found += await asyncio.to_thread(_dialplan, asterisk_dir, private_dir or settings.phones_file.parent)
    found += _phones(settings)
    found += _disk(settings)
    return found


async def _database(settings: Settings) -> AsyncIterator[Finding]:
    try:
        await migrate.check(settings.database_url)
    except TrunklineError as error:
        yield Finding("database", "error", str(error.details.get("cause", error)), str(error.details.get("cure", "")))
    except Exception as error:  # whatever the driver says is translated
        cause, cure = describe_db_error(error)
        yield Finding("database", "error", cause, cure)
    else:
        yield Finding("database", "ok", "reachable, and its schema is this version's")
        yield await _clock(settings.database_url)


async def _clock(url: str) -> Finding:
    """Whether the wall clock was set back behind what is saved."""
    database = connect(url)
    try:
        last = await last_committed(database)
    finally:
        await database.dispose()
    behind = timedelta() if last is None else last - SteadyClock().now()
    if behind <= NOTABLE:
        return Finding("clock", "ok", "not behind what was saved last")
    cure = "set it right, and let NTP keep it"
    if behind > LEAST_TRUST:
        cure += "; what is due will wait until the clock is there again"
    return Finding("clock", "warning", f"{behind} behind what was saved last: it was set back", cure)


async def _switch(settings: Settings) -> AsyncIterator[Finding]:
    ami = configured(settings, "").ami
    if ami.exposed:
        yield Finding(
            "switch", "warning", ami.exposure, "set TRUNKLINE_AMI_TLS=true, after `tlsenable` in manager.conf"
        )
    report = await probe(ami, time.time())
    if not report.signed_in:
        yield Finding("switch", "error", report.words)
        return
    known = report.version.startswith(SUPPORTED)
    cure = "" if known else f"tested with {', '.join(SUPPORTED)}x: watch the first calls closely"
    yield Finding("switch", "ok" if known else "warning", f"Asterisk {report.version} answers", cure)
    for level, problems in (("error", report.problems), ("warning", report.warnings)):
        for one in problems:
            yield Finding("switch", level, one.words, one.cure)


def _dialplan(asterisk_dir: Path, private_dir: Path) -> list[Finding]:
    if not asterisk_dir.is_dir():
        return [
            Finding(
                "dialplan",
                "warning",
                f"{asterisk_dir} is not on this machine, so the dialplan's files were not looked at",
                "run `trunkline install-dialplan --check` on the switch",
            )
        ]
    try:
        found = installer.check(asterisk_dir, private_dir)
    except PermissionError as error:
        words = f"{error.filename} cannot be read by this user, so the dialplan's files were not looked at"
        cure = f"run `trunkline install-dialplan --check --private-dir {private_dir}` as root"
        return [Finding("dialplan", "warning", words, cure)]
    if not found:
        return [Finding("dialplan", "ok", f"installed in {asterisk_dir}")]
    return [Finding("dialplan", one.severity.value, f"{one.file}: {one.problem}", one.cure) for one in found]


def _phones(settings: Settings) -> list[Finding]:
    count = len(FilePhoneBook(settings.phones_file, settings.ws_base).endpoints)
    if count:
        return [Finding("phones", "ok", f"{count} in the pool")]
    return [
        Finding(
            "phones",
            "error",
            f"no phone can be read from {settings.phones_file}",
            "run `trunkline install-dialplan --write --phones N` on the switch and copy phones.json here, "
            "or set TRUNKLINE_PHONES_FILE",
        )
    ]


def _disk(settings: Settings) -> list[Finding]:
    findings = []
    for what, folder in (("database", settings.data_dir), ("recordings", settings.recordings_dir)):
        while not folder.exists() and folder != folder.parent:
            folder = folder.parent
        free = shutil.disk_usage(folder).free
        level = "ok" if free >= LEAST_DISK else "warning"
        cure = "" if level == "ok" else "free space: calls go on without it, but nothing can be saved"
        findings.append(Finding("disk", level, f"{free / 1024**3:.1f} GB free for {what}", cure))
    return findings
