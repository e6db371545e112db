"""The doctor: looks at each part the platform needs and says, in words, what is wrong and what to do."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import aiohttp

from config.settings import Settings
from cti.ami.probe import probe
from cti.ami.settings import AmiSettings
from cti.dialplan import installer
from kernel.clock import LEAST_TRUST, NOTABLE, SteadyClock
from kernel.db import connect
from kernel.errors import TrunklineError
from server import doctor_settings, migrate, whereabouts
from server.dberrors import describe_db_error
from server.figures import free_bytes
from server.findings import Finding
from server.pbx import CLEAR_TEXT_CURE, TLS_CURE, Pbx, configured
from server.phones import FilePhoneBook
from server.store import last_committed
from server.whereabouts import Whereabouts

LEAST_DISK = 2 * 1024**3
EVERYWHERE = ("0.0.0.0", "::")  # noqa: S104 - compared with, not bound to
SUPPORTED = ("20.", "22.", "23.")


async def examine(settings: Settings, asterisk_dir: Path, private_dir: Path | None = None) -> list[Finding]:
    """Every finding, in the order in which things should be mended. `private_dir` holds phones.json and ami.json;
    it is the folder of the phones file unless said otherwise. Beside a running platform its own switch is looked at."""
    running = await asyncio.to_thread(whereabouts.find, settings.data_dir)
    pbx = _pbx(settings, running)
    found = await _platform(settings, running)
    database = [one async for one in _database(settings)]
    found += database
    found += [one async for one in _switch(pbx.ami, settings.ami_clear_text)]
    if pbx.kind == "asterisk":
        found += await asyncio.to_thread(_dialplan, asterisk_dir, private_dir or pbx.phones_file.parent)
    phones = FilePhoneBook(pbx.phones_file, pbx.ws_base).endpoints
    found += _phones(len(phones), pbx.phones_file)
    if all(one.level == "ok" for one in database):
        found += await doctor_settings.people(settings, len(phones))
    found += await asyncio.to_thread(_disk, settings.data_dir, pbx.recordings_dir)
    return found + doctor_settings.web(settings) + await asyncio.to_thread(doctor_settings.secrets, settings)


def _pbx(settings: Settings, running: Whereabouts | None) -> Pbx:
    """The switch of the platform that runs here; else the one that the settings name."""
    if running is None or running.pbx == "asterisk":
        return configured(settings, "")
    return running.switch()


async def _platform(settings: Settings, running: Whereabouts | None) -> list[Finding]:
    """What the running platform says of itself."""
    if running is None:
        return [Finding("platform", "ok", f"none runs on {settings.data_dir}; looking at what it would need")]
    host = "127.0.0.1" if settings.host in EVERYWHERE else settings.host
    url = f"http://{host}:{running.port}/health/ready"
    words = f"runs as process {running.pid} on port {running.port}, with the switch `{running.pbx}`"
    try:
        patience = aiohttp.ClientTimeout(5)
        async with aiohttp.ClientSession(timeout=patience) as client, client.get(url) as answer:
            parts = (await answer.json())["parts"]
    except (aiohttp.ClientError, TimeoutError, ValueError, KeyError) as error:
        cure = "look at its log; if it stands still, restart it: calls go on"
        return [Finding("platform", "error", f"{words}, and does not answer ({type(error).__name__})", cure)]
    found = [Finding("platform", "ok", words)]
    for name, part in parts.items():
        if not part["ok"] or part.get("warning"):
            level = "warning" if part["ok"] else "error"
            found.append(Finding("platform", level, f"its {name}: {part['words']}"))
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


async def _switch(ami: AmiSettings, clear_text: bool) -> AsyncIterator[Finding]:
    """Nothing is said to a switch that `run` would refuse to talk to."""
    if ami.exposed and not clear_text:
        yield Finding("switch", "error", f"not signed in: {ami.exposure}", f"{TLS_CURE}; or {CLEAR_TEXT_CURE}")
        return
    if ami.exposed:
        yield Finding("switch", "warning", ami.exposure, TLS_CURE)
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


def _phones(count: int, file: Path) -> list[Finding]:
    if count:
        return [Finding("phones", "ok", f"{count} in the pool")]
    return [
        Finding(
            "phones",
            "error",
            f"no phone can be read from {file}",
            "run `trunkline install-dialplan --write --phones N` on the switch and copy phones.json here, "
            "or set TRUNKLINE_PHONES_FILE",
        )
    ]


def _disk(database: Path, recordings: Path) -> list[Finding]:
    findings = []
    for what, folder in (("database", database), ("recordings", recordings)):
        free = free_bytes(folder)
        level = "ok" if free >= LEAST_DISK else "warning"
        cure = "" if level == "ok" else "free space: calls go on without it, but nothing can be saved"
        findings.append(Finding("disk", level, f"{free / 1024**3:.1f} GB free for {what}", cure))
    return findings
