"""A PostgreSQL of the tests' own: a throw-away cluster on a unix socket, without fsync, gone with the tests."""

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
from dataclasses import dataclass, field
from pathlib import Path

import asyncpg  # type: ignore[import-untyped]

from server.migrate import upgrade

TEMPLATE = "trunkline_template"
SETTINGS = (
    "fsync=off",
    "jit=off",
    "synchronous_commit=off",
    "full_page_writes=off",
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
        raise RuntimeError("These tests need PostgreSQL: install the package `postgresql`.")
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
    raise RuntimeError("These tests need a user other than root to run PostgreSQL: make a user `postgres`.")


@dataclass(slots=True)
class PostgresCluster:
    """Started once per test process; each test gets a database of its own, copied from a migrated template."""

    folder: Path
    server: subprocess.Popen[bytes]
    command: list[str]
    _numbers: itertools.count[int] = field(default_factory=itertools.count)

    def url(self, database: str) -> str:
        return f"postgresql+asyncpg://postgres@/{database}?host={self.folder}"

    def create(self, template: str = TEMPLATE) -> str:
        """A new database, by name."""
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


def start_postgres() -> PostgresCluster:
    """Make and start a cluster, with the migrated template in it."""
    binaries = find_binaries()
    prefix, user = as_somebody()
    folder = Path(tempfile.mkdtemp(prefix="pg-", dir="/tmp"))  # a socket's path must be short
    os.chown(folder, user, -1)
    data = folder / "data"
    make = [str(binaries / "initdb"), "-D", str(data), "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync",
            "--locale=C.UTF-8"]  # fmt: skip
    subprocess.run([*prefix, *make], check=True, capture_output=True, timeout=60, cwd=folder)
    options = [part for setting in SETTINGS for part in ("-c", setting)]
    command = [*prefix, str(binaries / "postgres"), "-D", str(data), "-k", str(folder), *options]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=folder)
    cluster = PostgresCluster(folder, server, command)
    try:
        _wait_until_up(cluster)
        cluster.run(f"CREATE DATABASE {TEMPLATE}")
        asyncio.run(upgrade(cluster.url(TEMPLATE)))
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
