"""A PostgreSQL of one's own for tests and benchmarks: a throw-away cluster on a unix socket, gone when stopped."""

from __future__ import annotations

import asyncio
import itertools
import os
import pwd
import secrets
import shutil
import subprocess
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import asyncpg  # type: ignore[import-untyped]

from lab.errors import LabError

UNSAFE = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")
"""For tests, which lose nothing when the machine dies."""
SETTINGS = (
    "jit=off",
    "listen_addresses=",
    "max_connections=100",
    "shared_buffers=32MB",
    "log_min_messages=fatal",
)


def find_binaries() -> Path:
    """The folder of Debian's newest PostgreSQL, or that of a `postgres` on the path."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"), key=lambda path: int(path.parts[-3]))
    on_path = shutil.which("postgres")
    if not found and on_path is None:
        raise LabError("there is no PostgreSQL on this machine", "install the package `postgresql`")
    return found[-1].parent if found else Path(str(on_path)).resolve().parent


def as_somebody() -> tuple[list[str], int]:
    """PostgreSQL refuses to run as root: what to put before the command, and the user id it then runs as."""
    if os.geteuid() != 0:
        return [], os.geteuid()
    for name in ("postgres", "nobody"):
        try:
            user = pwd.getpwnam(name)
        except KeyError:
            continue
        ids = [f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups"]
        return ["setpriv", *ids, "--pdeathsig", "QUIT"], user.pw_uid
    raise LabError("PostgreSQL refuses to run as root", "make a user `postgres`")


@dataclass(slots=True)
class PostgresCluster:
    """A running server; each user of it gets a database of its own, empty or copied from a template."""

    folder: Path
    server: subprocess.Popen[bytes]
    command: list[str]
    _numbers: itertools.count[int] = field(default_factory=itertools.count)

    def url(self, database: str) -> str:
        return f"postgresql+asyncpg://postgres@/{database}?host={self.folder}"

    def create(self, template: str = "template0") -> str:
        """A new database, by name; empty, or a copy of `template`."""
        name = f"t{next(self._numbers)}_{secrets.token_hex(3)}"
        self.run(f'CREATE DATABASE "{name}" TEMPLATE "{template}" STRATEGY file_copy')
        return name

    def drop(self, name: str) -> None:
        self.run(f'DROP DATABASE "{name}" WITH (FORCE)')

    def run(self, statement: str) -> None:
        """One statement outside the database of any test, in a loop of its own."""
        asyncio.run(self._run(statement))

    async def _run(self, statement: str) -> None:
        connection = await asyncpg.connect(host=str(self.folder), user="postgres", database="postgres")
        try:
            await connection.execute(statement)
        finally:
            await connection.close()

    def start_again(self) -> None:
        """After a kill: on the same data."""
        self.server = subprocess.Popen(
            self.command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=self.folder
        )
        _wait_until_up(self)

    def stop(self) -> None:
        self.server.terminate()
        try:
            self.server.wait(5)
        except subprocess.TimeoutExpired:
            self.server.kill()
            self.server.wait(5)
        shutil.rmtree(self.folder, ignore_errors=True)


def start_postgres(settings: Sequence[str] = (), prefix: str = "pg-") -> PostgresCluster:
    """Make and start an empty cluster. `settings` go to the server beside our own."""
    binaries = find_binaries()
    runs_as, user = as_somebody()
    folder = Path(tempfile.mkdtemp(prefix=prefix, dir="/tmp"))  # a socket's path must be short
    os.chown(folder, user, -1)
    data = folder / "data"
    make = [str(binaries / "initdb"), "-D", str(data), "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync",
            "--locale=C.UTF-8"]  # fmt: skip
    subprocess.run([*runs_as, *make], check=True, capture_output=True, timeout=60, cwd=folder)
    options = [part for setting in (*SETTINGS, *settings) for part in ("-c", setting)]
    command = [*runs_as, str(binaries / "postgres"), "-D", str(data), "-k", str(folder), *options]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=folder)
    cluster = PostgresCluster(folder, server, command)
    try:
        _wait_until_up(cluster)
    except BaseException:
        cluster.stop()
        raise
    return cluster


def _wait_until_up(cluster: PostgresCluster, within: float = 20.0) -> None:
    deadline = time.monotonic() + within
    while True:
        try:
            cluster.run("SELECT 1")
        except (OSError, asyncpg.CannotConnectNowError):
            if cluster.server.poll() is not None or time.monotonic() > deadline:
                raise
            time.sleep(0.05)
        else:
            return
