"""pg_dump and pg_restore: argument lists, the password in their environment only."""

from __future__ import annotations

import asyncio
import os
import shutil
from pathlib import Path

from sqlalchemy import URL

from kernel.errors import Unavailable


async def dump(url: URL, target: Path, snapshot: str) -> None:
    """The database at `url` into one file, as an exported snapshot sees it."""
    options = ("--format=custom", "--no-owner", "--no-privileges", f"--snapshot={snapshot}")
    await _run("pg_dump", url, *options, f"--file={target}")


async def load(url: URL, source: Path) -> None:
    """The dump into the empty database at `url`: all of it, or nothing."""
    options = ("--no-owner", "--no-privileges", "--exit-on-error", "--single-transaction")
    await _run("pg_restore", url, *options, str(source))


async def _run(tool: str, url: URL, *arguments: str) -> None:
    command = [find(tool), f"--dbname={url.database}", "--no-password", *_where(url), *arguments]
    environment = {**os.environ, "PGCONNECT_TIMEOUT": "10"}
    if url.password:
        environment["PGPASSWORD"] = str(url.password)
    process = await asyncio.create_subprocess_exec(
        *command,
        env=environment,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        _, said = await process.communicate()
    except BaseException:
        process.kill()
        await process.wait()
        raise
    if process.returncode != 0:
        first = next((one for one in said.decode(errors="replace").splitlines() if one.strip()), "no word of it")
        cause = f"{tool} failed: {first[:300].rstrip('.')}."
        cure = "Correct that; the tool must be at least as new as the server."
        raise Unavailable("backup_tool_failed", f"{cause} {cure}", cause=cause, cure=cure)


def find(tool: str) -> str:
    """The newest of Debian's, or the one on the path; raises Unavailable (`backup_tool_missing`)."""
    found = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{tool}"), key=lambda path: int(path.parts[-3]))
    on_path = shutil.which(tool)
    if found:
        return str(found[-1])
    if on_path is None:
        cause, cure = f"{tool} is not on this machine.", "Install PostgreSQL's client (Debian: postgresql-client)."
        raise Unavailable("backup_tool_missing", f"{cause} {cure}", cause=cause, cure=cure)
    return on_path


def _where(url: URL) -> list[str]:
    host = url.host or _one(url, "host")
    port = url.port or _one(url, "port")
    user = url.username or _one(url, "user")
    pairs = (("--host", host), ("--port", port), ("--username", user))
    return [f"{name}={value}" for name, value in pairs if value]


def _one(url: URL, name: str) -> str:
    value = url.query.get(name, "")
    return value if isinstance(value, str) else value[0]
