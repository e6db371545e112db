"""Platforms forked from a process that has done what `trunkline run` does first: load the code. From there on each is a
process like any other, with its own settings, log and death; a start costs a third of the processor time."""

from __future__ import annotations

import asyncio
import atexit
import contextlib
import functools
import gc
import json
import os
import secrets
import select
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]


class WarmProcess:
    """What of an asyncio.subprocess.Process the tests use."""

    def __init__(self, pid: int, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.pid = pid
        self.returncode: int | None = None
        self._ended = asyncio.create_task(self._end(reader, writer))

    async def wait(self) -> int:
        return await asyncio.shield(self._ended)

    def send_signal(self, number: signal.Signals) -> None:
        with contextlib.suppress(ProcessLookupError):  # it ended, and we have not heard yet
            os.kill(self.pid, number)

    async def _end(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> int:
        self.returncode = int(await reader.readline())
        writer.close()
        return self.returncode


async def start(env: Mapping[str, str], log: Path) -> WarmProcess:
    """`trunkline run` with this environment, what it says appended to `log`."""
    reader, writer = await asyncio.open_unix_connection(_loaded())
    writer.write(json.dumps({"env": dict(env), "cwd": str(Path.cwd()), "log": str(log)}).encode() + b"\n")
    return WarmProcess(int(await reader.readline()), reader, writer)


@functools.cache
def _loaded() -> str:
    """The address of this test process's own loaded process, which ends with it."""
    address = f"\0trunkline-warm-{secrets.token_hex(8)}"
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(address)
        listener.listen()
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.support.warm", str(listener.fileno())],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            pass_fds=[listener.fileno()],
        )
    atexit.register(process.communicate)
    return address


class _Nursery:
    """Forks one for each connection; writes its pid there, and at last its exit code (negative: the signal)."""

    def __init__(self, listener: socket.socket) -> None:
        self._listener = listener
        self._living: dict[int, socket.socket] = {}
        self._woken, self._wakes = os.pipe()
        for end in (self._woken, self._wakes):
            os.set_blocking(end, False)
        signal.set_wakeup_fd(self._wakes)
        signal.signal(signal.SIGCHLD, lambda _number, _frame: None)

    def children(self) -> bool:
        """Returns True in each child, and False once the tests are over."""
        while True:
            ready = select.select([self._listener, self._woken, sys.stdin.fileno()], [], [])[0]
            if self._woken in ready:
                os.read(self._woken, 4096)
                self._tell_ends()
            if self._listener in ready and self._fork():
                return True
            if sys.stdin.fileno() in ready:
                for pid in self._living:
                    os.kill(pid, signal.SIGKILL)
                return False

    def _fork(self) -> bool:
        connection = self._listener.accept()[0]
        with connection.makefile() as lines:
            asked = json.loads(lines.readline())
        pid = os.fork()
        if pid == 0:
            connection.close()
            self._leave()
            _become(asked)
            return True
        self._living[pid] = connection
        connection.sendall(b"%d\n" % pid)
        return False

    def _tell_ends(self) -> None:
        while self._living:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if pid == 0:
                return
            with self._living.pop(pid) as connection, contextlib.suppress(OSError):  # the test may be over
                connection.sendall(b"%d\n" % os.waitstatus_to_exitcode(status))

    def _leave(self) -> None:
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        os.close(self._woken)
        os.close(self._wakes)
        self._listener.close()
        for other in self._living.values():
            other.close()


def _become(asked: dict[str, Any]) -> None:
    """What a shell does before it executes a program."""
    os.environ.clear()
    os.environ.update(asked["env"])
    time.tzset()
    os.chdir(asked["cwd"])
    nothing = os.open(os.devnull, os.O_RDONLY)
    log = os.open(asked["log"], os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    for source, target in ((nothing, 0), (log, 1), (log, 2)):
        os.dup2(source, target)
    os.close(nothing)
    os.close(log)


def main() -> None:
    """As server.cli does it, with the forks in between."""
    from server import commandline

    listener = socket.socket(fileno=int(sys.argv[1]))
    gc.disable()
    sys.argv = ["trunkline", "run"]
    commandline.load()
    gc.freeze()
    if _Nursery(listener).children():
        gc.enable()
        commandline.main()


if __name__ == "__main__":
    main()
